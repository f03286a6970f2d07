import CallCenter

/// The beginning of a file, and what its headings are taken for: to look at before it is imported.
public struct ImportPreview: Equatable, Sendable {
    /// A column of the file.
    public struct Column: Equatable, Sendable {
        /// As the file has it.
        public var heading: String
        /// What it is: a column's name, or that of a field of the centre's own; nil when it is left out.
        public var column: String?
        /// From where that is known; nil when the heading says nothing.
        public var source: Source?
    }

    /// From where it is known what a heading is.
    public enum Source: String, Equatable, Sendable {
        /// By itself: it is a name of ours, or one of another program's that is known.
        case heading
        /// Somebody says it now.
        case said
        /// Somebody said it at the last import of the same headings.
        case remembered
    }

    /// Rows that a preview has at most.
    public static let rowsMax = 10

    /// nil for a workbook.
    public var encoding: TextEncoding?
    /// nil for other files.
    public var sheet: String?
    /// What each column of the file is, in its order.
    public var columns: [Column] = []
    /// The first rows, each with as many cells as there are columns.
    public var rows: [[String]] = []
    /// Why it cannot be imported like this; nil when it can.
    public var problem: ImportError?
    /// The import whose mapping is remembered; nil when none is.
    public var mappedBy: Int64?

    /// - Parameters:
    ///   - descriptor: an open file, which is read from its beginning; it stays the caller's.
    ///   - records: has the mappings of earlier imports.
    /// - Throws: when the file is neither a text nor a workbook, is empty, or has a heading twice.
    public init(
        descriptor: CInt, _ options: CustomerImport.Options, records: CustomerStore
    ) throws(ImportError) {
        if WorkbookRows.isOne(descriptor) {
            var rows = try WorkbookRows(descriptor: descriptor)
            sheet = rows.name
            try read(&rows, options, records)
        } else {
            let file = try ImportFile(
                descriptor: descriptor, encoding: options.encoding, region: options.numbers.region)
            encoding = file.encoding
            if JSONLinesRows.isSuch(descriptor) {
                var rows = JSONLinesRows(file, options)
                try read(&rows, options, records)
                return
            }
            var rows = try CSVRows(file)
            try read(&rows, options, records)
        }
    }

    private mutating func read<Rows: ImportRows & ~Copyable>(
        _ file: inout Rows, _ options: CustomerImport.Options, _ records: CustomerStore
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
        let mapping = try records.mapping(header, options)
        mappedBy = mapping.importID
        let names = try ImportPreview.columns(header, mapping.columns, options)
        columns = zip(header.map(ImportRow.trimmed), names).map { title, name in
            let source: Source? =
                mapping.remembered.contains(title)
                ? .remembered : options.map[title] != nil ? .said : name == nil ? nil : .heading
            return Column(heading: title, column: name, source: source)
        }
        do throws(ImportError) {
            switch options.kind {
            case .customers:
                _ = try ImportColumns(header: header, customFields: options.customFields, map: mapping.columns)
            case .items(let kind): _ = try ItemColumns(kind, header: header, map: mapping.columns)
            case .queueLog: break
            }
        } catch { problem = error }
    }

    /// What each heading is; nil for one that is left out.
    private static func columns(
        _ header: [String], _ map: [String: String], _ options: CustomerImport.Options
    ) throws(ImportError) -> [String?] {
        switch options.kind {
        case .customers:
            let places = try ImportColumns.places(
                header: header, customFields: options.customFields, map: map)
            return places.map { place in
                switch place {
                case .known(let column): column.rawValue
                case .custom(let name): name
                case .unknown: nil
                }
            }
        case .items(let kind):
            return try ItemColumns.places(kind, header: header, map: map).map { $0?.rawValue }
        case .queueLog: return header.map { _ in nil }
        }
    }
}
