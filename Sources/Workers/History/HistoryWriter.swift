import CallCenter
import Engine
import Logging
import Storage
import Synchronization

/// Writes calls as they end, and what left the live state, into the records, beside the engine's thread; reads them
/// back, what waits included.
public final class HistoryWriter: HistoryKeeper, CallHistory {
    private let store: any HistoryStore
    private let logger: Logger
    /// Told of what left the live state and was written.
    private let closed: @Sendable ([HistoryEntry]) -> Void
    private let queue: any WorkQueue
    /// Taken, and not yet on disk.
    private let waiting = Mutex(Waiting())

    /// What goes to disk together.
    private struct Batch {
        /// The newest that is known of each call that is over, by its number.
        var calls: [Int64: Call] = [:]
        /// Those of them that left the live state.
        var closed: Set<Int64> = []
        /// Everything but calls, in its order.
        var others: [HistoryEntry] = []
        var count: Int { calls.count + others.count }

        mutating func take(_ entry: HistoryEntry) {
            switch entry {
            case .ended(let call): calls[call.number] = call
            case .call(let call):
                calls[call.number] = call
                closed.insert(call.number)
            case .touchpoint, .remark, .figures: others.append(entry)
            }
        }

        /// Puts what could not be written before what has come since.
        mutating func takeBack(_ older: Batch) {
            calls.merge(older.calls) { newer, _ in newer }
            closed.formUnion(older.closed)
            others = older.others + others
        }

        /// The calls that `wanted` takes; without copying the others.
        func calls(_ wanted: (borrowing Call) -> Bool) -> [Call] {
            calls.indices.compactMap { wanted(calls.values[$0]) ? calls.values[$0] : nil }
        }
    }

    private struct Waiting {
        var entries = Batch()
        /// Being written: looked at by readers, changed by the queue alone.
        var writing = Batch()
        var isScheduled = false
        var failure: StoreError?
        /// Entries were removed, as too many waited.
        var lacks = false
        /// The oldest entry came at this time, the newest at that.
        var since: Int64 = 0
        var until: Int64 = 0

        /// Whether to write now: each write takes a processor from the calls, and lets the caches of those that look
        /// callers up go cold.
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
        func call(_ number: Int64) -> Call? { entries.calls[number] ?? writing.calls[number] }
    }

    /// So long has nothing come when the storm is over. Milliseconds.
    static let calm: Int64 = 250
    /// So long a storm is waited for: readers see what waits. Milliseconds.
    static let patience: Int64 = 10_000
    /// Fewer entries than this are no storm, and are on disk soon after this time, as whoever reads the file itself
    /// expects. Milliseconds.
    static let storm = 100
    static let promptness: Int64 = 500
    /// When so many wait they are written, storm or not: about a kilobyte each.
    static let waitingMax = 65_536
    /// So many wait at most, while the records cannot be written or are slower than the calls. Others are removed: the
    /// log has them, and they are replayed.
    static let heldMaxByDefault = 262_144
    private let heldMax: Int

    /// Before a failed write is tried again. Milliseconds.
    static let again: Int64 = 2_000

    /// - Parameters:
    ///   - queue: what writes; it may wait for the disk.
    ///   - closed: told of what left the live state and was written, on the queue.
    public convenience init(
        store: any HistoryStore, logger: Logger, queue: any WorkQueue = DispatchWorkQueue(label: "history"),
        closed: @escaping @Sendable ([HistoryEntry]) -> Void
    ) {
        self.init(store: store, logger: logger, queue: queue, heldMax: HistoryWriter.heldMaxByDefault, closed: closed)
    }

    /// - Parameter heldMax: how many entries wait at most.
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

