import CallCenter
import Engine

/// Figures in Prometheus' text format, version 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats).
struct MetricsText {
    private(set) var text = ""

    enum Kind: String { case gauge, counter, histogram }

    /// Begins a family; its samples follow.
    mutating func family(_ name: String, _ kind: Kind, _ help: String) { text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n" }

    /// A sample; none where there is no value.
    mutating func sample(_ name: String, _ labels: [(String, String)] = [], _ value: Double?) {
        guard let value else { return }
        text += name + MetricsText.labels(labels) + " " + MetricsText.number(value) + "\n"
    }
    mutating func sample(_ name: String, _ labels: [(String, String)] = [], _ value: Int) { sample(name, labels, Double(value)) }
    /// Milliseconds, as the seconds that Prometheus counts in.
    mutating func seconds(_ name: String, _ labels: [(String, String)] = [], ms: Int64?) { sample(name, labels, ms.map { Double($0) / 1_000 }) }

    mutating func histogram(_ name: String, _ help: String, _ durations: Durations) {
        family(name, .histogram, help)
        var count: Int64 = 0
        for (bound, here) in zip(Durations.bounds, durations.counts) {
            count += here
            sample(name + "_bucket", [("le", MetricsText.number(Double(bound) / 1_000_000))], Double(count))
        }
        count += durations.counts.last ?? 0
        sample(name + "_bucket", [("le", "+Inf")], Double(count))
        sample(name + "_sum", [], Double(durations.sum) / 1_000_000)
        sample(name + "_count", [], Double(count))
    }

    private static func labels(_ labels: [(String, String)]) -> String {
        if labels.isEmpty { return "" }
        return "{"
            + labels.map { name, value in
                "\(name)=\"\(value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n"))\""
            }.joined(separator: ",") + "}"
    }

    private static func number(_ value: Double) -> String { value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value) }
}
