import CallCenter
import Engine
import Logging
import Storage
import Synchronization

/// Writes ended calls and evicted entries to the history, on its own thread; reads include the entries that still wait.
public final class HistoryWriter: HistorySink, CallHistory {
    private let store: any HistoryStore
    private let logger: Logger
    /// Called with written entries that have left the live state.
    private let closed: @Sendable ([HistoryEntry]) -> Void
    private let queue: any WorkQueue
    /// Entries that are not on disk yet.
    private let waiting = Mutex(Waiting())

    /// Entries that are written in one transaction.
    private struct Batch {
        /// The newest version of each ended call, by its number.
        var calls: [Int64: SharedCall] = [:]
        /// Those of them that left the live state.
        var closed: Set<Int64> = []
        /// Everything but calls, in its order.
        var others: [HistoryEntry] = []
        var count: Int { calls.count + others.count }

        mutating func add(_ entry: HistoryEntry) {
            switch entry {
            case .ended(let call): calls[call.number] = call
            case .call(let call):
                calls[call.number] = call
                closed.insert(call.number)
            case .touchpoint, .remark, .figures: others.append(entry)
            }
        }

        /// Inserts entries of a failed write before newer ones.
        mutating func prepend(_ older: Batch) {
            calls.merge(older.calls) { newer, _ in newer }
            closed.formUnion(older.closed)
            others = older.others + others
        }

        /// The calls that match `wanted`, without copying the others.
        func calls(_ wanted: (borrowing Call) -> Bool) -> [Call] {
            calls.values.compactMap { wanted($0.call) ? $0.call : nil }
        }

        func call(_ number: Int64) -> Call? { calls[number]?.call }
    }

    private struct Waiting {
        var entries = Batch()
        /// Being written: looked at by readers, changed by the queue alone.
        var writing = Batch()
        var isScheduled = false
        var failure: StoreError?
        /// Entries were removed, as too many waited.
        var lacks = false
        /// The log position up to which the history is complete when the entries are written.
        var through: Int64 = 0
        /// The one up to which it is; stored with the next write, when entries that left memory have been passed on.
        var writtenThrough: Int64?
        /// The oldest entry came at this time, the newest at that.
        var since: Int64 = 0
        var until: Int64 = 0

        /// Whether to write now. Writes are delayed under load: each uses CPU time and evicts the look-ups' data from
        /// the caches.
        func isDue(at now: Int64) -> Bool {
            if entries.count >= HistoryWriter.waitingMax || now >= until + HistoryWriter.calm
                || now >= since + HistoryWriter.patience
            {
                return true
            }
            return entries.count < HistoryWriter.storm && now >= since + HistoryWriter.promptness
        }

        func calls(_ wanted: (borrowing Call) -> Bool) -> [Call] {
            let newest = entries.calls(wanted)
            return writing.count == 0
                ? newest : newest + writing.calls { entries.calls.index(forKey: $0.number) == nil && wanted($0) }
        }
        func call(_ number: Int64) -> Call? { entries.call(number) ?? writing.call(number) }
    }

    /// The load counts as over when no entry came for this time. Milliseconds.
    static let calm: Int64 = 250
    /// The longest delay under load; readers see the entries that wait. Milliseconds.
    static let patience: Int64 = 10_000
    /// Fewer entries than this count as normal load, and are written soon, as readers of the file expect.
    static let storm = 100
    static let promptness: Int64 = 500
    /// From this number of waiting entries on they are written whatever the load: 4 to 7 KB each.
    static let waitingMax = 16_384
    /// Maximum of waiting entries while the database fails or is too slow. Further entries are dropped: the log has
    /// them, and they are replayed later.
    static let heldMaxByDefault = 65_536
    private let heldMax: Int

    /// Delay before a failed write is tried again. Milliseconds.
    static let again: Int64 = 2_000

