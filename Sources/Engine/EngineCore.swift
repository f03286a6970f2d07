import CallCenter
import EventWire

/// The state of the engine's thread: the centre, the log, and the commits of bursts.
///
/// One event is handled in `EngineCore+Events`, periodic work in `EngineCore+Upkeep`.
struct EngineCore {
    var centre: Centre
    let log: any EngineLog
    /// Whether this machine may append to the log.
    var role: LogRole
    let directory: any CallerDirectory
    let history: any HistorySink
    let streams: Streams
    private let onAlert: @Sendable (SupervisorAlert, Int64) -> Void
    let onCaller: (@Sendable (CallerSeen) -> Void)?
    var seen = SeenIDs()
    var effects: [Effect] = []
    /// Effects that were not shown yet.
    private var unshown: [Effect] = []
    /// When the oldest event among their causes was read; nil when time alone was the cause. Microseconds of a
    /// monotonic clock.
    private var unshownSince: Int64?
    /// The state machine of commits.
    private var burst = BurstCommit()
    /// The newest time at which an event was applied.
    var newestMoment = Timestamp(ms: .min)
    /// The next event is applied no earlier: after a failed commit, screens have seen pops with times before this one.
    private(set) var notBefore = Timestamp(ms: .min)
    private var retellsHistory = false
    /// Erases that a checkpoint on disk may not know: a replay from it erases at the same positions.
    var erasures: [(seq: Int64, erasure: Erasure)]
    /// Customers who were erased since the start.
    var erased: [(seq: Int64, customer: Int64)] = []
    /// What streams keep for clients that come back is not to be sent any more.
    var restartsStreams = false
    /// The newest policy in the log.
    var rulesInLog: Policy?
    var upkeep: Upkeep
    private var counted = EngineHealth()
    /// Start of the running commit. Microseconds of a monotonic clock.
    private(set) var commitBegan: Int64 = 0
    /// Connections with events that cannot be sent again, while a commit is late: their answers keep their order.
    var waitingSenders: Set<ObjectIdentifier> = []
    /// Bytes of events that wait for a late commit, from which on further ones are refused.
    var waitingBytesMax = 64 << 20

    var condition: BurstCommit.Condition { burst.condition }
    /// What the log does with new events. A node that follows gets none, and only has to have its state.
    var logState: LogState {
        if role == .follows { return isLost ? .refuses : .writable }
        if condition != .sound { return .refuses }
        return isLate && role == .leads ? .late : .writable
    }
    /// Whether the state may contain events that are not in the log.
    var isLost: Bool { burst.isLost }
    /// Whether an event is not on disk, or not answered.
    var isOwing: Bool { burst.isOwing }
    /// Whether a commit is running beside this thread.
    var isCommitUnderWay: Bool { burst.isUnderWay }
    var lastSeq: Int64 { log.lastSeq }
    var committedSeq: Int64 { log.committedSeq }

    init(_ parts: Engine.Parts, streams: Streams) throws {
        log = parts.log
        role = parts.role
        directory = parts.directory
        history = parts.history
        onAlert = parts.onAlert
        onCaller = parts.onCaller
        self.streams = streams
        centre = Centre(policy: parts.policy)
        upkeep = Upkeep(retention: parts.retention)
        erasures = parts.erasures
        let opened = try log.opening()
        become(
            try Restored(
                from: opened, rules: parts.policy, history: history, erasures: erasures, report: parts.report))
        try adopt(parts.policy)
    }

    mutating func become(_ restored: Restored) {
        centre = restored.centre
        seen = restored.seen
        rulesInLog = restored.policy
        upkeep.begin(from: restored)
    }

    /// The copies of the state that are asked for.
    var copies = StateCopies()

    // MARK: A burst

    /// Events that are applied and shown, and neither on disk nor answered yet.
    struct Owed {
        /// The log position before all of it.
        var before: Int64
        var batches: [EventBatch] = []
        var replies: [EventReplies] = []
        /// Of `batches`: those that were answered without acknowledgement, as the commit is late.
        var answeredEarly: Set<Int> = []
        /// Up to here it was decided which batches are answered early.
        var decided = 0
        /// Bytes of its lines.
        var bytes = 0
        var history: [HistoryEntry] = []
        /// Changed rules among them.
        var adoptions: [Adoption] = []
    }
    var owed: Owed?
    /// The events of the running commit.
    var underWay: Owed?
    /// The state after the running commit, for a checkpoint that is due; nil when none is due.
    private var stateUnderWay: (seq: Int64, state: Checkpoint)?

    /// Applies and shows the batches of one burst. `finish` or `commit` has to follow.
    mutating func process(_ batches: [EventBatch]) {
        let batches = role == .alone ? batches : admitShared(batches)
        guard !batches.isEmpty else { return }
        centre.audience = streams.audience
        switch burst.advance(.arrived) {
        case .apply: applyThenCommit(batches)
        case .writeFirst: commitThenApply(batches)
        default: refuse(batches)
        }
    }

