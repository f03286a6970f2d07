import CallCenter
import PhoneNumbers
import SQLite

/// Rows that are purchases, contracts, contacts or notes of customers.
///
/// A row is about the item that it equals, else about the one that it names by `id`, else about one with the same key:
/// a purchase of the same product at the same time and with the same order number, a contract of the same service from
/// the same day on, a contact at the same moment on the same channel, a note of the same operator at the same moment.
/// Otherwise it is a new one. No two rows of a file are about one item, so a file that has something twice has it twice
/// after the import, and importing it again changes nothing.
final class ItemBatch: ImportBatch {
    struct Row: Sendable {
        /// Of the file, from 1.
        var line: Int
        var reading: ItemRow.Reading
    }

    /// What became of a row.
    struct Outcome: Sendable {
        var change: ImportTarget.Change?
        /// Why the row was rejected.
        var fault: ImportRow.Fault?
        var warning: ImportRow.Fault?
        var hasRestoredZeros = false
    }

    private let kind: CustomerItem.Kind
    private let reader: ItemRow
    private let writer: RecordWriter
    /// nil for a dry run.
    private let run: ImportRun?
    private var chunk: [Row] = []
    /// The items that rows of this file are about already.
    private var taken = NumberSet()

    init(
        _ kind: CustomerItem.Kind, header: [String], _ mapping: ImportMapping, _ options: CustomerImport.Options,
        _ writer: RecordWriter, _ run: ImportRun?, at now: Timestamp
    ) throws(ImportError) {
        self.kind = kind
        self.writer = writer
        self.run = run
        reader = ItemRow(
            columns: try ItemColumns(kind, header: header, map: mapping.columns), rules: options.items,
            numbers: PhoneNumberReader(options.numbers), now: now)
        chunk.reserveCapacity(CustomerImport.chunkRows)
    }

    var unknown: [String] { reader.columns.unknown }
    var count: Int { chunk.count }

    func read(_ row: CSVParser.Row, _ report: inout CustomerImport.Report) {
        do throws(ImportRow.Fault) {
            chunk.append(Row(line: row.line, reading: try reader.read(row.fields)))
        } catch { report.note(error, line: row.line, isRow: true) }
    }

    func write(at now: Timestamp, _ report: inout CustomerImport.Report) throws(ImportError) {
        guard !chunk.isEmpty else { return }
        let rows = chunk
        chunk.removeAll(keepingCapacity: true)
        for (row, outcome) in zip(rows, try outcomes(of: rows, at: now)) {
            if let fault = outcome.fault {
                report.note(fault, line: row.line, isRow: true)
                continue
            }
            for cell in row.reading.badCells { report.note(cell, line: row.line, isRow: false) }
            if let warning = outcome.warning { report.warn(warning, line: row.line) }
            if outcome.hasRestoredZeros { report.zerosRestored += 1 }
            if let change = outcome.change { report.count(change) }
        }
    }

    private func outcomes(of rows: [Row], at now: Timestamp) throws(ImportError) -> [Outcome] {
        let writer = self.writer, kind = self.kind, rules = reader.rules
        var taken = self.taken
        defer { self.taken = taken }
        guard let run else {
            do throws(StoreError) {
                return try writer.store.with { state throws(SQLiteError) in
                    let origin = CustomerStore.State.Origin(at: now, author: Author(nil, through: .import))
                    var work = try ItemWork(kind, rules, origin, taken, state)
                    var outcomes: [Outcome] = []
                    for row in rows { outcomes.append(try work.outcome(of: row.reading, state, applies: false)) }
                    taken = work.taken
                    return outcomes
                }
            } catch { throw .store(error) }
        }
        let origin = CustomerStore.State.Origin(
            at: now, author: Author(run.by, through: .import), importID: run.id)
        do throws(EditError) {
            return try writer.write(origin) { state, origin throws(EditError) in
                try writer.records { () throws(SQLiteError) in
                    var work = try ItemWork(kind, rules, origin, taken, state)
                    var outcomes: [Outcome] = []
                    for row in rows { outcomes.append(try work.outcome(of: row.reading, state, applies: true)) }
                    taken = work.taken
                    return RecordWriter.Outcome(outcomes, work.changes)
                }
            }
        } catch { throw ImportError(error) }
    }
}

/// The work on one chunk of rows, within a transaction.
private struct ItemWork: ~Copyable {
    private let kind: CustomerItem.Kind
    private let rules: ItemRules
    private let origin: CustomerStore.State.Origin
    private let finder: ItemFinder
    private var next: Int64
    private(set) var taken: NumberSet
    private(set) var changes: [RecordChange] = []

    init(
        _ kind: CustomerItem.Kind, _ rules: ItemRules, _ origin: CustomerStore.State.Origin, _ taken: NumberSet,
        _ state: borrowing CustomerStore.State
    ) throws(SQLiteError) {
        let finder = try ItemFinder(state.database), next = try state.nextItem()
        self.kind = kind
        self.rules = rules
        self.origin = origin
        self.taken = taken
        self.next = next
        self.finder = finder
    }

    mutating func outcome(
        of row: ItemRow.Reading, _ state: borrowing CustomerStore.State, applies: Bool
    ) throws(SQLiteError) -> ItemBatch.Outcome {
        var outcome = ItemBatch.Outcome()
        let customer: Int64
        switch try finder.owner(row.owner, state) {
        case .nobody(let fault):
            outcome.fault = fault
            return outcome
        case .customer(let id, let warning):
            customer = id
            outcome.warning = warning
        case .restored(let id, let warning):
            customer = id
            outcome.warning = warning
            outcome.hasRestoredZeros = true
        }
        let fresh = row.new(kind, rules)
        if let match = try finder.match(row, fresh, of: customer, state, but: taken) {
            taken.insert(match.item.id)
            guard match.merged != match.item.content else {
                outcome.change = .unchanged
                return outcome
            }
            outcome.change = .updated
            guard applies else { return outcome }
            let item = match.item
            try apply(
                .init(
                    id: item.id, customer: try state.owner(ofItem: item.id) ?? item.customer,
                    version: item.version + 1, createdAt: item.createdAt, createdBy: item.createdBy,
                    content: match.merged), state)
            return outcome
        }
        outcome.change = .created
        guard applies else { return outcome }
        try apply(
            .init(
                id: next, customer: customer, version: 1, createdAt: origin.at, createdBy: origin.author.who,
                content: fresh), state)
        taken.insert(next)
        next += 1
        return outcome
    }

    private mutating func apply(
        _ kept: RecordChange.KeptItem, _ state: borrowing CustomerStore.State
    ) throws(SQLiteError) {
        let change = RecordChange.item(kept)
        try state.apply(change, origin)
        changes.append(change)
    }
}

/// A set of ids, which are small numbers: a bit for each.
struct NumberSet: Equatable, Sendable {
    private var words: [UInt64] = []

    mutating func insert(_ number: Int64) {
        let word = Int(number >> 6)
        if word >= words.count {
            // Grows by half, so that many numbers cost few copies.
            let more = max(word + 1, words.count + words.count / 2) - words.count
            words.append(contentsOf: repeatElement(0, count: more))
        }
        words[word] |= 1 << UInt64(number & 63)
    }

    func contains(_ number: Int64) -> Bool {
        let word = Int(number >> 6)
        return word < words.count && words[word] & (1 << UInt64(number & 63)) != 0
    }
}
