import CallCenter

/// What is done beside the events: time, checkpoints, the cutting of the log.
extension EngineCore {
    mutating func ask(_ question: (inout EngineCore) -> Void) { question(&self) }

    /// The state, with what time alone has ended.
    mutating func settled(_ now: Timestamp) -> Centre {
        effects.removeAll(keepingCapacity: true)
        centre.settle(now, effects: &effects)
        rememberWhatTimeMade()
        show(atOnce: true)
        return centre
    }

    mutating func tick(_ now: Timestamp) {
        effects.removeAll(keepingCapacity: true)
        centre.tick(now, effects: &effects)
        rememberWhatTimeMade()
        show(atOnce: true)
        streams.beat(now: now)
    }

    /// The log position of the newest checkpoint that is on disk: what is behind it is in the log alone, and is not cut
    /// off.
    var checkpointSeq: Int64 { max(upkeep.restoredSeq, log.keeping.keptSeq) }

    /// The log is cut behind a kept state after its retention, a little at a time and only while nothing else is to be
    /// done.
    mutating func cutLog(_ now: Timestamp) {
        guard now > upkeep.cutDue, standing == .sound else { return }
        let through = min(checkpointSeq, log.lastSeq - Int64(SeenIDs.generationMax))
        let goesOn = through > 0 && log.cut(through: through, before: now - upkeep.retention)
        upkeep.cutDue = now + (goesOn ? 0 : Upkeep.cutEvery)
    }

    /// Keeps the state, when a start from the last one would take too long, or `always`. A commit is not waited for:
    /// while one is owed, the state that it writes to disk is kept when it is there.
    mutating func keepCheckpoint(always: Bool = false) {
        if always {
            finish()
            log.finishKeeping()
        }
        let keeping = log.keeping, now = Engine.now()
        upkeep.note(keeping, now: now)
        let events = log.lastSeq - checkpointSeq
        upkeep.isCheckpointWaiting =
            events > 0 && !keeping.isUnderWay && !isLost && (always || upkeep.isCheckpointDue(events: events, now: now))
        guard upkeep.isCheckpointWaiting, !isOwing else { return }
        keep(centre.checkpoint, at: log.lastSeq)
        if always { log.finishKeeping() }
    }

    /// - Parameter state: at a log position that is on disk: what is kept must not be ahead of the log.
    mutating func keep(_ state: Checkpoint, at seq: Int64) {
        upkeep.isCheckpointWaiting = false
        let history = history
        // A start reads the log behind the checkpoint alone, so what went into the history before has to be there
        // first.
        if log.keep(state, at: seq, after: { try history.flush(through: seq) }) {
            upkeep.began(at: seq, now: Engine.now())
        }
    }
}
