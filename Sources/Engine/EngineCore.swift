import CallCenter
import EventWire

/// What the engine's thread owns: the state, the log, and the way of a burst through them to the disk.
///
/// What becomes of one event is in `EngineCore+Events`, what is done beside the events in `EngineCore+Upkeep`.
struct EngineCore {
    var centre: Centre
    let log: any EngineLog
    let directory: any CallerDirectory
    let history: any HistoryKeeper
    let streams: Streams
    private let told: @Sendable (SupervisorAlert, Int64) -> Void
    var seen = SeenIDs()
    var effects: [Effect] = []
    /// Of what was applied, what nobody was shown yet.
    private var unshown: [Effect] = []
    /// When the oldest event that brought it about was read; nil when time alone did. Microseconds of a monotonic
    /// clock.
    private var unshownSince: Int64?
    /// How bursts are written to disk: what is to be done next.
    private var way = BurstCommit()
    /// The newest time at which anything was applied.
    var newestMoment = Timestamp(ms: .min)
    /// What comes now is applied no earlier: pops that a failed commit undid were shown at times before.
    private(set) var notBefore = Timestamp(ms: .min)
    private var retellsHistory = false
    /// The rules that the log says hold now.
    private var rulesInLog: Policy?
    var upkeep: Upkeep
    private var counted = EngineHealth()
    /// When the commit under way began. Microseconds of a monotonic clock.
    private var commitBegan: Int64 = 0

    var standing: BurstCommit.Standing { way.standing }
    /// Whether what comes may be refused because of the disk.
    var isUnwritable: Bool { standing != .sound }
    /// Whether the state may hold what is not in the log.
    var isLost: Bool { way.isLost }
    /// Whether something is not on disk, or not answered.
    var isOwing: Bool { way.isOwing }
    var lastSeq: Int64 { log.lastSeq }
    var committedSeq: Int64 { log.committedSeq }

    init(_ parts: Engine.Parts, streams: Streams) throws {
        log = parts.log
        directory = parts.directory
        history = parts.history
        told = parts.told
        self.streams = streams
        centre = Centre(policy: parts.policy)
        upkeep = Upkeep(retention: parts.retention)
        let opened = try log.opening()
        become(try Restored(from: opened, rules: parts.policy, history: history, report: parts.report))
        try adopt(parts.policy)
    }

    private mutating func become(_ restored: Restored) {
        centre = restored.centre
        seen = restored.seen
        rulesInLog = restored.policy
        upkeep.begin(from: restored)
    }

    /// Takes rules that were reconfigured; they hold from here on, and a replay will know.
    mutating func adopt(_ policy: Policy) throws {
        finish()
        if rulesInLog != policy {
            try log.adopt(policy, after: log.lastSeq)
            rulesInLog = policy
        }
        centre.adopt(policy)
    }

    // MARK: A burst

    /// Applied and shown, and neither on disk nor answered yet.
    private struct Owed {
        /// The log position before all of it.
        var before: Int64
        var batches: [EventBatch] = []
        var replies: [ByteBuilder] = []
        var history: [HistoryEntry] = []
    }
    private var owed: Owed?
    /// On its way to the disk.
    private var underWay: Owed?
    /// The state as it is when what is under way is on disk, for a checkpoint that is due; nil when none is.
    private var stateUnderWay: (seq: Int64, state: Checkpoint)?

    /// Takes the batches of one burst: applies and shows them. `finish` or `commit` has to follow.
    mutating func take(_ batches: [EventBatch]) {
        guard !batches.isEmpty else { return }
        centre.audience = streams.audience
        switch way.take(.arrived) {
        case .apply: takeAtOnce(batches)
        case .writeFirst: takeCarefully(batches)
        default: refuse(batches)
        }
    }

    private mutating func takeAtOnce(_ batches: [EventBatch]) {
        var owed = self.owed ?? Owed(before: log.lastSeq)
        self.owed = nil
        owed.batches += batches
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
    }

    /// From so many reads a burst is so long that the next one has come before it is on disk.
    private static let commitBesideFrom = 1

    /// Begins to put what was applied on disk, unless a commit is under way: then it goes with the next. Beside this
    /// thread when somebody watches, so that the next pop does not wait for the disk either, and in a burst; at once,
    /// and without handing it over, otherwise.
    ///
    /// - Parameter done: called on any thread when `completeCommit` need not wait any more.
    mutating func commit(_ done: @escaping @Sendable () -> Void) {
        guard !way.isUnderWay, let owed else { return }
        let isBeside = streams.areWatched || owed.batches.count > EngineCore.commitBesideFrom
        perform(isBeside ? .dueBeside : .dueAtOnce, done)
    }

    /// Waits for the commit that is under way, and answers.
    mutating func completeCommit() { if way.isUnderWay { awaitCommit() } }

    /// Puts all that was applied on disk, and answers.
    mutating func finish() { perform(.dueAtOnce) }

    /// Says what has happened, and does what is to be done then.
    private mutating func perform(_ step: BurstCommit.Step, _ done: @escaping @Sendable () -> Void = {}) {
        switch way.take(step) {
        case .beginBeside: beginCommit(done)
        case .awaitCommit:
            awaitCommit()
            if !way.isLost { perform(step) }
        case .commitHere: commitHere()
        case .answerUnderWay:
            underWay.take().map { answer($0) }
            if let kept = stateUnderWay { keep(kept.state, at: kept.seq) }
            stateUnderWay = nil
        case .answerOwed:
            owed.take().map { answer($0) }
            if upkeep.isCheckpointWaiting { keep(centre.checkpoint, at: log.lastSeq) }
        case .undo: undo()
        case .nothing, .apply, .writeFirst, .refuse, .restore, .reset: break
        }
    }

