import CallCenter
import Glibc
import PhoneNumbers

/// Imports customers from a CSV file as spreadsheets write it (customers.md), in bounded memory.
///
/// Repeatable: a row with a known `external_id` updates that customer; a row without one updates the customer with the
/// same name and first number, or mail. Fields without a column in the file stay. A row that changes nothing is counted
/// as unchanged. Bad cells and rows are reported by their line, the others are imported.
public struct CustomerImport {
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

    public struct Progress: Equatable, Sendable {
        public var bytes: Int
        public var bytesTotal: Int
        public var rows: Int
    }

    public struct Report: Equatable, Sendable {
        public struct Problem: Equatable, Sendable {
            /// Of the file, from 1.
            public var line: Int
            public var column: String
            public var message: String
        }
        public struct Bad: Equatable, Sendable {
            /// Whether the whole row was rejected, and not only the cell.
            public var isRow: Bool
            public var problem: Problem
        }
        /// By which it can be undone; nil for a dry run.
        public var importID: Int64?
        /// Rows with something in them.
        public var rows = 0
        public var created = 0
        public var updated = 0
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
        if WorkbookRows.isOne(descriptor) {
            var rows = try WorkbookRows(descriptor: descriptor)
            report.sheet = rows.name
            return try run(&rows, now, progress, isCancelled)
        }
        let file = try ImportFile(descriptor: descriptor, encoding: options.encoding, region: options.numbers.region)
        report.encoding = file.encoding
        var rows = try CSVRows(file)
        return try run(&rows, now, progress, isCancelled)
    }

    private mutating func run<Rows: ImportRows & ~Copyable>(
        _ rows: inout Rows, _ now: Timestamp, _ progress: (Progress) -> Void, _ isCancelled: () -> Bool
    ) throws(ImportError) -> Report {
        let target: ImportTarget, run: ImportRun?
        do throws(EditError) {
            run = options.isDryRun ? nil : try writer.beginImport(by: by, file: name, at: now)
            if let run { target = .records(writer, run) } else { target = try trial() }
        } catch { throw ImportError(error) }
        report.importID = run?.id
        do throws(ImportError) { try readRows(&rows, into: target, now, progress, isCancelled) } catch {
            // What was written by then stays, and can be undone.
            try? end(run, now)
            throw error
        }
        do throws(EditError) { try end(run, now) } catch { throw ImportError(error) }
        report.bad.sort { $0.problem.line < $1.problem.line }
        report.warnings.sort { $0.line < $1.line }
        return report
    }

    private func trial() throws(EditError) -> ImportTarget {
        do throws(StoreError) { return try .trial(of: writer.store) } catch { throw .store(error) }
    }

    /// Stores what the import did.
    private func end(_ run: ImportRun?, _ now: Timestamp) throws(EditError) {
        guard var run else { return }
        run.endedAt = now
        run.rows = Int64(report.rows)
        run.created = Int64(report.created)
        run.updated = Int64(report.updated)
        try writer.end(run, at: now)
    }

    private mutating func readRows<Rows: ImportRows & ~Copyable>(
        _ file: inout Rows, into target: ImportTarget, _ now: Timestamp, _ progress: (Progress) -> Void,
        _ isCancelled: () -> Bool
    ) throws(ImportError) {
        var reader: ImportRow?
        var merge: ImportMerge?
        var chunk: [ImportTarget.Row] = [], chunkSize = 0
        chunk.reserveCapacity(CustomerImport.chunkRows)
        let numbers = PhoneNumberReader(options.numbers)
        while let part = try file.next() {
            if let line = part.leftOpen, reader == nil, part.rows.isEmpty { throw .rowTooLong(line: line) }
            for found in part.rows where !ImportRow.isBlank(found.fields) {
                guard let known = reader else {
                    let columns = try ImportColumns(
                        header: found.fields, customFields: options.customFields, map: options.map)
                    report.unknownColumns = columns.unknown
                    reader = ImportRow(
                        columns: columns, tiers: options.tiers, numbers: numbers,
                        custom: CustomFieldReader(options.fieldRules))
                    merge = ImportMerge(
                        columns: columns.known, custom: columns.custom, tierDefault: options.tierDefault)
                    continue
                }
                report.rows += 1
                do throws(ImportRow.Fault) {
                    let reading = try known.read(found.fields)
                    for cell in reading.badCells {
                        note(.init(line: found.line, column: cell.column, message: cell.message), isRow: false)
                    }
                    for one in reading.notes { warn(.init(line: found.line, column: one.column, message: one.message)) }
                    chunk.append(.init(line: found.line, reading: reading))
                    chunkSize += found.fields.reduce(0) { $0 + $1.utf8.count }
                } catch { note(.init(line: found.line, column: error.column, message: error.message), isRow: true) }
                if chunk.count >= CustomerImport.chunkRows || chunkSize >= CustomerImport.chunkBytes {
                    chunkSize = 0
                    try writeChunk(&chunk, merge, target, now)
                    progress(Progress(bytes: file.bytesRead, bytesTotal: file.bytesTotal, rows: report.rows))
                    if isCancelled() { throw .cancelled }
                }
            }
            if let leftOpen = part.leftOpen {
                report.rows += 1
                let message =
                    "the row does not end: a quote is probably left open there, and what is behind it was not taken"
                note(.init(line: leftOpen, column: "", message: message), isRow: true)
            }
        }
        guard reader != nil else { throw .empty }
        try writeChunk(&chunk, merge, target, now)
        progress(Progress(bytes: file.bytesRead, bytesTotal: file.bytesTotal, rows: report.rows))
    }

    private mutating func note(_ problem: Report.Problem, isRow: Bool) {
        if isRow { report.rejected += 1 } else { report.badCells += 1 }
        if report.bad.count < CustomerImport.problemsMax { report.bad.append(.init(isRow: isRow, problem: problem)) }
    }

    private mutating func warn(_ problem: Report.Problem) {
        report.warningCount += 1
        if report.warnings.count < CustomerImport.problemsMax { report.warnings.append(problem) }
    }

    private mutating func writeChunk(
        _ chunk: inout [ImportTarget.Row], _ merge: ImportMerge?, _ target: ImportTarget, _ now: Timestamp
    ) throws(ImportError) {
        let rows = chunk
        chunk.removeAll(keepingCapacity: true)
        guard !rows.isEmpty, let merge else { return }
        let outcomes: [ImportTarget.Outcome]
        do throws(EditError) { outcomes = try target.write(rows, merge, now) } catch { throw ImportError(error) }
        for (row, outcome) in zip(rows, outcomes) {
            report.moves.add(outcome.move)
            switch outcome.change {
            case .created: report.created += 1
            case .updated: report.updated += 1
            case .unchanged: report.unchanged += 1
            }
            switch outcome.zeros {
            case .none: continue
            case .restored(let id):
                report.zerosRestored += 1
                warn(
                    .init(
                        line: row.line, column: "external_id",
                        message:
                            "\"\(row.reading.fields.externalID ?? "")\" is taken for \"\(id)\": "
                                + "a spreadsheet drops leading zeros"
                    ))
            case .doubtful(let id):
                let message =
                    "\"\(row.reading.fields.externalID ?? "")\" is \"\(id)\" but for leading zeros, "
                    + "and nothing else agrees: it is taken as another customer"
                warn(.init(line: row.line, column: "external_id", message: message))
            }
        }
    }
}

extension ImportError {
    fileprivate init(_ error: EditError) {
        if case .store(let error) = error { self = .store(error) } else { self = .unwritten("\(error)") }
    }
}