    /// - Parameters:
    ///   - queue: runs the writes; it may wait for the disk.
    ///   - closed: called on the queue with written entries that have left the live state.
    public convenience init(
        store: any HistoryStore, logger: Logger, queue: any WorkQueue = DispatchWorkQueue(label: "history"),
        closed: @escaping @Sendable ([HistoryEntry]) -> Void
    ) {
        self.init(store: store, logger: logger, queue: queue, heldMax: HistoryWriter.heldMaxByDefault, closed: closed)
    }

    /// - Parameter heldMax: maximum of waiting entries.
    init(
        store: any HistoryStore, logger: Logger, queue: any WorkQueue, heldMax: Int,
        closed: @escaping @Sendable ([HistoryEntry]) -> Void
    ) {
        self.store = store
        self.logger = logger
        self.queue = queue
        self.heldMax = heldMax
        self.closed = closed
    }

    /// Returns at once, on any thread. Beyond the maximum of waiting entries they are dropped, and `lacksEntries` says
    /// so.
    public func enqueue(_ entries: [HistoryEntry], through seq: Int64) {
        let (schedule, isFirstLost) = waiting.withLock { waiting in
            waiting.until = queue.now
            if waiting.entries.count == 0 { waiting.since = waiting.until }
            let wasWhole = !waiting.lacks
            if waiting.entries.count + waiting.writing.count + entries.count > heldMax {
                waiting.lacks = true
            } else {
                for entry in entries { waiting.entries.add(entry) }
                if !waiting.lacks { waiting.through = max(waiting.through, seq) }
            }
            defer { waiting.isScheduled = true }
            return (!waiting.isScheduled, waiting.lacks && wasWhole)
        }
        if isFirstLost {
            logger.error(
                """
                more than \(heldMax) calls wait to be written into the history: further ones are told again \
                from the log when it can be written
                """)
        }
        if schedule { writeWhenDue() }
    }

    private func writeWhenDue() {
        queue.run(after: HistoryWriter.calm) {
            let isDue = self.waiting.withLock { $0.isDue(at: self.queue.now) }
            if isDue { self.write() } else { self.writeWhenDue() }
        }
    }

    /// Blocks for the disk. Throws while entries are missing or a write fails.
    public func flush(through seq: Int64) throws {
        try flush()
        if waiting.withLock(\.lacks) { throw Lacking() }
        try store.noteHistory(through: seq)
    }

    /// The history lacks entries that the log has.
    private struct Lacking: Error, CustomStringConvertible {
        var description: String { "the history lacks calls, which are told again from the log" }
    }

    /// Entries were dropped, nothing fails now, and there is room for a replay.
    public var lacksEntries: Bool {
        waiting.withLock { $0.lacks && $0.failure == nil && $0.entries.count < heldMax / 2 }
    }

    /// What was dropped counts as added from now on: the caller replays it.
    public func beginReplay() { waiting.withLock { $0.lacks = false } }
    /// What was dropped is missing again.
    public func replayFailed() { waiting.withLock { $0.lacks = true } }

    /// Waits for the write before, then starts the next on the queue. Throws the failure of the one before.
    public func writeBeside() throws {
        queue.runAndWait {}
        if let failure = waiting.withLock({ $0.failure }) { throw failure }
        queue.run(after: 0) { self.write() }
    }

    /// Returns when every entry added before is on disk.
    public func flush() throws {
        queue.runAndWait { self.write() }
        if let failure = waiting.withLock({ $0.failure }) { throw failure }
    }

    /// The log position up to which the history is complete on disk; nil when none is stored. Blocks for the disk.
    public var through: Int64? { get throws { try store.historyThrough() } }