    private mutating func beginCommit(_ done: @escaping @Sendable () -> Void) {
        underWay = owed
        owed = nil
        if upkeep.isCheckpointWaiting { stateUnderWay = (log.lastSeq, centre.checkpoint) }
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
        for (batch, reply) in zip(owed.batches, owed.replies) {
            batch.reply(reply)
            counted.answers.add(now - batch.clock)
        }
        if !owed.history.isEmpty { history.take(owed.history) }
    }

    // MARK: A disk that refuses

    /// What was applied is not on disk, and what was applied behind it stands on it: the state has to be what the log
    /// says.
    private mutating func undo() {
        let failed = [underWay.take(), owed.take()].compactMap { $0 }
        stateUnderWay = nil
        unshown = []
        unshownSince = nil
        directory.rest()
        log.rollback()
        counted.failures += 1
        if let before = failed.first?.before { seen.forget(after: before) }
        // The places that were given out are given out again, and a pop's id is made of the place and the time.
        notBefore = max(notBefore, newestMoment + 1)
        for owed in failed { refuse(owed.batches) }
    }

    /// Begins to rebuild the state: it takes as long as a start does, so it is done beside this thread.
    ///
    /// - Returns: what to run on another thread, whose result `endRestoring` takes; nil when there is no need.
    mutating func beginRestoring() -> (@Sendable () throws -> Restored)? {
        guard way.take(.restoringDue) == .restore else { return nil }
        let opening = log.opening, rules = centre.policy, history = history, retells = retellsHistory
        retellsHistory = false
        return {
            if retells {
                history.retelling()
                // When the records fail again, the calls go on, and it is tried again later.
                if let restored = try? Restored(from: opening(), rules: rules, history: history) { return restored }
            }
            // What was committed has been told to the history.
            return try Restored(from: opening(), rules: rules, history: nil)
        }
    }

    /// Takes the state that was rebuilt. Screens may show what is not so: they are told to `reset`.
    mutating func endRestoring(_ result: Result<Restored, any Error>) {
        guard case .success(let restored) = result else {
            _ = way.take(.notRestored)
            return
        }
        guard way.take(.restored) == .reset else { return }
        // Rules that were configured meanwhile may not have been read.
        let rules = rulesInLog ?? centre.policy
        become(restored)
        rulesInLog = rules
        centre.adopt(rules)
        streams.restartAll(now: Engine.now(), centre: centre)
    }

    /// The history had to drop entries: the log is replayed from the newest checkpoint, as after a failed commit.
    mutating func mendHistory() {
        guard standing == .sound, history.lacksEntries else { return }
        finish()
        _ = way.take(.historyLacks)
        guard standing == .lost else { return }
        retellsHistory = true
    }

    /// While the disk refuses: the log first, and what it took is applied then. Nobody's screen shows, with each
    /// attempt, what is not so.
    private mutating func takeCarefully(_ batches: [EventBatch]) {
        let before = log.lastSeq
        var admissions: [[Admission]] = []
        do {
            for batch in batches { admissions.append(try admit(batch)) }
            directory.rest()
            try log.commit()
        } catch {
            directory.rest()
            log.rollback()
            seen.forget(after: before)
            return refuse(batches)
        }
        // A ping alone proves nothing.
        if log.committedSeq > before { _ = way.take(.writtenFirst) }
        effects.removeAll(keepingCapacity: true)
        for (batch, admitted) in zip(batches, admissions) { batch.reply(carryOut(batch, admitted)) }
        show(since: batches.first?.clock, atOnce: true)
        remember(effects)
    }

    // MARK: Screens and the history

    /// Shows what was applied: a ringing phone's pop does not wait for the disk. What only announces a decision waits
    /// until that is on disk and the PBX is told, or until something urgent comes behind it.
    mutating func show(since: Int64? = nil, atOnce: Bool = false) {
        if !effects.isEmpty { unshownSince = unshownSince ?? since }
        unshown += effects
        if atOnce || effects.contains(where: \.isUrgent) { showAll() }
    }

    mutating func showAll() {
        guard !unshown.isEmpty else { return }
        streams.show(unshown, since: unshownSince, now: Engine.now())
        unshownSince = nil
        for case .alert(let alert) in unshown { told(alert, log.lastSeq) }
        unshown.removeAll(keepingCapacity: true)
    }

    /// What time alone has made goes into the history behind the events that it stands on, which may not be on disk
    /// yet.
    mutating func rememberWhatTimeMade() {
        let entries = effects.historyEntries
        if entries.isEmpty || isLost { return }
        if owed != nil {
            owed?.history += entries
        } else if underWay != nil {
            underWay?.history += entries
        } else {
            history.take(entries)
        }
    }

    private func remember(_ effects: [Effect]) {
        let entries = effects.historyEntries
        if !entries.isEmpty { history.take(entries) }
    }

    // MARK: How it does

    mutating func noteLag(ms: Int64) { counted.lags.add(ms * 1_000) }

    var health: EngineHealth {
        var health = counted
        let keeping = log.keeping
        health.checkpointFailures = keeping.failures
        health.checkpointProblem = keeping.problem
        health.behindCheckpoint = max(0, log.committedSeq - checkpointSeq)
        return health
    }
}

extension Effect {
    /// A phone rings or is spoken into, or a screen shows what is not so any more.
    fileprivate var isUrgent: Bool {
        switch self {
        case .pop(let pop, _): pop.phase != .offered
        case .popWithdrawn: true
        case .alert, .operatorChanged, .history: false
        }
    }
}

extension [Effect] {
    /// What of it goes into the history.
    var historyEntries: [HistoryEntry] { compactMap { if case .history(let entry) = $0 { entry } else { nil } } }
}
