import CallCenter
import Engine

/// Lets the events of a read wait for a look-up when they bring a caller whom nobody knows, so that the answer to
/// `call.offered` can be the customer's own operator. The wait is bounded, and off unless it is configured.
public struct LookupGate: Sendable {
    /// The longest wait that can be configured. Milliseconds.
    public static let waitMax: Int64 = 150

    private let lookups: Lookups
    /// Milliseconds.
    private let wait: Int64
    private let lookup: @Sendable (Centre.LookupQuestion) -> Lookup?
    private let rest: @Sendable () -> Void
    private let threads: any TaskExecutor

    /// - Parameters:
    ///   - wait: how long to wait. Milliseconds.
    ///   - lookup: looks a caller up in our records on the calling thread.
    ///   - rest: ends the read transaction of look-ups on the calling thread.
    ///   - threads: runs what waits, and looks up there.
    public init(
        _ lookups: Lookups, wait: Int64, lookup: @escaping @Sendable (Centre.LookupQuestion) -> Lookup?,
        rest: @escaping @Sendable () -> Void, threads: any TaskExecutor
    ) {
        self.lookups = lookups
        self.wait = min(wait, LookupGate.waitMax)
        self.lookup = lookup
        self.rest = rest
        self.threads = threads
    }

    /// - Parameter done: gets the batch, with the customers that were found, after `wait` at the latest. Called on
    ///   another thread, and only when the result is true.
    /// - Returns: false when nothing has to wait.
    public func begin(_ batch: EventBatch, _ done: @escaping @Sendable (EventBatch) -> Void) -> Bool {
        guard wait > 0, lookups.hasIDs else { return false }
        var unknown: [Completed] = []
        for offer in batch.offers {
            let found = offer.lookup ?? lookup(.number(offer.offered.from, offer.offered.presentation))
            guard let found, found.candidates.isEmpty, !found.blocked, found.caller.isAskedOutside else { continue }
            unknown.append(Completed(index: offer.index, lookup: found))
        }
        rest()
        guard !unknown.isEmpty else { return false }
        Task(executorPreference: threads) { [unknown] in
            var batch = batch
            await withTaskGroup(of: Completed?.self) { group in
                for one in unknown { group.addTask { await self.complete(one) } }
                for await one in group { if let one { batch.note(one.lookup, at: one.index) } }
            }
            rest()
            done(batch)
        }
        return true
    }

    /// An event of the batch by its place, with what was looked up.
    private struct Completed: Sendable {
        var index: Int
        var lookup: Lookup
    }

    private func complete(_ one: Completed) async -> Completed? {
        guard let id = await lookups.externalID(of: one.lookup.caller, within: wait),
            let known = lookup(.externalID(id)), !known.candidates.isEmpty
        else { return nil }
        let found = Lookup(caller: one.lookup.caller, candidates: known.candidates, matches: known.matches)
        return Completed(index: one.index, lookup: found)
    }
}
