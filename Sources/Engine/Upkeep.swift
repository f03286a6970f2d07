import CallCenter

/// When the next checkpoint and the next cut of the log are due.
///
/// A start applies what is behind the newest checkpoint, so what that would take is counted as it comes, and a
/// checkpoint is due before it is more than a start may take: by its cost, and not only by time.
struct Upkeep {
    /// What applying the log behind the checkpoint may take at a start. Microseconds.
    static let startBudget: Int64 = 2_500_000
    /// From this on a checkpoint is worth its while every minute: to copy the state holds up the loop. Microseconds.
    static let worthwhile: Int64 = 1_200_000

    /// About what a start takes to read, decode and apply events of so many bytes, as measured. Microseconds. No clock
    /// is asked: on a busy machine it would count the others' work as ours, and make more of it.
    static func cost(events: Int64, bytes: Int) -> Int64 { events * 4 + Int64(bytes) * 15 / 1_000 }
    /// A failed checkpoint is tried again after this. Milliseconds.
    static let again: Int64 = 10_000
    /// Between two looks for what can be cut off. Milliseconds.
    static let cutEvery: Int64 = 60_000

    /// How long events stay in the log once a kept state covers them. Milliseconds.
    let retention: Int64
    var cutDue = Timestamp(ms: 0)
    /// The log position of the checkpoint that the state was made from; 0 for none.
    private(set) var restoredSeq: Int64 = 0
    /// What a start would take to apply what is behind the newest checkpoint, about. Microseconds.
    private(set) var cost: Int64 = 0
    /// Being kept: the place, and the cost up to there.
    private var underWay: (seq: Int64, cost: Int64)?
    /// One is due, and waits for the commit that is owed.
    var isCheckpointWaiting = false
    private var keptAt = Engine.now()
    private var notBefore = Timestamp(ms: .min)

    init(retention: Int64) { self.retention = retention }

    mutating func begin(from restored: Restored) {
        restoredSeq = restored.checkpointSeq
        cost = restored.cost
    }

    /// Events were applied.
    mutating func note(events: Int64, bytes: Int) { cost += Upkeep.cost(events: events, bytes: bytes) }

    /// A checkpoint has begun.
    mutating func began(at seq: Int64, now: Timestamp) {
        underWay = (seq, cost)
        keptAt = now
    }

    /// Whether the one that had begun is kept. One that could not be is tried again: what it would have saved a start
    /// is still to be done.
    mutating func note(_ keeping: Keeping, now: Timestamp) {
        guard let began = underWay, !keeping.isUnderWay else { return }
        underWay = nil
        if keeping.keptSeq >= began.seq { cost -= began.cost } else { notBefore = now + Upkeep.again }
    }

    /// - Parameter events: how many are behind the newest checkpoint.
    func isCheckpointDue(events: Int64, now: Timestamp) -> Bool {
        let ms = now - keptAt
        guard now >= notBefore else { return false }
        return cost >= Upkeep.startBudget || (cost >= Upkeep.worthwhile && ms >= 60_000)
            || (events >= 1_000 && ms >= 300_000)
    }
}
