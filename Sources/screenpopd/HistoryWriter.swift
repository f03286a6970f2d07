import CallCenter
import Dispatch
import Engine
import Logging
import Storage
import Synchronization
import Web

/// Writes what left the live state into the records, beside the engine's thread, and reads it back for the call list.
final class HistoryWriter: HistoryKeeper, CallHistory {
    private let store: CustomerStore
    private let logger: Logger
    /// Told of what was written.
    private let closed: @Sendable ([HistoryEntry]) -> Void
    private let queue = DispatchQueue(label: "history")
    /// Taken, and not yet on disk.
    private let waiting = Mutex(Waiting())

    private struct Waiting {
        var entries: [HistoryEntry] = []
        /// Being written: looked at by readers, changed by the queue alone.
        var writing: [HistoryEntry] = []
        var calls: [Call] { (entries + writing).compactMap { if case .call(let call) = $0 { call } else { nil } } }
        var isScheduled = false
        var failure: StoreError?
        /// The oldest entry came at this time, the newest at that.
        var since = DispatchTime(uptimeNanoseconds: 0)
        var until = DispatchTime(uptimeNanoseconds: 0)

        /// Whether to write now: each write takes a processor from the calls, and lets the caches of those that look callers up go cold.
        var isDue: Bool {
            let now = DispatchTime.now()
            return entries.count >= HistoryWriter.waitingMax || now >= until + HistoryWriter.calm || now >= since + HistoryWriter.patience
        }
    }

    /// So long has nothing come when the storm is over.
    private static let calm = DispatchTimeInterval.milliseconds(250)
    /// So long a storm is waited for.
    private static let patience = DispatchTimeInterval.seconds(10)
    /// So many wait at most, about a kilobyte each.
    private static let waitingMax = 65_536

    /// Before a failed write is tried again.
    private static let again = DispatchTimeInterval.seconds(2)

    init(store: CustomerStore, logger: Logger, closed: @escaping @Sendable ([HistoryEntry]) -> Void) {
        self.store = store
        self.logger = logger
        self.closed = closed
    }

    func take(_ entries: [HistoryEntry]) {
        let schedule = waiting.withLock { waiting in
            waiting.until = .now()
            if waiting.entries.isEmpty { waiting.since = waiting.until }
            waiting.entries += entries
            defer { waiting.isScheduled = true }
            return !waiting.isScheduled
        }
        if schedule { writeWhenDue() }
    }

    private func writeWhenDue() {
        queue.asyncAfter(deadline: .now() + HistoryWriter.calm) { self.waiting.withLock(\.isDue) ? self.write() : self.writeWhenDue() }
    }

    func flush() throws {
        queue.sync { self.write() }
        if let failure = waiting.withLock({ $0.failure }) { throw failure }
    }

    /// On the queue: everything that waits, in one transaction. What cannot be written now stays, and is tried again.
    private func write() {
        let entries = waiting.withLock { waiting in
            swap(&waiting.entries, &waiting.writing)
            waiting.isScheduled = false
            return waiting.writing
        }
        if entries.isEmpty { return }
        var calls: [CallRow] = [], touchpoints: [TouchpointEntry] = [], figures: [PastFigures] = []
        var remarks: [(remark: Remark, of: CallKey)] = []
        for entry in entries {
            switch entry {
            case .call(let call): calls.append(CallRow(call))
            case .touchpoint(let seq, let customer, let touchpoint):
                touchpoints.append(TouchpointEntry(id: TouchpointEntry.id(seq: seq), customer: customer, touchpoint: touchpoint))
            case .remark(let remark, let key): remarks.append((remark, of: key))
            case .figures(let past): figures.append(past)
            }
        }
        do throws(StoreError) {
            try store.keep(calls: calls, touchpoints: touchpoints)
            try store.keep(remarks)
            try store.keep(figures)
            waiting.withLock { waiting in
                waiting.writing = []
                waiting.failure = nil
            }
            closed(entries)
        } catch {
            let isNew = waiting.withLock { waiting in
                waiting.writing = []
                waiting.entries = entries + waiting.entries
                waiting.isScheduled = true
                defer { waiting.failure = error }
                return waiting.failure == nil
            }
            if isNew { logger.error("calls that ended cannot be written into the history: \(error); trying again") }
            queue.asyncAfter(deadline: .now() + HistoryWriter.again) { self.write() }
        }
    }

    // MARK: Reading

    func calls(_ filter: CallFilter, below: Int64?, limit: Int) throws -> [Call] {
        var found = waiting.withLock { waiting in
            waiting.calls.filter { call in (below.map { call.number < $0 } ?? true) && filter.matches(call) }
        }
        let known = Set(found.map(\.number))
        var count = 0
        try store.calls(below: below, from: filter.from, to: filter.to, customer: filter.customer) { call in
            if filter.matches(call), !known.contains(call.number) {
                found.append(call)
                count += 1
            }
            return count < limit
        }
        return Array(found.sorted { $0.number > $1.number }.prefix(limit))
    }

    func figures(from: Timestamp, to: Timestamp, forgottenThrough through: Timestamp) throws -> [PastFigures] {
        let unwritten = waiting.withLock { waiting in
            (waiting.entries + waiting.writing).compactMap { entry -> PastFigures? in
                if case .figures(let past) = entry, past.forgottenAt <= through { past } else { nil }
            }
        }
        // By now they may be written as well.
        return unwritten + [try store.figures(from: from, to: to, forgottenThrough: through, without: Set(unwritten.map(\.forgottenAt)))]
    }

    func calls(id: String) throws -> [Call] {
        // What was just written of a call is to be read in it.
        if waiting.withLock({ $0.entries.contains { if case .remark = $0 { true } else { false } } }) { try flush() }
        return waiting.withLock { $0.calls.filter { $0.key.call == id } } + (try store.calls(id: id))
    }

    var backlog: Int { waiting.withLock { $0.entries.count + $0.writing.count } }

    func kept(from: Timestamp, to: Timestamp) throws -> KeptCalls {
        try flush()
        return store.calls(from: from, to: to)
    }

    func notes(on customer: Int64, below: Int64?, limit: Int) throws -> [TouchpointEntry] {
        // What was just written is to be read.
        try flush()
        return try store.notes(on: customer, below: below, limit: limit)
    }

    func call(number: Int64) throws -> Call? {
        if let found = waiting.withLock({ $0.calls.first { $0.number == number } }) { return found }
        return try store.call(number: number)
    }
}