    /// Runs on the queue: writes all waiting entries in one transaction. After an error they stay, and are tried again.
    private func write() {
        let (batch, through, writtenThrough) = waiting.withLock { waiting in
            swap(&waiting.entries, &waiting.writing)
            waiting.isScheduled = false
            return (waiting.writing, waiting.through, waiting.writtenThrough)
        }
        if batch.count == 0 { return }
        var touchpoints: [TouchpointEntry] = [], figures: [PastFigures] = []
        var remarks: [(remark: Remark, of: CallKey)] = []
        for entry in batch.others {
            switch entry {
            case .touchpoint: if let contact = HistoryWriter.contact(entry) { touchpoints.append(contact) }
            case .remark(let remark, let key): remarks.append((remark, of: key))
            case .figures(let past): figures.append(past)
            case .ended, .call: break
            }
        }
        do throws(StoreError) {
            // Sorted by number: neighbours are on one database page.
            let numbers = batch.calls.keys.sorted()
            try store.write(
                calls: numbers.compactMap { batch.call($0).map { CallRow($0) } },
                touchpoints: touchpoints, through: writtenThrough)
            try store.write(remarks)
            try store.write(figures)
            waiting.withLock { waiting in
                waiting.writing = Batch()
                waiting.failure = nil
            }
            closed(batch.closed.sorted().compactMap { batch.calls[$0].map { .call($0) } } + batch.others)
            if through > 0 { waiting.withLock { $0.writtenThrough = through } }
        } catch {
            let isNew = waiting.withLock { waiting in
                waiting.writing = Batch()
                waiting.entries.prepend(batch)
                waiting.isScheduled = true
                defer { waiting.failure = error }
                return waiting.failure == nil
            }
            if isNew { logger.error("calls that ended cannot be written into the history: \(error); trying again") }
            queue.run(after: HistoryWriter.again) { self.write() }
        }
    }

    private static func contact(_ entry: HistoryEntry) -> TouchpointEntry? {
        guard case .touchpoint(let seq, let customer, let touchpoint) = entry else { return nil }
        return TouchpointEntry(id: TouchpointEntry.id(seq: seq), customer: customer, touchpoint: touchpoint)
    }

    // MARK: Reading

    /// Calls that wait to be written are among them. Blocks for the disk.
    public func calls(_ filter: CallFilter, below: Int64?, without live: Set<Int64>, limit: Int) throws -> [Call] {
        var (found, known) = waiting.withLock { waiting in
            let calls = waiting.calls { call in (below.map { call.number < $0 } ?? true) && !live.contains(call.number)
            }
            return (calls.filter(filter.matches), live.union(calls.lazy.map(\.number)))
        }
        var count = 0
        let span = CallSpan(
            lastedUntil: filter.lastedUntil, beganBefore: filter.beganBefore, isOfMoments: filter.isOfMoments)
        try store.calls(below: below, span, customer: filter.customer) { call in
            if !known.contains(call.number), filter.matches(call) {
                found.append(call)
                count += 1
            }
            return count < limit
        }
        return Array(found.sorted { $0.number > $1.number }.prefix(limit))
    }

    /// Figures that wait to be written are among them. Blocks for the disk.
    public func figures(from: Timestamp, to: Timestamp, forgottenThrough through: Timestamp) throws -> [PastFigures] {
        let unwritten = waiting.withLock { waiting in
            (waiting.writing.others + waiting.entries.others).compactMap { entry -> PastFigures? in
                if case .figures(let past) = entry, past.forgottenAt <= through { past } else { nil }
            }
        }
        // By now they may be written as well.
        return unwritten + [
            try lateOutcomes(from: from, to: to),
            try store.figures(
                from: from, to: to, forgottenThrough: through, without: Set(unwritten.map(\.forgottenAt))),
        ]
    }

    /// Remarks that wait are written first. Blocks for the disk.
    private func lateOutcomes(from: Timestamp, to: Timestamp) throws -> PastFigures {
        try flushRemarks()
        return try store.lateOutcomes(from: from, to: to)
    }

    /// What was just written of a call is to be read in it.
    private func flushRemarks() throws {
        if waiting.withLock({ $0.entries.others.contains { if case .remark = $0 { true } else { false } } }) {
            try flush()
        }
    }

