import CallCenter
import Glibc
import PhoneNumbers
import SQLite

/// Reads customers from a CSV file as spreadsheets write it (customers.md), in bounded memory.
///
/// Repeatable: a row whose `external_id` is known updates that customer; a row without one is taken for the customer of the same name and
/// first number, or mail. What the file has no column for stays. A row that changes nothing is counted as unchanged. Bad rows are reported by
/// their line, the others are taken.
public struct CustomerImport {
    public struct Options: Sendable {
        /// Tiers there are.
        public var tiers: Set<String>
        /// The tier of a new customer whose row names none.
        public var tierDefault: String
        /// The centre's own fields.
        public var customFields: Set<String>
        /// How numbers without country code are read: ISO 3166.
        public var region: String
        /// Looks at everything and writes nothing.
        public var isDryRun: Bool

        public init(tiers: Set<String>, tierDefault: String = "regular", customFields: Set<String> = [], region: String, isDryRun: Bool = false) {
            self.tiers = tiers
            self.tierDefault = tierDefault
            self.customFields = customFields
            self.region = region
            self.isDryRun = isDryRun
        }
    }

    public struct Progress: Equatable, Sendable {
        public var bytes: Int
        public var bytesTotal: Int
        public var rows: Int
    }

    public struct Report: Equatable, Sendable {
        public struct BadRow: Equatable, Sendable {
            /// Of the file, from 1.
            public var line: Int
            public var column: String
            public var message: String
        }
        public var rows = 0
        public var created = 0
        public var updated = 0
        public var unchanged = 0
        public var rejected = 0
        public var encoding = TextEncoding.utf8
        /// Columns that were left aside.
        public var unknownColumns: [String] = []
        /// The first `badRowsMax`.
        public var badRows: [BadRow] = []
    }

    /// Bad rows told one by one; beyond, they are only counted.
    public static let badRowsMax = 10_000
    /// Rows of one transaction: what another writer may have to wait for, some 100 ms.
    static let chunkRows = 5_000

    private let store: CustomerStore
    private let options: Options
    private var report = Report()

    public init(into store: CustomerStore, options: Options) {
        self.store = store
        self.options = options
    }

    /// - Parameters:
    ///   - path: the file.
    ///   - progress: told after each chunk of rows.
    ///   - isCancelled: asked after each chunk; what is in by then stays.
    public mutating func run(
        file path: String, now: Timestamp, progress: (Progress) -> Void = { _ in }, isCancelled: () -> Bool = { false }
    ) throws(ImportError) -> Report {
        var file = try ImportFile(path: path)
        report = Report()
        report.encoding = file.encoding
        guard let separator = file.separator else { throw .empty }
        var parser = CSVParser(separator: separator)
        var row: ImportRow?
        var merge: ImportMerge?
        var chunk: [(line: Int, fields: CustomerFields)] = []
        chunk.reserveCapacity(CustomerImport.chunkRows)
        let numbers = PhoneNumberReader(region: options.region, language: "en")
        while let bytes = try file.next() {
            var rows: [CSVParser.Row] = []
            do throws(CSVParser.Fault) { try parser.feed(bytes) { rows.append($0) } } catch {
                throw ImportError(error)
            }
            var leftOpen: Int?
            if file.isAtEnd {
                do throws(CSVParser.Fault) { try parser.finish { rows.append($0) } } catch {
                    guard case .quoteLeftOpen(let line) = error, row != nil || !rows.isEmpty else { throw ImportError(error) }
                    leftOpen = line
                }
            }
            for found in rows {
                guard let reader = row else {
                    let columns = try ImportColumns(header: found.fields, customFields: options.customFields)
                    report.unknownColumns = columns.unknown
                    row = ImportRow(columns: columns, tiers: options.tiers, numbers: numbers)
                    merge = ImportMerge(columns: columns.known, custom: columns.custom, tierDefault: options.tierDefault)
                    continue
                }
                report.rows += 1
                do throws(ImportRow.Fault) { chunk.append((found.line, try reader.fields(found.fields))) } catch {
                    refuse(found.line, error.column, error.message)
                }
                if chunk.count == CustomerImport.chunkRows {
                    try put(&chunk, merge, now)
                    progress(Progress(bytes: file.bytesRead, bytesTotal: file.bytesTotal, rows: report.rows))
                    if isCancelled() { throw .cancelled }
                }
            }
            if let leftOpen {
                report.rows += 1
                refuse(leftOpen, "", "the row does not end: a quote is probably left open there, and what is behind it was not taken")
            }
        }
        guard row != nil else { throw .empty }
        try put(&chunk, merge, now)
        progress(Progress(bytes: file.bytesRead, bytesTotal: file.bytesTotal, rows: report.rows))
        report.badRows.sort { $0.line < $1.line }
        return report
    }

    private mutating func refuse(_ line: Int, _ column: String, _ message: String) {
        report.rejected += 1
        if report.badRows.count < CustomerImport.badRowsMax { report.badRows.append(.init(line: line, column: column, message: message)) }
    }

    private enum Change { case created, updated, unchanged }

    private mutating func put(_ chunk: inout [(line: Int, fields: CustomerFields)], _ merge: ImportMerge?, _ now: Timestamp) throws(ImportError) {
        let rows = chunk, isDryRun = options.isDryRun
        chunk.removeAll(keepingCapacity: true)
        guard !rows.isEmpty, let merge else { return }
        let changes: [Change]
        do throws(StoreError) {
            changes = try store.with { state throws(SQLiteError) in
                var changes: [Change] = []
                changes.reserveCapacity(rows.count)
                try state.begin.run()
                for row in rows { changes.append(try CustomerImport.put(row.fields, merge, now, state)) }
                // A dry run does it all and takes it back, so that what it reports is what would be.
                if isDryRun { try state.database.run("ROLLBACK") } else { try state.commit.run() }
                return changes
            }
        } catch { throw .store(error) }
        for change in changes {
            switch change {
            case .created: report.created += 1
            case .updated: report.updated += 1
            case .unchanged: report.unchanged += 1
            }
        }
    }

    private static func put(
        _ row: CustomerFields, _ merge: ImportMerge, _ now: Timestamp, _ state: borrowing CustomerStore.State
    ) throws(SQLiteError) -> Change {
        var first: CustomerRecord?
        for id in try known(row, state) {
            guard let before = try state.record(id) else { continue }
            // Two customers may share name and number: whoever is as the row says is who the row is about.
            if merge.merged(row, into: before.fields) == before.fields { return .unchanged }
            if first == nil { first = before }
        }
        guard let first, row.isIdentified else {
            _ = try state.insert(merge.new(row), at: now)
            return .created
        }
        try state.update(first.id, merge.merged(row, into: first.fields), at: now)
        return .updated
    }

    /// Who a row may be about.
    private static func known(_ row: CustomerFields, _ state: borrowing CustomerStore.State) throws(SQLiteError) -> [Int64] {
        if let external = row.externalID { return try state.holder(ofExternalID: external, but: nil).map { [$0] } ?? [] }
        if let number = row.phones.first?.e164 { return try state.customers(named: row.name, number: number) }
        if let email = row.email { return try state.customers(named: row.name, email: email) }
        return try state.customers(namedOnly: row.name)
    }
}

extension CustomerFields {
    /// There is more than a name to know the customer by.
    fileprivate var isIdentified: Bool { externalID != nil || email != nil || phones.first?.e164 != nil }
}

extension ImportError {
    fileprivate init(_ fault: CSVParser.Fault) {
        switch fault {
        case .rowTooLong(let line), .quoteLeftOpen(let line): self = .rowTooLong(line: line)
        }
    }
}