    private mutating func applyThenCommit(_ batches: [EventBatch]) {
        var owed = self.owed ?? Owed(before: log.lastSeq)
        self.owed = nil
        owed.batches += batches
        owed.bytes += batches.reduce(0) { $0 + $1.bytes.count }
        effects.removeAll(keepingCapacity: true)
        let first = log.lastSeq
        do {
            for batch in batches { owed.replies.append(try apply(batch)) }
        } catch {
            self.owed = owed
            return perform(.notCollected)
        }
        upkeep.note(events: log.lastSeq - first, bytes: batches.reduce(0) { $0 + $1.bytes.count })
        show(since: batches.first?.clock)
        owed.history += effects.historyEntries
        self.owed = owed
        perform(.applied)
        if role != .alone { answerEarly() }
    }

    /// From this number of reads on, the next burst arrives before the current one is on disk.
    private static let commitBesideFrom = 1

    /// Starts to write the applied events to disk. While a commit is running they wait for the next one. With open
    /// streams and in a burst it runs on the commit thread, so that the next pop does not wait for the disk; otherwise
    /// at once on this thread.
    ///
    /// - Parameter done: called on any thread when `completeCommit` will not block any more.
    mutating func commit(_ done: @escaping @Sendable () -> Void) {
        guard !burst.isUnderWay, let owed else { return }
        // A shared log is on other machines: its commit may last as long as a failure there.
        let isBeside =
            role != .alone || streams.areWatched || owed.batches.count > EngineCore.commitBesideFrom
        perform(isBeside ? .dueBeside : .dueAtOnce, done)
    }

    /// Waits for the running commit, and sends its replies.
    mutating func completeCommit() { if burst.isUnderWay { awaitCommit() } }

    /// Writes all applied events to disk, and sends their replies. A shared log is not waited for: `isOwing` may still
    /// be true.
    mutating func finish() { if role == .alone { perform(.dueAtOnce) } }

    /// Passes a step to the state machine, and performs the returned action.
    mutating func perform(_ step: BurstCommit.Step, _ done: @escaping @Sendable () -> Void = {}) {
        switch burst.advance(step) {
        case .beginBeside: beginCommit(done)
        case .awaitCommit:
            awaitCommit()
            if !burst.isLost { perform(step) }
        case .commitHere: commitHere()
        case .answerUnderWay:
            underWay.take().map { answer($0) }
            if let kept = stateUnderWay { writeCheckpoint(kept.state, at: kept.seq) }
            stateUnderWay = nil
            copies.commitEnded()
        case .answerOwed:
            owed.take().map { answer($0) }
            if copies.isWanted { copies.made(at: log.lastSeq, of: centre) }
            if upkeep.isCheckpointWaiting { writeCheckpoint(centre.checkpoint, at: log.lastSeq) }
        case .undo: undo()
        case .nothing, .apply, .writeFirst, .refuse, .restore, .reset: break
        }
    }

    private mutating func beginCommit(_ done: @escaping @Sendable () -> Void) {
        underWay = owed
        owed = nil
        if upkeep.isCheckpointWaiting { stateUnderWay = (log.lastSeq, centre.checkpoint) }
        if copies.isWanted { copies.commitBegins(at: log.lastSeq, of: centre) }
        directory.rest()
        commitBegan = Engine.microseconds()
        log.beginCommit(done)
    }

    private mutating func awaitCommit() {
        do { try log.finishCommit() } catch { return perform(.failed) }
        counted.commits.add(Engine.microseconds() - commitBegan)
        perform(.committed)
    }

    private mutating func commitHere() {
        directory.rest()
        let began = Engine.microseconds()
        do { try log.commit() } catch { return perform(.failed) }
        counted.commits.add(Engine.microseconds() - began)
        perform(.committed)
    }

    private mutating func answer(_ owed: Owed) {
        showAll()
        let now = Engine.microseconds()
        for (index, (batch, reply)) in zip(owed.batches, owed.replies).enumerated()
        where !owed.answeredEarly.contains(index) {
            batch.reply(reply)
            counted.answers.add(now - batch.clock)
        }
        waitingSenders = []
        for one in owed.adoptions { one.done(nil) }
        if !owed.history.isEmpty { history.enqueue(owed.history, through: log.committedSeq) }
    }

    // MARK: A disk that refuses

    /// A commit failed: discards what is not on disk. Events that were applied after it depend on it, so the state has
    /// to be rebuilt from the log.
    private mutating func undo() {
        // What a node appended to a shared log before it lost the lead may be there.
        if role != .alone, let written = underWay {
            for (index, batch) in written.batches.enumerated() where batch.isChange {
                batch.reply(batch.refused(EngineCore.whyUnknown, .unknown))
                underWay?.answeredEarly.insert(index)
            }
        }
        let failed = [underWay.take(), owed.take()].compactMap { $0 }
        stateUnderWay = nil
        copies.commitFailed()
        unshown = []
        unshownSince = nil
        directory.rest()
        log.rollback()
        counted.failures += 1
        if let before = failed.first?.before { seen.removeAll(after: before) }
        let last = log.committedSeq
        refuse(failed.flatMap(\.adoptions))
        erasures.removeAll { $0.seq > last }
        erased.removeAll { $0.seq > last }
        // Log positions are assigned a second time, and a pop's id contains position and time: later times keep the ids
        // different.
        notBefore = max(notBefore, newestMoment + 1)
        for owed in failed {
            refuse(owed.batches.indices.filter { !owed.answeredEarly.contains($0) }.map { owed.batches[$0] })
        }
        waitingSenders = []
        if role == .leads { role = .follows }
    }

