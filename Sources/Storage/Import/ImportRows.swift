import Glibc
import Spreadsheet

/// The rows of a file that is imported, whatever its format.
protocol ImportRows: ~Copyable {
    /// What was read and what there is. Bytes.
    var bytesRead: Int { get }
    var bytesTotal: Int { get }

    /// The next rows; nil at the end.
    mutating func next() throws(ImportError) -> ImportRowsPart?
}

struct ImportRowsPart {
    var rows: [CSVParser.Row] = []
    /// The line of a row that does not end: a quote was left open there.
    var leftOpen: Int?
    /// Lines, or parts of them, that are in no row.
    var faults: [Fault] = []

    struct Fault: Equatable {
        /// Of the file, from 1.
        var line: Int
        var column: String
        var message: String
        /// Whether there is no row of the line at all.
        var isRow: Bool
    }
}

/// The rows of a CSV file.
struct CSVRows: ~Copyable, ImportRows {
    private var file: ImportFile
    private var parser: CSVParser

    /// - Throws: `empty` for a file without text.
    init(_ file: consuming ImportFile) throws(ImportError) {
        guard let separator = file.separator else { throw .empty }
        self.file = file
        parser = CSVParser(separator: separator)
    }

    var bytesRead: Int { file.bytesRead }
    var bytesTotal: Int { file.bytesTotal }
    var encoding: TextEncoding { file.encoding }

    mutating func next() throws(ImportError) -> ImportRowsPart? {
        guard let bytes = try file.next() else { return nil }
        var part = ImportRowsPart()
        do throws(CSVParser.Fault) { try parser.feed(bytes) { part.rows.append($0) } } catch {
            throw ImportError(error)
        }
        guard file.isAtEnd else { return part }
        do throws(CSVParser.Fault) { try parser.finish { part.rows.append($0) } } catch {
            guard case .quoteLeftOpen(let line) = error else { throw ImportError(error) }
            part.leftOpen = line
        }
        return part
    }
}

/// The rows of a workbook's first sheet. Their lines are the spreadsheet's row numbers.
struct WorkbookRows: ImportRows {
    private let sheet: SheetRows

    /// - Parameter descriptor: an open file; it stays the caller's.
    init(descriptor: CInt) throws(ImportError) {
        do throws(SheetError) { sheet = try SheetRows(descriptor: descriptor) } catch { throw .workbook(error) }
    }

    /// Whether a file is a workbook, by its first bytes.
    static func isOne(_ descriptor: CInt) -> Bool {
        var start = [UInt8](repeating: 0, count: 4)
        let count = pread(descriptor, &start, start.count, 0)
        return count == 4 && SheetRows.isWorkbook(start)
    }

    var name: String { sheet.sheet }
    var bytesRead: Int { sheet.bytesRead }
    var bytesTotal: Int { sheet.bytesTotal }

    mutating func next() throws(ImportError) -> ImportRowsPart? {
        do throws(SheetError) {
            return try sheet.next().map { rows in
                ImportRowsPart(rows: rows.map { CSVParser.Row(line: $0.number, fields: $0.cells) })
            }
        } catch { throw .workbook(error) }
    }
}

extension ImportError {
    init(_ fault: CSVParser.Fault) {
        switch fault {
        case .rowTooLong(let line), .quoteLeftOpen(let line): self = .rowTooLong(line: line)
        }
    }
}
