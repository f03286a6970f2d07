import Foundation
import Glibc

/// The rows of a file of JSON Lines: each line is the object of one record, as an export writes it.
///
/// The members of the first line are the headings. What a later line lacks of them is empty there; what it has besides
/// is reported.
struct JSONLinesRows: ~Copyable, ImportRows {
    /// Bytes of one line.
    static let lineBytesMax = 1 << 20

    private var file: ImportFile
    private let cells: JSONCells
    private let decoder = JSONDecoder()
    private var header: [String]?
    private var unfinished: [UInt8] = []
    private var line = 0

    init(_ file: consuming ImportFile, _ options: CustomerImport.Options) {
        self.file = file
        cells = JSONCells(options.kind, customFields: options.customFields)
    }

    /// Whether a file is of this format: its first character is that of an object.
    static func isSuch(_ descriptor: CInt) -> Bool {
        var start = [UInt8](repeating: 0, count: 256)
        let count = max(0, pread(descriptor, &start, start.count, 0))
        let text = start[..<count].starts(with: [0xEF, 0xBB, 0xBF]) ? start[3..<max(3, count)] : start[..<count]
        return text.first { $0 > 0x20 } == UInt8(ascii: "{")
    }

    var bytesRead: Int { file.bytesRead }
    var bytesTotal: Int { file.bytesTotal }

    mutating func next() throws(ImportError) -> ImportRowsPart? {
        guard let bytes = try file.next() else { return nil }
        var part = ImportRowsPart(), rest = bytes[...]
        while let end = rest.firstIndex(of: 0x0A) {
            unfinished += rest[..<end]
            rest = rest[(end + 1)...]
            try readLine(into: &part)
        }
        unfinished += rest
        if file.isAtEnd { try readLine(into: &part) }
        guard unfinished.count <= JSONLinesRows.lineBytesMax else { throw .lineTooLong(line: line + 1) }
        return part
    }

    private mutating func readLine(into part: inout ImportRowsPart) throws(ImportError) {
        defer { unfinished.removeAll(keepingCapacity: true) }
        line += 1
        guard unfinished.count <= JSONLinesRows.lineBytesMax else { throw .lineTooLong(line: line) }
        guard unfinished.contains(where: { $0 > 0x20 }) else { return }
        guard let object = try? decoder.decode([String: JSONValue].self, from: Data(unfinished)) else {
            let message = "the line is no JSON object, such as {\"name\":\"山田太郎\"}"
            part.faults.append(.init(line: line, column: "", message: message, isRow: true))
            return
        }
        var row = cells.row(object)
        if header == nil {
            let titles = cells.titles(row, object)
            header = titles
            part.rows.append(.init(line: line, fields: titles))
        }
        guard let header else { return }
        var values: [String] = []
        for title in header { values.append(row.texts.removeValue(forKey: title) ?? "") }
        for (column, message) in row.faults.sorted(by: { $0.0 < $1.0 }) {
            part.faults.append(.init(line: line, column: column, message: message, isRow: false))
        }
        for (title, text) in row.texts.sorted(by: { $0.key < $1.key }) where !text.isEmpty {
            let message = "the first line has no such member, so it is not read here"
            part.faults.append(.init(line: line, column: title, message: message, isRow: false))
        }
        part.rows.append(.init(line: line, fields: values))
    }
}

/// The object of a record as the cells that a file of columns has for it.
struct JSONCells: Sendable {
    struct Row {
        /// By the name of the column.
        var texts: [String: String] = [:]
        /// Members that are in no cell, and why.
        var faults: [(String, String)] = []
    }

    private typealias Column = ImportColumns.Column

    /// What a record has that nobody wrote.
    private static let computed: Set<String> = [
        "version", "created_at", "updated_at", "status", "status_since", "last_contact_at", "history", "cases",
        "purchases",
    ]
    private static let phones = [Column.phone, .phone2, .phone3].map(\.rawValue)

    private let kind: ImportKind
    private let customFields: [String]

    init(_ kind: ImportKind, customFields: Set<String>) {
        self.kind = kind
        self.customFields = customFields.sorted()
    }

    /// The columns of a file whose first line is this.
    func titles(_ row: Row, _ object: [String: JSONValue]) -> [String] {
        var titles = Set(row.texts.keys)
        if kind == .customers, object["custom"] != nil { titles.formUnion(customFields) }
        let known = kind.columns.filter(titles.contains)
        return known + titles.subtracting(known).sorted()
    }

    func row(_ object: [String: JSONValue]) -> Row {
        var row = Row()
        for (name, value) in object {
            if kind == .customers { customer(name, value, &row) } else { plain(name, value, &row) }
        }
        for (title, text) in row.texts { row.texts[title] = FormulaGuard.guarded(text) }
        return row
    }

    private func customer(_ name: String, _ value: JSONValue, _ row: inout Row) {
        if JSONCells.computed.contains(name) { return }
        switch (name, value) {
        case ("id", _): plain(Column.recordNumber.rawValue, value, &row)
        case ("phones", .list(let all)):
            let raw = all.map { $0["raw"]?.text ?? $0.text ?? "" }
            for (place, title) in JSONCells.phones.enumerated() {
                row.texts[title] = place < raw.count ? raw[place] : ""
            }
            // As an export in columns has it.
            if raw.count > 3 { row.texts[Column.phone3.rawValue] = raw[2...].joined(separator: " / ") }
        case ("accounts", .list(let all)):
            row.texts[name] = ListCell.text(
                all.map { one in
                    guard let service = one["service"]?.text, let id = one["id"]?.text else { return one.text ?? "" }
                    return DetailCell.text(CustomerDetails.Account(service: service, id: id))
                })
        case ("consent", .object(let all)):
            var consent: [String: Bool] = [:]
            for (what, answer) in all {
                if case .flag(let isAgreed) = answer { consent[what] = isAgreed } else {
                    row.faults.append((name, "\(what) is neither true nor false"))
                }
            }
            row.texts[name] = DetailCell.text(consent)
        case ("custom", .object(let all)):
            for (field, value) in all {
                guard customFields.contains(field) else {
                    row.faults.append(("custom.\(field)", "this centre has no such field"))
                    continue
                }
                plain(field, value, &row)
            }
        default: plain(name, value, &row)
        }
    }

    /// A member that is one text, or several.
    private func plain(_ name: String, _ value: JSONValue, _ row: inout Row) {
        if let text = value.text {
            row.texts[name] = text
        } else if case .list(let all) = value, all.allSatisfy({ $0.text != nil }) {
            row.texts[name] = ListCell.text(all.compactMap(\.text))
        } else {
            row.faults.append((name, "it is neither a text nor a list of texts"))
        }
    }
}