    /// Starts to rebuild the state. It takes as long as a start does, so it runs on another thread.
    ///
    /// - Returns: the work for that thread, whose result `endRestoring` gets; nil when there is no need.
    mutating func beginRestoring() -> (@Sendable () throws -> Restored)? {
        guard burst.advance(.restoringDue) == .restore else { return nil }
        let opening = log.opening, rules = centre.policy, history = history, retells = retellsHistory
        let erasures = erasures
        retellsHistory = false
        return {
            if retells {
                history.beginReplay()
                // If the records fail too, calls go on without them, and the rebuild is tried again later.
                let restored = try? Restored(from: opening(), rules: rules, history: history, erasures: erasures)
                if let restored { return restored }
                history.replayFailed()
            }
            // Committed events have been passed to the history already.
            return try Restored(from: opening(), rules: rules, history: nil, erasures: erasures)
        }
    }

    /// Uses the rebuilt state. Screens may show pops of discarded events, so they get a `reset`.
    mutating func endRestoring(_ result: Result<Restored, any Error>) {
        guard case .success(let restored) = result else {
            _ = burst.advance(.notRestored)
            return
        }
        guard burst.advance(.restored) == .reset else { return }
        // A policy that was changed meanwhile may not have been read from the log.
        let rules = rulesInLog ?? centre.policy
        become(restored)
        if role == .alone {
            rulesInLog = rules
            centre.adopt(rules)
        }
        streams.restartAll(now: Engine.now(), centre: centre)
    }

    /// The history had to drop entries: the log is replayed from the newest checkpoint, as after a failed commit.
    mutating func repairHistory() {
        guard condition == .sound, history.lacksEntries else { return }
        finish()
        guard !isOwing else { return }
        _ = burst.advance(.historyLacks)
        guard condition == .lost else { return }
        retellsHistory = true
    }

    /// After a failed commit: writes the events to the log first and applies them then, so that no screen shows events
    /// that the disk refuses.
    private mutating func commitThenApply(_ batches: [EventBatch]) {
        let before = log.lastSeq
        var admissions: [[Admission]] = []
        do {
            for batch in batches { admissions.append(try admit(batch)) }
            directory.rest()
            try log.commit()
        } catch {
            directory.rest()
            log.rollback()
            seen.removeAll(after: before)
            return refuse(batches)
        }
        // A ping writes nothing, so it does not prove that the disk is writable.
        if log.committedSeq > before { _ = burst.advance(.writtenFirst) }
        effects.removeAll(keepingCapacity: true)
        for (batch, admitted) in zip(batches, admissions) { batch.reply(applyAdmitted(batch, admitted)) }
        show(since: batches.first?.clock, atOnce: true)
        remember(effects)
    }

    // MARK: Screens and the history

    /// Shows the effects of the applied events. The pop of a ringing phone does not wait for the disk. An effect that
    /// only announces a decision waits until the decision is on disk and the PBX has its reply, or until an urgent
    /// effect follows it.
    mutating func show(since: Int64? = nil, atOnce: Bool = false) {
        if !effects.isEmpty { unshownSince = unshownSince ?? since }
        unshown += effects
        if atOnce || restartsStreams || effects.contains(where: \.isUrgent) { showAll() }
        guard restartsStreams else { return }
        restartsStreams = false
        streams.restartAll(now: Engine.now(), centre: centre)
    }

    mutating func showAll() {
        guard !unshown.isEmpty else { return }
        streams.show(unshown, since: unshownSince, now: Engine.now())
        unshownSince = nil
        for case .alert(let alert) in unshown { onAlert(alert, log.lastSeq) }
        unshown.removeAll(keepingCapacity: true)
    }

    /// History entries caused by time alone are enqueued after the events that they depend on, which may not be on disk
    /// yet.
    mutating func enqueueTimedHistory() {
        let entries = effects.historyEntries
        if entries.isEmpty || isLost { return }
        if owed != nil {
            owed?.history += entries
        } else if underWay != nil {
            underWay?.history += entries
        } else {
            history.enqueue(entries, through: log.committedSeq)
        }
    }

    func remember(_ effects: [Effect]) {
        let entries = effects.historyEntries
        if !entries.isEmpty { history.enqueue(entries, through: log.committedSeq) }
    }

    // MARK: How it does

    mutating func noteLag(ms: Int64) { counted.lags.add(ms * 1_000) }

    var health: EngineHealth {
        var health = counted
        let checkpoints = log.checkpoints
        health.checkpointFailures = checkpoints.failures
        health.checkpointProblem = checkpoints.problem
        health.behindCheckpoint = max(0, log.committedSeq - checkpointSeq)
        return health
    }
}
