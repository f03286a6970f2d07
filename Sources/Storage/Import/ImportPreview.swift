import CallCenter

/// The beginning of a file, and what its headings are taken for: to look at before it is imported.
public struct ImportPreview: Equatable, Sendable {
    public struct Column: Equatable, Sendable {
        /// As the file has it.
        public var heading: String
        /// What it is: a column's name, or that of a field of the centre's own; nil when it is left out.
        public var column: String?
    }

    /// Rows that a preview has at most.
    public static let rowsMax = 10

    /// nil for a workbook.
    public var encoding: TextEncoding?
    /// nil for other files.
    public var sheet: String?
    public var columns: [Column] = []
    /// The first rows, each with as many cells as there are columns.
    public var rows: [[String]] = []
    /// Why it cannot be imported like this; nil when it can.
    public var problem: ImportError?

    /// The names of all columns there are, besides the centre's own fields.
    public static var names: [String] { ImportColumns.Column.allCases.map(\.rawValue) }

    /// - Parameter descriptor: an open file, which is read from its beginning; it stays the caller's.
    /// - Throws: when the file is neither a text nor a workbook, is empty, or has a heading twice.
    public init(descriptor: CInt, _ options: CustomerImport.Options) throws(ImportError) {
        if WorkbookRows.isOne(descriptor) {
            var rows = try WorkbookRows(descriptor: descriptor)
            sheet = rows.name
            try read(&rows, options)
        } else {
            let file = try ImportFile(
                descriptor: descriptor, encoding: options.encoding, region: options.numbers.region)
            encoding = file.encoding
            var rows = try CSVRows(file)
            try read(&rows, options)
        }
    }

    private mutating func read<Rows: ImportRows & ~Copyable>(
        _ file: inout Rows, _ options: CustomerImport.Options
    ) throws(ImportError) {
        var header: [String]?
        reading: while let part = try file.next() {
            for row in part.rows where !ImportRow.isBlank(row.fields) {
                guard let header else {
                    header = row.fields
                    continue
                }
                if rows.count == ImportPreview.rowsMax { break reading }
                let missing = max(0, header.count - row.fields.count)
                rows.append(row.fields.prefix(header.count) + [String](repeating: "", count: missing))
            }
        }
        guard let header else { throw .empty }
        let places = try ImportColumns.places(
            header: header, customFields: options.customFields, map: options.map)
        columns = zip(header, places).map { title, place in
            switch place {
            case .known(let column): Column(heading: ImportRow.trimmed(title), column: column.rawValue)
            case .custom(let name): Column(heading: ImportRow.trimmed(title), column: name)
            case .unknown: Column(heading: ImportRow.trimmed(title), column: nil)
            }
        }
        do throws(ImportError) {
            _ = try ImportColumns(header: header, customFields: options.customFields, map: options.map)
        } catch { problem = error }
    }
}
