import CallCenter
import Glibc
import PhoneNumbers

/// Imports customers, or what belongs to them, from a CSV file as spreadsheets write it, from a workbook or from JSON
/// Lines as an export writes them (customers.md), in bounded memory.
///
/// Repeatable: of customers, a row with a known `external_id` updates that customer; a row without one updates the
/// customer with the same name and first number, or mail. Of what belongs to customers, `ItemBatch` says which row is
/// about what. Fields without a column in the file stay. A row that changes nothing is counted as unchanged. Bad cells
/// and rows are reported by their line, the others are imported.
public struct CustomerImport {
    /// How a file is read, and what may be in it.
    public struct Options: Sendable {
        /// Tiers there are.
        public var tiers: Set<String>
        /// The tier of a new customer whose row names none.
        public var tierDefault: String
        /// The centre's own fields.
        public var customFields: Set<String>
        /// What the centre's own fields may hold; those without a rule any text.
        public var fieldRules: [CustomFieldRule]
        /// How numbers are read.
        public var numbers: NumberRules
        /// Checks everything and writes nothing.
        public var isDryRun: Bool
        /// The file's encoding; nil: it is guessed. A workbook has one of its own.
        public var encoding: TextEncoding?
        /// Headings of the file with the column that each is; an empty one leaves it out.
        public var map: [String: String]
        /// What the rows are.
        public var kind = ImportKind.customers
        /// Whether headings that `map` does not name are what they were at the last import of the same headings.
        public var isRemembering = true
        /// How purchases, contracts, contacts and notes are read.
        public var items = ItemRules()
        /// How a queue log is read; `map` then has names of agents with the operator that each is.
        public var queueLog = QueueLogRules()

        /// Copies its arguments; the other options are set afterwards.
        public init(
            tiers: Set<String>, tierDefault: String = "regular", customFields: Set<String> = [],
            fieldRules: [CustomFieldRule] = [], numbers: NumberRules, isDryRun: Bool = false,
            encoding: TextEncoding? = nil, map: [String: String] = [:]
        ) {
            self.tiers = tiers
            self.tierDefault = tierDefault
            self.customFields = customFields
            self.fieldRules = fieldRules
            self.numbers = numbers
            self.isDryRun = isDryRun
            self.encoding = encoding
            self.map = map
        }
    }

    /// How far an import is.
    public struct Progress: Equatable, Sendable {
        /// Bytes of the file that were read.
        public var bytes: Int
        /// Bytes of the whole file.
        public var bytesTotal: Int
        /// Rows that were read.
        public var rows: Int
    }

    /// What an import did; for a dry run, what it would have done.
    public struct Report: Equatable, Sendable {
        /// Something that is wrong or doubtful in a row.
        public struct Problem: Equatable, Sendable {
            /// Of the file, from 1.
            public var line: Int
            /// The column concerned; empty for the whole row.
            public var column: String
            /// What is wrong and what to write instead, in a sentence.
            public var message: String
        }
        /// A row or a cell that was not imported.
        public struct Bad: Equatable, Sendable {
            /// Whether the whole row was rejected, and not only the cell.
            public var isRow: Bool
            /// Where, and why.
            public var problem: Problem
        }
        /// By which it can be undone; nil for a dry run.
        public var importID: Int64?
        /// Rows with something in them.
        public var rows = 0
        /// Rows that made a record.
        public var created = 0
        /// Rows that changed a record.
        public var updated = 0
        /// Rows that changed nothing.
        public var unchanged = 0
        /// Rejected rows.
        public var rejected = 0
        /// Rejected cells in imported rows.
        public var badCells = 0
        /// Rows that were matched by number, mail or name with a record whose `external_id` has leading zeros that the
        /// file lost.
        public var zerosRestored = 0
        /// The file's encoding; nil for a workbook.
        public var encoding: TextEncoding?
        /// The sheet of a workbook; nil for other files.
        public var sheet: String?
        /// Columns that were left aside.
        public var unknownColumns: [String] = []
        /// The import whose mapping of the same headings was used again; nil when none was.
        public var mappedBy: Int64?
        /// The first `problemsMax` of the rejected rows and bad cells.
        public var bad: [Bad] = []
        /// Number of warnings: imported, and to be checked.
        public var warningCount = 0
        /// The first `problemsMax` of them.
        public var warnings: [Problem] = []
        /// Customers whose tier changed.
        public var moves = TierMoves()
    }