    public func take(_ entries: [HistoryEntry]) {
        let (schedule, isFirstLost) = waiting.withLock { waiting in
            waiting.until = queue.now
            if waiting.entries.count == 0 { waiting.since = waiting.until }
            let wasWhole = !waiting.lacks
            if waiting.entries.count + waiting.writing.count + entries.count > heldMax {
                waiting.lacks = true
            } else {
                for entry in entries { waiting.entries.take(entry) }
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

    public func flush(through seq: Int64?) throws {
        try flush()
        guard let seq else { return }
        if waiting.withLock(\.lacks) { throw Lacking() }
        try store.noteHistory(through: seq)
    }

    /// Why the history is not complete up to where the log is.
    private struct Lacking: Error, CustomStringConvertible {
        var description: String { "the history lacks calls, which are told again from the log" }
    }

    public var lacksEntries: Bool {
        waiting.withLock { $0.lacks && $0.failure == nil && $0.entries.count < heldMax / 2 }
    }

    public func retelling() { waiting.withLock { $0.lacks = false } }

    private func flush() throws {
        queue.runAndWait { self.write() }
        if let failure = waiting.withLock({ $0.failure }) { throw failure }
    }

    public var through: Int64? { get throws { try store.historyThrough() } }

    /// On the queue: everything that waits, in one transaction. What cannot be written now stays, and is tried again.
    private func write() {
        let batch = waiting.withLock { waiting in
            swap(&waiting.entries, &waiting.writing)
            waiting.isScheduled = false
            return waiting.writing
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
            // In the order of their numbers: neighbours are on one page.
            let numbers = batch.calls.keys.sorted()
            try store.keep(
                calls: numbers.compactMap { batch.calls.index(forKey: $0).map { CallRow(batch.calls.values[$0]) } },
                touchpoints: touchpoints)
            try store.keep(remarks)
            try store.keep(figures)
            waiting.withLock { waiting in
                waiting.writing = Batch()
                waiting.failure = nil
            }
            closed(batch.closed.sorted().compactMap { batch.calls[$0].map { .call($0) } } + batch.others)
        } catch {
            let isNew = waiting.withLock { waiting in
                waiting.writing = Batch()
                waiting.entries.takeBack(batch)
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

    public func lateOutcomes(from: Timestamp, to: Timestamp) throws -> PastFigures {
        try flushRemarks()
        return try store.lateOutcomes(from: from, to: to)
    }

    /// What was just written of a call is to be read in it.
    private func flushRemarks() throws {
        if waiting.withLock({ $0.entries.others.contains { if case .remark = $0 { true } else { false } } }) {
            try flush()
        }
    }

    public func calls(id: String) throws -> [Call] {
        try flushRemarks()
        return waiting.withLock { $0.calls { $0.key.call == id } } + (try store.calls(id: id))
    }

    public var backlog: Int { waiting.withLock { $0.entries.count + $0.writing.count } }

    public func kept(from: Timestamp, to: Timestamp) throws -> KeptCalls {
        try flush()
        return store.calls(from: from, to: to)
    }

    public func notes(on customer: Int64, below: Int64?, limit: Int) throws -> [TouchpointEntry] {
        // What was just written is to be read.
        try flush()
        return try store.notes(on: customer, below: below, limit: limit)
    }

    public func call(number: Int64) throws -> Call? {
        if let found = waiting.withLock({ $0.call(number) }) { return found }
        return try store.call(number: number)
    }

    public func contacts(of customer: Int64, limit: Int) throws -> [Touchpoint] {
        // What waits first: by the time the file is read, it may be in there as well, but it is nowhere else.
        let waiting = unwritten(of: [customer])[customer] ?? []
        let known = Set(waiting.map(\.id))
        let kept = try store.contacts(customer: customer, limit: limit).filter { contact in
            // Of a call that is somebody else's by now, the file says so in a moment.
            !known.contains(contact.id)
                && self.waiting.withLock { $0.call(contact.id) }.map { $0.customerID == customer } ?? true
        }
        return (waiting + kept).map(\.touchpoint).sorted { $0.at > $1.at }.prefix(limit).map { $0 }
    }

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
                id: call.number, customer: customer, touchpoint: call.touchpoint(at: call.startedAt ?? Timestamp(ms: 0))
            )
            found[customer, default: []].append(contact)
        }
        for contact in others where customers.contains(contact.customer) {
            found[contact.customer, default: []].append(contact)
        }
        return found
    }
}
