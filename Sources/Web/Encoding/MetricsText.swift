import CallCenter
import Engine

/// Figures in Prometheus' text format, version 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats).
struct MetricsText {
    private(set) var text = ""

    enum Kind: String { case gauge, counter, histogram }

    /// Begins a family; its samples follow.
    mutating func family(_ name: String, _ kind: Kind, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    /// A sample; none where there is no value.
    mutating func sample(_ name: String, _ labels: [(String, String)] = [], _ value: Double?) {
        guard let value else { return }
        text += name + MetricsText.labels(labels) + " " + MetricsText.number(value) + "\n"
    }
    mutating func sample(_ name: String, _ labels: [(String, String)] = [], _ value: Int) {
        sample(name, labels, Double(value))
    }
    /// Milliseconds, as the seconds that Prometheus counts in.
    mutating func seconds(_ name: String, _ labels: [(String, String)] = [], ms: Int64?) {
        sample(name, labels, ms.map { Double($0) / 1_000 })
    }

    /// A family with one histogram, of what took so long.
    mutating func histogram(_ name: String, _ help: String, _ durations: Durations) {
        family(name, .histogram, help)
        var upTo: [Int] = []
        for here in durations.counts { upTo.append((upTo.last ?? 0) + Int(here)) }
        let bounds = Durations.bounds.map { Double($0) / 1_000_000 }
        histogram(name, [], bounds: bounds, upTo: upTo, sum: Double(durations.sum) / 1_000_000)
    }

    /// A histogram of the family that was begun.
    ///
    /// - Parameters:
    ///   - bounds: upper bounds, rising.
    ///   - upTo: how many are no greater than each bound, and at the end how many there are.
    mutating func histogram(_ name: String, _ labels: [(String, String)], bounds: [Double], upTo: [Int], sum: Double) {
        for (bound, count) in zip(bounds.map(MetricsText.number) + ["+Inf"], upTo) {
            sample(name + "_bucket", labels + [("le", bound)], count)
        }
        sample(name + "_sum", labels, sum)
        sample(name + "_count", labels, upTo.last ?? 0)
    }

    private static func labels(_ labels: [(String, String)]) -> String {
        if labels.isEmpty { return "" }
        return "{"
            + labels.map { name, value in
                let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
                return "\(name)=\"\(escaped.replacing("\n", with: "\\n"))\""
            }.joined(separator: ",") + "}"
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }
}
