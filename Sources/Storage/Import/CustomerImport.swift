import CallCenter
import Glibc
import PhoneNumbers
import SQLite

/// Reads customers from a CSV file as spreadsheets write it (customers.md), in bounded memory.
///
/// Repeatable: a row whose `external_id` is known updates that customer; a row without one is taken for the customer of the same name and
/// first number. A row that changes nothing is counted as unchanged. Bad rows are reported by their line, the others are taken.
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
        var chunk: [(line: Int, fields: CustomerFields)] = []
        chunk.reserveCapacity(CustomerImport.chunkRows)
        let numbers = PhoneNumberReader(region: options.region, language: "en")
        while let bytes = try file.next() {
            var rows: [CSVParser.Row] = []
            do throws(CSVParser.Fault) { try parser.feed(bytes) { rows.append($0) } } catch {
                if case .rowTooLong(let line) = error { throw .rowTooLong(line: line) }
            }
            if file.isAtEnd { parser.finish { rows.append($0) } }
            for found in rows {
                guard let reader = row else {
                    let columns = try ImportColumns(header: found.fields, customFields: options.customFields)
                    report.unknownColumns = columns.unknown
                    row = ImportRow(columns: columns, tiers: options.tiers, tierDefault: options.tierDefault, numbers: numbers)
                    continue
                }
                report.rows += 1
                do throws(ImportRow.Fault) { chunk.append((found.line, try reader.fields(found.fields))) } catch {
                    refuse(found.line, error.column, error.message)
                }
                if chunk.count == CustomerImport.chunkRows {
                    try put(&chunk, now)
                    progress(Progress(bytes: file.bytesRead, bytesTotal: file.bytesTotal, rows: report.rows))
                    if isCancelled() { throw .cancelled }
                }
            }
        }
        guard row != nil else { throw .empty }
        try put(&chunk, now)
        progress(Progress(bytes: file.bytesRead, bytesTotal: file.bytesTotal, rows: report.rows))
        report.badRows.sort { $0.line < $1.line }
        return report
    }

    private mutating func refuse(_ line: Int, _ column: String, _ message: String) {
        report.rejected += 1
        if report.badRows.count < CustomerImport.badRowsMax { report.badRows.append(.init(line: line, column: column, message: message)) }
    }

    private enum Change { case created, updated, unchanged }

    private mutating func put(_ chunk: inout [(line: Int, fields: CustomerFields)], _ now: Timestamp) throws(ImportError) {
        let rows = chunk, isDryRun = options.isDryRun
        chunk.removeAll(keepingCapacity: true)
        guard !rows.isEmpty else { return }
        let changes: [Change]
        do throws(StoreError) {
            changes = try store.with { state throws(SQLiteError) in
                var changes: [Change] = []
                changes.reserveCapacity(rows.count)
                try state.begin.run()
                for row in rows { changes.append(try CustomerImport.put(row.fields, now, state)) }
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

    private static func put(_ fields: CustomerFields, _ now: Timestamp, _ state: borrowing CustomerStore.State) throws(SQLiteError) -> Change {
        let known: Int64?
        if let external = fields.externalID {
            known = try state.holder(ofExternalID: external, but: nil)
        } else if let number = fields.phones.first?.e164 {
            known = try state.customer(named: fields.name, number: number)
        } else {
            known = nil
        }
        guard let known, let before = try state.record(known) else {
            _ = try state.insert(fields, at: now)
            return .created
        }
        var merged = fields
        merged.externalID = fields.externalID ?? before.fields.externalID
        // Fields the file has no column for, or another file filled, stay.
        merged.custom = before.fields.custom.merging(fields.custom) { _, new in new }
        if merged == before.fields { return .unchanged }
        try state.update(known, merged, at: now)
        return .updated
    }
}
