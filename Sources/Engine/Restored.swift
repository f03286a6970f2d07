import CallCenter

/// The state, rebuilt from the newest checkpoint and the log after it, by the policies that applied at the time: at a
/// start, and on another thread after a failed commit.
struct Restored: Sendable {
    private(set) var centre: Centre
    private(set) var seen = SeenIDs()
    /// The newest policy in the log; nil when it contains none.
    private(set) var policy: Policy?
    /// The log position of the checkpoint; 0 for none.
    private(set) var checkpointSeq: Int64
    /// Estimated time to apply the log after the checkpoint, as `Upkeep.cost` counts it. Microseconds.
    private(set) var cost: Int64

    /// Entries between two reports.
    private static let reportEvery = 8_192
    /// From this number of entries on the history is written beside the replay; as many may be added meanwhile. The log
    /// is read faster than the history is written.
    private static let historyMax = 8_192

    /// - Parameters:
    ///   - rules: the policy for a log that contains none.
    ///   - history: gets the entries that it may lack; nil when it lacks none.
    ///   - erasures: erases that the log has, and that its entries before them may not show yet, oldest first.
    ///   - report: called with the number of entries read and the total.
    init(
        from log: any LogReader, rules: Policy, history: (any HistorySink)?,
        erasures: [(seq: Int64, erasure: Erasure)] = [],
        report: (_ done: Int64, _ of: Int64) -> Void = { _, _ in }
    ) throws {
        let last = try log.lastSeq, kept = try log.checkpoint(), policies = try log.policies()
        let stateFrom = kept?.seq ?? 0
        let through = try history?.through ?? stateFrom
        if let history, through < stateFrom {
            try Restored.replayHistory(
                log, policies, rules, to: history, after: through, upTo: stateFrom, report: report)
        }
        var cost: Int64 = 0
        var replay = LogReplay(policies: policies, from: kept, rules: rules)
        replay.quiet()
        var seen = SeenIDs(), count = 0, waiting = 0
        var erasing = erasures.filter { $0.seq > stateFrom && $0.seq <= last }[...]
        let from = min(stateFrom, max(0, last - Int64(SeenIDs.generationMax)))
        try log.replay(after: from, stateFrom: stateFrom) { entry in
            count += 1
            if count % Restored.reportEvery == 0 { report(entry.seq - from, last - from) }
            if let key = entry.key { seen.note(key, at: .init(seq: entry.seq, line: entry.hash)) }
            while let next = erasing.first, next.seq <= entry.seq {
                replay.erase(next.erasure)
                erasing = erasing.dropFirst()
            }
            guard entry.seq > stateFrom, let event = entry.event else { return }
            cost += Upkeep.cost(events: 1, bytes: entry.length)
            let effects = replay.apply(event, seq: entry.seq, readAt: entry.readAt, entry.lookup)
            // Later entries may not have reached the history before the crash.
            if let history, entry.seq > through {
                try Restored.remember(effects, through: entry.seq, history, &waiting)
            }
        }
        replay.finish()
        centre = replay.centre
        centre.audience = .everybody
        policy = policies.last?.policy
        checkpointSeq = stateFrom
        self.cost = cost
        self.seen = seen
    }

    /// Writes history entries from before the checkpoint that the history lacks: its database was restored from an
    /// older backup, or is new.
    private static func replayHistory(
        _ log: any LogReader, _ policies: [(after: Int64, policy: Policy)], _ rules: Policy,
        to history: any HistorySink,
        after seq: Int64, upTo last: Int64, report: (Int64, Int64) -> Void
    ) throws {
        var replay = LogReplay(policies: policies, from: nil, rules: rules), count = 0, waiting = 0
        replay.quiet()
        try log.replay(after: 0, stateFrom: 0) { entry in
            count += 1
            if count % reportEvery == 0 { report(entry.seq, last) }
            guard entry.seq <= last, let event = entry.event else { return }
            let effects = replay.apply(event, seq: entry.seq, readAt: entry.readAt, entry.lookup)
            if entry.seq > seq { try remember(effects, through: entry.seq, history, &waiting) }
        }
        try history.flush(through: last)
    }

    private static func remember(
        _ effects: [Effect], through seq: Int64, _ history: any HistorySink, _ waiting: inout Int
    ) throws {
        let entries = effects.historyEntries
        if entries.isEmpty { return }
        history.enqueue(entries, through: seq)
        waiting += entries.count
        guard waiting >= historyMax else { return }
        waiting = 0
        try history.writeBeside()
    }
}
