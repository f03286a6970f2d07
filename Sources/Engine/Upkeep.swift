import CallCenter

/// Decides when the next checkpoint and the next deletion of old events are due.
///
/// A start applies the log after the newest checkpoint. The estimated time for that is summed up with each event, and a
/// checkpoint is due before it exceeds the budget of a start: by cost, and not only by time.
struct Upkeep {
    /// Budget for applying the log at a start. Microseconds.
    static let startBudget: Int64 = 2_000_000
    /// From this cost on a checkpoint every minute is worthwhile. Below, the pause of the loop while the state is
    /// copied costs more than it saves. Microseconds.
    static let worthwhile: Int64 = 1_200_000

    /// Estimated time that a start takes to read, decode and apply events, from measurements. Microseconds. No clock is
    /// read: on a busy machine it would count other programs' work as ours.
    static func cost(events: Int64, bytes: Int) -> Int64 { events * 4 + Int64(bytes) * 15 / 1_000 }
    /// Delay after a failed checkpoint. Milliseconds.
    static let again: Int64 = 10_000
    /// Interval between deletions. Milliseconds.
    static let cutEvery: Int64 = 60_000

    /// How long events stay in the log after a checkpoint covers them. Milliseconds.
    let retention: Int64
    var cutDue = Timestamp(ms: 0)
    /// The log position of the checkpoint that the state was made from; 0 for none.
    private(set) var restoredSeq: Int64 = 0
    /// Estimated time to apply the log after the newest checkpoint. Microseconds.
    private(set) var cost: Int64 = 0
    /// The checkpoint that is being written: its log position, and the cost up to there.
    private var underWay: (seq: Int64, cost: Int64)?
    /// A checkpoint is due, and waits for the running commit.
    var isCheckpointWaiting = false
    /// One is due whatever a start would cost.
    var isCheckpointWanted = false
    private var keptAt = Engine.now()
    private var notBefore = Timestamp(ms: .min)

    init(retention: Int64) { self.retention = retention }

    mutating func begin(from restored: Restored) {
        restoredSeq = restored.checkpointSeq
        cost = restored.cost
    }

    /// Adds the cost of applied events.
    mutating func note(events: Int64, bytes: Int) { cost += Upkeep.cost(events: events, bytes: bytes) }

    /// Records that a checkpoint was started.
    mutating func began(at seq: Int64, now: Timestamp) {
        underWay = (seq, cost)
        isCheckpointWanted = false
        keptAt = now
    }

    /// Records the result of the started checkpoint. A failed one is tried again: a start would still have to apply its
    /// events.
    mutating func note(_ checkpoints: CheckpointStatus, now: Timestamp) {
        guard let began = underWay, !checkpoints.isUnderWay else { return }
        underWay = nil
        if checkpoints.checkpointedSeq >= began.seq { cost -= began.cost } else { notBefore = now + Upkeep.again }
    }

    /// - Parameter events: number of events after the newest checkpoint.
    func isCheckpointDue(events: Int64, now: Timestamp) -> Bool {
        let ms = now - keptAt
        guard now >= notBefore else { return false }
        if isCheckpointWanted { return true }
        return cost >= Upkeep.startBudget || (cost >= Upkeep.worthwhile && ms >= 60_000)
            || (events >= 1_000 && ms >= 300_000)
    }
}
