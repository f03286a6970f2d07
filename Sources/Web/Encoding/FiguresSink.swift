import CallCenter
import EventWire
import Storage

/// Receives figures by their names: writes JSON, or cells of a table.
protocol FiguresSink {
    mutating func figure(_ name: StaticString, _ number: Int64?)
    mutating func figure(_ name: StaticString, _ share: Double?)
    mutating func figure(_ name: StaticString, _ flag: Bool)
    mutating func figure(_ name: StaticString, _ text: String?)
    mutating func figure(_ name: StaticString, _ time: Timestamp)
    mutating func group(_ name: StaticString, _ figures: (inout Self) -> Void)
    /// Counts by names of the centre's own.
    mutating func counts(_ name: StaticString, _ counts: [String: Int])
    /// Why the figures may be wrong.
    mutating func marks(_ marks: [FigureMark], _ language: Language)
}

extension FiguresSink {
    mutating func figure(_ name: StaticString, _ number: Int) { figure(name, Int64(number)) }
}

extension ByteBuilder: FiguresSink {
    mutating func figure(_ name: StaticString, _ number: Int64?) { field(name, number) }
    mutating func figure(_ name: StaticString, _ share: Double?) { field(name, share) }
    mutating func figure(_ name: StaticString, _ flag: Bool) { field(name, flag) }
    mutating func figure(_ name: StaticString, _ text: String?) { field(name, text) }
    mutating func figure(_ name: StaticString, _ time: Timestamp) { field(name, time) }
    mutating func group(_ name: StaticString, _ figures: (inout ByteBuilder) -> Void) {
        key(name)
        object(figures)
    }
    mutating func counts(_ name: StaticString, _ counts: [String: Int]) {
        key(name)
        // Most operators have none in a period.
        if counts.isEmpty { return object { _ in } }
        object { out in
            for (one, count) in counts.sorted(by: { $0.key < $1.key }) {
                out.key(text: one)
                out.value(Int64(count))
            }
        }
    }
    mutating func marks(_ marks: [FigureMark], _ language: Language) {
        ReceiptEncoder.marks(marks, language, into: &self)
    }
}

/// Rows of comma-separated values (RFC 4180) with their names above; a name within a group is `group_name`. Begins with
/// a byte order mark, by which spreadsheets know UTF-8.
struct CSVSink: FiguresSink {
    private var names: [String] = []
    private var rows: [[String]] = []
    private var prefix = ""

    mutating func beginRow() {
        names = []
        rows.append([])
    }

    /// A name from the configuration or the PBX: it may look like a formula. Numbers and times are ours, and a negative
    /// number is no formula.
    private mutating func textCell(_ name: StaticString, _ text: String) { cell(name, FormulaGuard.guarded(text)) }

    private mutating func cell(_ name: StaticString, _ text: String) {
        names.append(prefix + name.description)
        rows[rows.count - 1].append(text)
    }
    mutating func figure(_ name: StaticString, _ number: Int64?) { cell(name, number.map(String.init) ?? "") }
    mutating func figure(_ name: StaticString, _ share: Double?) { cell(name, share.map { "\($0)" } ?? "") }
    mutating func figure(_ name: StaticString, _ flag: Bool) { cell(name, flag ? "true" : "false") }
    mutating func figure(_ name: StaticString, _ text: String?) { textCell(name, text ?? "") }
    mutating func figure(_ name: StaticString, _ time: Timestamp) {
        var out = ByteBuilder()
        out.append(time)
        cell(name, out.text)
    }
    mutating func group(_ name: StaticString, _ figures: (inout CSVSink) -> Void) {
        prefix = name.description + "_"
        figures(&self)
        prefix = ""
    }
    mutating func counts(_ name: StaticString, _ counts: [String: Int]) {
        textCell(name, counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: "; "))
    }
    mutating func marks(_ marks: [FigureMark], _ language: Language) {
        textCell(
            "marks", marks.map { mark in mark.source.map { "\(mark.word) \($0)" } ?? mark.word }.joined(separator: "; ")
        )
    }

    var text: String {
        guard !rows.isEmpty else { return "\u{FEFF}" }
        return "\u{FEFF}" + ([names] + rows).map { $0.map(CSVSink.quoted).joined(separator: ",") + "\r\n" }.joined()
    }

    private static func quoted(_ text: String) -> String {
        // A semicolon and a tab separate cells too, depending on the locale.
        text.unicodeScalars.contains { ",;\t\"\r\n".unicodeScalars.contains($0) }
            ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }
}
