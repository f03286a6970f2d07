import CallCenter

/// Periodic work: time, checkpoints, deleting old events.
extension EngineCore {
    mutating func ask(_ question: (inout EngineCore) -> Void) { question(&self) }

    /// The state, after applying what happens by time alone.
    mutating func settled(_ now: Timestamp) -> Centre {
        settle(now)
        return centre
    }

    /// The figures of a period, after applying what happens by time alone. No copy of the state is made.
    mutating func stats(_ period: Range<Timestamp>, now: Timestamp) -> Stats {
        settle(now)
        return centre.statsInPlace(from: period.lowerBound, to: period.upperBound, now: now)
    }

    private mutating func settle(_ now: Timestamp) {
        effects.removeAll(keepingCapacity: true)
        centre.audience = streams.audience
        centre.settle(now, effects: &effects)
        enqueueTimedHistory()
        show(atOnce: true)
    }

    mutating func tick(_ now: Timestamp) {
        effects.removeAll(keepingCapacity: true)
        centre.audience = streams.audience
        centre.tick(now, effects: &effects)
        enqueueTimedHistory()
        show(atOnce: true)
        streams.beat(now: now)
        if role != .alone { answerEarly() }
    }

    /// The log position of the newest checkpoint on disk. Events after it are in the log alone, and are not deleted.
    var checkpointSeq: Int64 { max(upkeep.restoredSeq, log.checkpoints.checkpointedSeq) }

    /// Deletes events that a checkpoint covers after their retention time, a few at a time and only while the engine is
    /// idle.
    mutating func cutLog(_ now: Timestamp) {
        guard now > upkeep.cutDue, condition == .sound else { return }
        let through = min(checkpointSeq, log.lastSeq - Int64(SeenIDs.generationMax))
        let goesOn = through > 0 && log.cut(through: through, before: now - upkeep.retention)
        upkeep.cutDue = now + (goesOn ? 0 : Upkeep.cutEvery)
    }

    /// Writes a checkpoint when a start from the last one would take too long, or if `always`. It does not wait for a
    /// commit: while events are uncommitted, the state that the commit covers is written when the commit is done.
    mutating func checkpointIfDue(always: Bool = false) {
        if always {
            finish()
            log.finishCheckpoint()
        }
        let checkpoints = log.checkpoints, now = Engine.now()
        upkeep.note(checkpoints, now: now)
        if !erasures.isEmpty {
            let kept = checkpointSeq
            erasures.removeAll { $0.seq <= kept }
        }
        let events = log.lastSeq - checkpointSeq
        upkeep.isCheckpointWaiting =
            events > 0 && !checkpoints.isUnderWay && !isLost
            && (always || upkeep.isCheckpointDue(events: events, now: now))
        guard upkeep.isCheckpointWaiting, !isOwing else { return }
        writeCheckpoint(centre.checkpoint, at: log.lastSeq)
        if always { log.finishCheckpoint() }
    }

    /// - Parameter state: the state at a log position that is on disk: a checkpoint must not be ahead of the log.
    mutating func writeCheckpoint(_ state: Checkpoint, at seq: Int64) {
        upkeep.isCheckpointWaiting = false
        let history = history
        // A start reads only the log after the checkpoint, so earlier history entries have to be on disk first.
        if log.writeCheckpoint(state, at: seq, after: { try history.flush(through: seq) }) {
            upkeep.began(at: seq, now: Engine.now())
        }
    }
}