    /// Calls that wait to be written are among them. Blocks for the disk.
    public func calls(id: String) throws -> [Call] {
        try flushRemarks()
        return waiting.withLock { $0.calls { $0.key.call == id } } + (try store.calls(id: id))
    }

    /// Entries that wait to be written. To be read on any thread.
    public var backlog: Int { waiting.withLock { $0.entries.count + $0.writing.count } }

    /// Everything that waits is written first. Blocks for the disk.
    public func kept(from: Timestamp, to: Timestamp) throws -> KeptCalls {
        try flush()
        return store.calls(from: from, to: to)
    }

    /// Everything that waits is written first. Blocks for the disk.
    public func notes(on customer: Int64, below: ItemPlace?, limit: Int) throws -> [TouchpointEntry] {
        // What was just written is to be read.
        try flush()
        return try store.notes(on: customer, below: below, limit: limit)
    }

    /// A call that waits is read from memory. Blocks for the disk otherwise; nil where it is not known.
    public func call(number: Int64) throws -> Call? {
        if let found = waiting.withLock({ $0.call(number) }) { return found }
        return try store.call(number: number)
    }

    /// Contacts that wait to be written are among them. Blocks for the disk.
    public func contacts(of customer: Int64, limit: Int) throws -> [Touchpoint] {
        // Waiting entries are read first: when the file is read, they may be in it as well, but never only there.
        let waiting = unwritten(of: [customer])[customer] ?? []
        let known = Set(waiting.map(\.id))
        let kept = try store.contacts(customer: customer, limit: limit).filter { contact in
            // The file will have the contact of a call that now belongs to another customer in a moment.
            !known.contains(contact.id)
                && self.waiting.withLock { $0.call(contact.id) }.map { $0.customerID == customer } ?? true
        }
        return (waiting + kept).map(\.touchpoint).sorted { $0.at > $1.at }.prefix(limit).map { $0 }
    }

    /// Contacts that wait to be written are among them. Blocks for the disk.
    public func touchpoints(_ asked: TimelineQuery) throws -> [TouchpointEntry] {
        // Waiting entries are read first: when the file is read, they may be in it as well, but never only there.
        let waiting = unwritten(of: [asked.customer])[asked.customer] ?? []
        let known = Set(waiting.map(\.id))
        let kept = try store.touchpoints(asked) { entry in
            // The file will have the contact of a call that now belongs to another customer in a moment.
            !known.contains(entry.id)
                && self.waiting.withLock { $0.call(entry.id) }.map { $0.customerID == asked.customer } ?? true
        }
        return (waiting.filter(asked.matches) + kept).sorted { asked.place(of: $0) > asked.place(of: $1) }
            .prefix(asked.limit + 1).map { $0 }
    }

    /// Of entries that wait to be written alone; does not read the disk.
    public func lastContacts(of customers: Set<Int64>) -> [Int64: Timestamp] {
        unwritten(of: customers).compactMapValues { $0.lazy.map(\.touchpoint).filter(\.isContact).map(\.at).max() }
    }

    /// The contacts with these customers that wait to be written.
    private func unwritten(of customers: Set<Int64>) -> [Int64: [TouchpointEntry]] {
        let (calls, others) = waiting.withLock { waiting in
            (
                waiting.calls { call in call.customerID.map(customers.contains) ?? false },
                (waiting.writing.others + waiting.entries.others).compactMap(HistoryWriter.contact)
            )
        }
        var found: [Int64: [TouchpointEntry]] = [:]
        for call in calls {
            guard let customer = call.customerID else { continue }
            let contact = TouchpointEntry(
                id: call.number, customer: customer, call: call.key.call,
                touchpoint: call.touchpoint(at: call.startedAt ?? Timestamp(ms: 0)))
            found[customer, default: []].append(contact)
        }
        for contact in others where customers.contains(contact.customer) {
            found[contact.customer, default: []].append(contact)
        }
        return found
    }
}