    /// Problems told one by one; beyond, they are only counted.
    public static let problemsMax = 10_000
    /// Rows of one transaction: what another writer may have to wait for, some 100 ms.
    static let chunkRows = 5_000
    /// And bytes of their cells, about: a chunk is one entry of the log.
    static let chunkBytes = 8 << 20

    private let writer: RecordWriter
    private let by: String?
    private let name: String?
    private let options: Options
    private var report = Report()
    /// Of the file, as they are remembered.
    private var headings: String?
    private var mapping: [String: String] = [:]

    /// - Parameters:
    ///   - who: whose import it is: an operator's number, or a token's id; nil for a program over the Unix socket.
    ///   - name: the file's name, as the client gave it; nil when it gave none.
    public init(into writer: RecordWriter, options: Options, by who: String? = nil, name: String? = nil) {
        self.writer = writer
        by = who
        self.name = name
        self.options = options
    }

    /// Customers whose tier has changed so far, also when the import ended early.
    public var moves: TierMoves { options.isDryRun ? TierMoves() : report.moves }

    /// Runs the import.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - progress: called after each chunk of rows.
    ///   - isCancelled: asked after each chunk; rows imported by then stay.
    /// - Throws: `ImportError` when the file as a whole cannot be imported.
    public mutating func run(
        file path: String, now: Timestamp, progress: (Progress) -> Void = { _ in }, isCancelled: () -> Bool = { false }
    ) throws(ImportError) -> Report {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .cannotRead(String(cString: strerror(errno))) }
        defer { close(file) }
        return try run(descriptor: file, now: now, progress: progress, isCancelled: isCancelled)
    }

    /// The same of a file that is open already.
    public mutating func run(
        descriptor: CInt, now: Timestamp, progress: (Progress) -> Void = { _ in }, isCancelled: () -> Bool = { false }
    ) throws(ImportError) -> Report {
        report = Report()
        (headings, mapping) = (nil, [:])
        if options.kind == .queueLog { return try runQueueLog(descriptor, now, progress, isCancelled) }
        if WorkbookRows.isOne(descriptor) {
            var rows = try WorkbookRows(descriptor: descriptor)
            report.sheet = rows.name
            return try run(&rows, now, progress, isCancelled)
        }
        let file = try ImportFile(descriptor: descriptor, encoding: options.encoding, region: options.numbers.region)
        report.encoding = file.encoding
        if JSONLinesRows.isSuch(descriptor) {
            var rows = JSONLinesRows(file, options)
            return try run(&rows, now, progress, isCancelled)
        }
        var rows = try CSVRows(file)
        return try run(&rows, now, progress, isCancelled)
    }

    private mutating func run<Rows: ImportRows & ~Copyable>(
        _ rows: inout Rows, _ now: Timestamp, _ progress: (Progress) -> Void, _ isCancelled: () -> Bool
    ) throws(ImportError) -> Report {
        let run = try begin(now)
        do throws(ImportError) { try readRows(&rows, run, now, progress, isCancelled) } catch {
            // What was written by then stays, and can be undone.
            try? end(run, now)
            throw error
        }
        return try concluded(run, now)
    }

    /// A dry run has none.
    private mutating func begin(_ now: Timestamp) throws(ImportError) -> ImportRun? {
        let run: ImportRun?
        do throws(EditError) {
            run = options.isDryRun ? nil : try writer.beginImport(options.kind, by: by, file: name, at: now)
        } catch { throw ImportError(error) }
        report.importID = run?.id
        return run
    }

    private mutating func concluded(_ run: ImportRun?, _ now: Timestamp) throws(ImportError) -> Report {
        do throws(EditError) { try end(run, now) } catch { throw ImportError(error) }
        report.bad.sort { $0.problem.line < $1.problem.line }
        report.warnings.sort { $0.line < $1.line }
        return report
    }

    // MARK: Queue logs

    /// A queue log has no headings, and its lines are no records: calls are.
    private mutating func runQueueLog(
        _ descriptor: CInt, _ now: Timestamp, _ progress: (Progress) -> Void, _ isCancelled: () -> Bool
    ) throws(ImportError) -> Report {
        let file = try ImportFile(descriptor: descriptor, encoding: options.encoding, region: options.numbers.region)
        report.encoding = file.encoding
        let run = try begin(now)
        do throws(ImportError) { try readLines(file, run, now, progress, isCancelled) } catch {
            // What was written by then stays, and can be undone.
            try? end(run, now)
            throw error
        }
        return try concluded(run, now)
    }

    private mutating func readLines(
        _ file: consuming ImportFile, _ run: ImportRun?, _ now: Timestamp, _ progress: (Progress) -> Void,
        _ isCancelled: () -> Bool
    ) throws(ImportError) {
        var work = try QueueLogImport(into: writer, options, run, at: now), lines = TextLines()
        while let bytes = try file.next() {
            lines.feed(bytes, isLast: file.isAtEnd) { text, line in
                guard let text else {
                    report.rows += 1
                    let message = "it is longer than \(QueueLogLine.bytesMax) bytes"
                    return report.note(.init(column: "", message: message), line: line, isRow: true)
                }
                if text.contains(where: { !$0.isWhitespace }) { work.read(text, at: line, &report) }
            }
            if work.isFull { try work.write(&report) }
            progress(Progress(bytes: file.bytesRead, bytesTotal: file.bytesTotal, rows: report.rows))
            if isCancelled() { throw .cancelled }
        }
        guard report.rows > 0 else { throw .empty }
        try work.finish(&report)
        progress(Progress(bytes: file.bytesRead, bytesTotal: file.bytesTotal, rows: report.rows))
    }

    /// Stores what the import did, and what its headings were.
    private func end(_ run: ImportRun?, _ now: Timestamp) throws(EditError) {
        guard var run else { return }
        run.endedAt = now
        run.rows = Int64(report.rows)
        run.created = Int64(report.created)
        run.updated = Int64(report.updated)
        run.headings = headings
        run.map = headings == nil ? [:] : mapping
        try writer.end(run, at: now)
    }

    private mutating func readRows<Rows: ImportRows & ~Copyable>(
        _ file: inout Rows, _ run: ImportRun?, _ now: Timestamp, _ progress: (Progress) -> Void,
        _ isCancelled: () -> Bool
    ) throws(ImportError) {
        var batch: (any ImportBatch)?
        var chunkSize = 0
        while let part = try file.next() {
            if let line = part.leftOpen, batch == nil, part.rows.isEmpty { throw .rowTooLong(line: line) }
            for fault in part.faults {
                if fault.isRow { report.rows += 1 }
                report.note(.init(column: fault.column, message: fault.message), line: fault.line, isRow: fault.isRow)
            }
            for found in part.rows where !ImportRow.isBlank(found.fields) {
                guard let known = batch else {
                    batch = try begin(found.fields, run, now)
                    continue
                }
                report.rows += 1
                known.read(found, &report)
                chunkSize += found.fields.reduce(0) { $0 + $1.utf8.count }
                if known.count >= CustomerImport.chunkRows || chunkSize >= CustomerImport.chunkBytes {
                    chunkSize = 0
                    try known.write(at: now, &report)
                    progress(Progress(bytes: file.bytesRead, bytesTotal: file.bytesTotal, rows: report.rows))
                    if isCancelled() { throw .cancelled }
                }
            }
            if let leftOpen = part.leftOpen {
                report.rows += 1
                let message =
                    "the row does not end: a quote is probably left open there, and what is behind it was not taken"
                report.note(.init(column: "", message: message), line: leftOpen, isRow: true)
            }
        }
        guard let batch else { throw .empty }
        try batch.write(at: now, &report)
        try batch.finish(at: now, &report)
        progress(Progress(bytes: file.bytesRead, bytesTotal: file.bytesTotal, rows: report.rows))
    }

    /// The header is read: what the rows below it are.
    private mutating func begin(
        _ header: [String], _ run: ImportRun?, _ now: Timestamp
    ) throws(ImportError) -> any ImportBatch {
        let found = try writer.store.mapping(header, options)
        let batch: any ImportBatch
        switch options.kind {
        case .customers:
            batch = try CustomerBatch(header: header, found, options, into: try target(run))
        case .items(let kind):
            batch = try ItemBatch(kind, header: header, found, options, writer, run, at: now)
        case .queueLog: throw .empty
        }
        report.unknownColumns = batch.unknown
        report.mappedBy = found.importID
        headings = ImportMapping.key(of: header)
        mapping = found.columns
        return batch
    }

    private func target(_ run: ImportRun?) throws(ImportError) -> ImportTarget {
        if let run { return .records(writer, run) }
        do throws(StoreError) { return try .trial(of: writer.store) } catch { throw .store(error) }
    }
}
