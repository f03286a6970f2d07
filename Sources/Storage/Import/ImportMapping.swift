import CallCenter
import SQLite

/// Which column each heading of a file is, as far as people said it: now, or when a file with the same headings was
/// imported before.
struct ImportMapping: Equatable, Sendable {
    /// What counts, by heading; an empty column leaves the heading out.
    var columns: [String: String] = [:]
    /// The headings of which it is remembered, and not said now.
    var remembered: Set<String> = []
    /// The import of which it is remembered; nil when nothing is.
    var importID: Int64?

    /// - Parameters:
    ///   - said: what somebody says now; it comes first.
    ///   - found: what was said at the last import of these headings.
    ///   - exists: whether there still is such a column: a field of the centre's own may be gone.
    init(said: [String: String], found: RememberedMapping?, exists: (String) -> Bool) {
        columns = said
        guard let found else { return }
        let taken = Set(said.values)
        for (heading, column) in found.columns where said[heading] == nil {
            guard column.isEmpty || exists(column) && !taken.contains(column) else { continue }
            columns[heading] = column
            remembered.insert(heading)
        }
        if !remembered.isEmpty { importID = found.importID }
    }

    /// Bytes of all headings of a file whose mapping is remembered.
    private static let headingsBytesMax = 8_192

    /// What two files with the same headings have in common, whatever their order; nil for headings that are not
    /// remembered.
    static func key(of header: [String]) -> String? {
        let titles = header.map(ImportRow.trimmed).filter { !$0.isEmpty }.sorted()
        let isPlain = titles.allSatisfy { $0.unicodeScalars.allSatisfy { $0.value >= 0x20 } }
        guard isPlain, titles.reduce(0, { $0 + $1.utf8.count }) <= headingsBytesMax else { return nil }
        return CustomersDatabase.list(titles)
    }
}

/// What somebody said about the headings of a file when it was imported.
struct RememberedMapping: Equatable, Sendable {
    var importID: Int64
    var columns: [String: String]
}

extension CustomerStore {
    /// The mapping of the newest import with these headings that was not undone; nil when it had none.
    func rememberedMapping(_ kind: ImportKind, _ header: [String]) throws(StoreError) -> RememberedMapping? {
        guard let key = ImportMapping.key(of: header) else { return nil }
        return try reading { state throws(SQLiteError) in
            let newest = try state.database.prepare(
                """
                SELECT id, map FROM import_run WHERE kind=? AND headings=? AND undone_at IS NULL
                ORDER BY id DESC LIMIT 1
                """)
            try newest.bind(kind.word, 1)
            try newest.bind(key, 2)
            guard try newest.step(), let map = newest.text(1) else { return nil }
            return RememberedMapping(importID: newest.int(0), columns: CustomersDatabase.fields(map))
        }
    }

    /// What counts for a file with these headings.
    func mapping(_ header: [String], _ options: CustomerImport.Options) throws(ImportError) -> ImportMapping {
        var found: RememberedMapping?
        if options.isRemembering {
            do throws(StoreError) { found = try rememberedMapping(options.kind, header) } catch { throw .store(error) }
        }
        let columns = Set(options.kind.columns), isOfCustomers = options.kind == .customers
        return ImportMapping(said: options.map, found: found) { name in
            columns.contains(name) || isOfCustomers && options.customFields.contains(name)
        }
    }
}
