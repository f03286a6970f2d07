import Glibc

/// The rows of a workbook's first sheet (Office Open XML, `.xlsx`), piece by piece: in memory are the texts that cells
/// share and the rows of one piece.
///
/// Not `Sendable`: it is of one thread.
public final class SheetRows {
    /// A row with at least one text.
    public struct Row: Equatable, Sendable {
        /// As the spreadsheet numbers it, from 1.
        public var number: Int
        /// What is shown, in order of the columns; empty ones at the end are left out. A cell with an error is empty.
        public var cells: [String]
    }

    /// The sheet's name.
    public let sheet: String
    private let part: ZipParts.Part
    private let parser: XMLPieces
    private let cells: SheetCells
    private var isAtEnd = false

    /// Whether a file begins as a workbook does, one that is protected or old included.
    public static func isWorkbook(_ start: [UInt8]) -> Bool { start.starts(with: zip) || start.starts(with: compound) }
    private static let zip: [UInt8] = [0x50, 0x4B, 0x03, 0x04]
    private static let compound: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0]

    /// - Parameter descriptor: an open file; it stays the caller's.
    public init(descriptor: CInt) throws(SheetError) {
        var start = [UInt8](repeating: 0, count: 4)
        let count = pread(descriptor, &start, start.count, 0)
        guard count < 4 || start != SheetRows.compound else { throw .protectedOrOld }
        let parts = try ZipParts(descriptor: descriptor), workbook = try Workbook(parts)
        guard let first = workbook.sheets.first, let part = try parts.part(first.part) else { throw .noSheet }
        // Beside the folder of the sheets, where every program puts them.
        let folder = Workbook.path("..", from: Workbook.folder(of: first.part))
        let beside = folder.isEmpty ? "" : folder + "/"
        cells = SheetCells(
            texts: try SharedTexts.read(parts, folder: beside), formats: try CellFormats.read(parts, folder: beside),
            countsFrom1904: workbook.countsFrom1904)
        sheet = first.name
        self.part = part
        parser = try XMLPieces(cells)
    }

    /// Unpacked, of the sheet.
    public var bytesRead: Int { part.bytesRead }
    /// How large the sheet is, as the archive says. Bytes, unpacked.
    public var bytesTotal: Int { part.bytesTotal }

    /// The next rows: none when a piece ends none; nil at the end.
    public func next() throws(SheetError) -> [Row]? {
        if isAtEnd { return nil }
        let bytes = try part.next()
        isAtEnd = bytes.isEmpty
        try parser.feed(bytes, of: part.name)
        return cells.readRows()
    }
}

/// Gathers the cells of a sheet into rows.
private final class SheetCells: XMLHandler {
    private let texts: [String]
    private let formats: [CellFormats.Shows]
    private let countsFrom1904: Bool
    private(set) var fault: SheetError?

    private var rows: [SheetRows.Row] = []
    private var row = SheetRows.Row(number: 0, cells: [])
    private var rowBytes = 0
    private var column = -1
    private var type = "n"
    private var format = 0
    private var value: [UInt8] = []
    private var isValue = false
    private var depthOfReading = 0

    init(texts: [String], formats: [CellFormats.Shows], countsFrom1904: Bool) {
        self.texts = texts
        self.formats = formats
        self.countsFrom1904 = countsFrom1904
    }

    func readRows() -> [SheetRows.Row] {
        defer { rows.removeAll(keepingCapacity: true) }
        return rows
    }

    func begin(_ name: String, _ attributes: XMLAttributes) {
        switch name {
        case "row":
            row = SheetRows.Row(number: attributes["r"].flatMap { Int($0) } ?? row.number + 1, cells: [])
            rowBytes = 0
            column = -1
        case "c":
            // A cell without a reference stands beside the one before.
            column = attributes["r"].flatMap(CellText.column) ?? column + 1
            type = attributes["t"] ?? "n"
            format = attributes["s"].flatMap { Int($0) } ?? 0
            value.removeAll(keepingCapacity: true)
        case "rPh": depthOfReading += 1
        case "v", "t": isValue = depthOfReading == 0
        default: break
        }
    }

    func end(_ name: String) {
        switch name {
        case "row": if !row.cells.isEmpty { rows.append(row) }
        case "c": endCell()
        case "rPh": depthOfReading -= 1
        case "v", "t": isValue = false
        default: break
        }
    }

    func text(_ bytes: UnsafeRawBufferPointer) {
        guard isValue, fault == nil else { return }
        guard value.count + bytes.count <= SheetLimits.rowBytesMax else {
            fault = .tooLarge(row: row.number, what: "a text that is too long")
            return
        }
        value.append(contentsOf: bytes)
    }

    private func endCell() {
        guard !value.isEmpty, fault == nil else { return }
        let text = shown(String(decoding: value, as: UTF8.self))
        guard !text.isEmpty else { return }
        guard column < SheetLimits.columnsMax else {
            fault = .tooLarge(row: row.number, what: "more than \(SheetLimits.columnsMax) columns")
            return
        }
        rowBytes += text.utf8.count
        guard rowBytes <= SheetLimits.rowBytesMax else {
            fault = .tooLarge(row: row.number, what: "too many texts")
            return
        }
        while row.cells.count < column { row.cells.append("") }
        // Cells of a row stand in order; one that is there twice is the later one.
        if column < row.cells.count { row.cells[column] = text } else { row.cells.append(text) }
    }

    private func shown(_ raw: String) -> String {
        switch type {
        case "s": return Int(raw).flatMap { texts.indices.contains($0) ? CellText.unescaped(texts[$0]) : nil } ?? ""
        case "str", "inlineStr": return CellText.unescaped(raw)
        case "b": return raw == "1" ? "TRUE" : "FALSE"
        case "e": return ""
        case "d": return raw
        default:
            let isMoment = formats.indices.contains(format) && formats[format] == .moment
            return isMoment ? CellText.moment(raw, countsFrom1904: countsFrom1904) : CellText.number(raw)
        }
    }
}
