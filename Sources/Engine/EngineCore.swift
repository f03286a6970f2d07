import CallCenter
import EventWire

/// What the engine's thread owns: the state, the log, and the way of one event through them.
struct EngineCore {
    private(set) var centre: Centre
    private let log: any EngineLog
    private let directory: any CallerDirectory
    private let history: any HistoryKeeper
    private let streams: Streams
    private let told: @Sendable (SupervisorAlert, Int64) -> Void
    private var seen = SeenIDs()
    private var effects: [Effect] = []
    /// Of what was applied, what nobody was shown yet.
    private var unshown: [Effect] = []
    /// When the oldest event that brought it about was read; nil when time alone did. Microseconds of a clock that nobody sets.
    private var unshownSince: Int64?
    private var checkpointSeq: Int64 = 0
    private let retention: Int64
    private var cutDue = Timestamp(ms: 0)
    /// The last commit failed: until one succeeds, nothing is applied that is not on disk first.
    private(set) var isUnwritable = false
    /// Something was applied that is not on disk, and the state could not be read anew yet.
    private var isStale = false
    var lastSeq: Int64 { log.lastSeq }
    var committedSeq: Int64 { log.committedSeq }

    private(set) var health = EngineHealth()
    /// When the commit under way began. Microseconds of a clock that nobody sets.
    private var commitBegan: Int64 = 0

    private var keptAt = Engine.now()

    /// When the next checkpoint is due: a start reads what is behind the last one, and keeping one takes time that calls would like.
    private func isCheckpointDue(_ now: Timestamp) -> Bool {
        let events = log.lastSeq - checkpointSeq, ms = now - keptAt
        return events >= 1_000_000 || (events >= 200_000 && ms >= 60_000) || (events >= 1_000 && ms >= 300_000)
    }

    init(_ parts: Engine.Parts, streams: Streams) throws {
        log = parts.log
        directory = parts.directory
        history = parts.history
        told = parts.told
        retention = parts.retention
        self.streams = streams
        centre = Centre(policy: parts.policy)
        try restore()
        try adopt(parts.policy)
    }

    /// Makes the state anew from the newest checkpoint and the log behind it, by the rules that held at the time.
    private mutating func restore() throws {
        let kept = try log.checkpoint()
        let stateFrom = kept?.seq ?? 0
        var replay = LogReplay(policies: try log.policies(), from: kept, rules: centre.policy)
        checkpointSeq = stateFrom
        var seen = SeenIDs()
        let idsFrom = max(0, log.lastSeq - Int64(SeenIDs.generationMax))
        try log.replay(after: min(stateFrom, idsFrom), stateFrom: stateFrom) { line, lookup in
            guard let event = line.event else { return }
            if let id = event.id { seen.note(.init(id, from: event.source), at: line.seq) }
            // What goes into the history may not have got there before the crash.
            if line.seq > stateFrom { remember(replay.take(event, line, lookup)) }
        }
        replay.finish()
        centre = replay.centre
        self.seen = seen
    }

    /// Takes rules that were configured anew; they hold from here on, and a replay will know.
    mutating func adopt(_ policy: Policy) throws {
        finish()
        guard try log.policies().last?.policy != policy else { return centre.adopt(policy) }
        try log.adopt(policy, after: log.lastSeq)
        centre.adopt(policy)
    }

    /// Applied and shown, and neither on disk nor answered yet.
    private struct Owed {
        /// The place in the log before all of it.
        var before: Int64
        var batches: [EventBatch] = []
        var replies: [ByteBuilder] = []
        var history: [HistoryEntry] = []
    }
    private var owed: Owed?
    /// On its way to the disk.
    private var underWay: Owed?
    /// Whether something is not on disk, or not answered.
    var isOwing: Bool { owed != nil || underWay != nil }

    /// Takes the batches of one burst: applies and shows them. `finish` has to follow.
    mutating func take(_ batches: [EventBatch]) {
        guard !batches.isEmpty else { return }
        centre.audience = streams.audience
        if isUnwritable { return takeCarefully(batches) }
        var owed = self.owed ?? Owed(before: log.lastSeq)
        self.owed = nil
        owed.batches += batches
        effects.removeAll(keepingCapacity: true)
        do {
            for batch in batches { owed.replies.append(try apply(batch)) }
        } catch {
            // The commit under way is sound.
            completeCommit()
            return fail(owed)
        }
        show(since: batches.first?.clock)
        owed.history += entries(of: effects)
        self.owed = owed
    }

    /// From so many reads a burst is so long that the next one has come before it is on disk.
    private static let commitBesideFrom = 1

    /// Begins to put what was applied on disk, unless a commit is under way: then it goes with the next. Beside this thread when somebody
    /// watches, so that the next pop does not wait for the disk either, and in a burst; at once, and without handing it over, otherwise.
    ///
    /// - Parameter done: called on any thread when `completeCommit` need not wait any more.
    mutating func commit(_ done: @escaping @Sendable () -> Void) {
        guard underWay == nil, let owed else { return }
        guard streams.areWatched || owed.batches.count > EngineCore.commitBesideFrom else { return finish() }
        underWay = owed
        self.owed = nil
        directory.rest()
        commitBegan = Engine.microseconds()
        log.beginCommit(done)
    }

    /// Waits for the commit that is under way, and answers.
    mutating func completeCommit() {
        guard let underWay else { return }
        self.underWay = nil
        do { try log.finishCommit() } catch { return fail(underWay) }
        health.commits.add(Engine.microseconds() - commitBegan)
        answer(underWay)
    }

    /// Puts all that was applied on disk, and answers.
    mutating func finish() {
        completeCommit()
        guard let owed else { return }
        self.owed = nil
        directory.rest()
        let began = Engine.microseconds()
        do { try log.commit() } catch { return fail(owed) }
        health.commits.add(Engine.microseconds() - began)
        answer(owed)
    }

    private mutating func answer(_ owed: Owed) {
        showAll()
        let now = Engine.microseconds()
        for (batch, reply) in zip(owed.batches, owed.replies) {
            batch.reply(reply)
            health.answers.add(now - batch.clock)
        }
        if !owed.history.isEmpty { history.take(owed.history) }
    }

    /// What was applied is not on disk, and what was applied behind it stands on it: the state has to be what the log says.
    private mutating func fail(_ failed: Owed) {
        let behind = owed
        owed = nil
        unshown = []
        unshownSince = nil
        directory.rest()
        log.rollback()
        isUnwritable = true
        health.failures += 1
        seen.forget(after: failed.before)
        isStale = (try? restore()) == nil
        refuse(failed.batches)
        if let behind { refuse(behind.batches) }
    }

    /// Shows what was applied: a ringing phone's pop does not wait for the disk. What only announces a decision waits until that is on disk
    /// and the PBX is told, or until something urgent comes behind it.
    private mutating func show(since: Int64? = nil, atOnce: Bool = false) {
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

    /// What of it goes into the history.
    private func entries(of effects: [Effect]) -> [HistoryEntry] {
        effects.compactMap { if case .history(let entry) = $0 { entry } else { nil } }
    }

    /// What time alone has made goes into the history behind the events that it stands on, which may not be on disk yet.
    private mutating func rememberWhatTimeMade() {
        let entries = entries(of: effects)
        if entries.isEmpty || isStale { return }
        if owed != nil { owed?.history += entries } else if underWay != nil { underWay?.history += entries } else { history.take(entries) }
    }

    private func remember(_ effects: [Effect]) {
        let entries = entries(of: effects)
        if !entries.isEmpty { history.take(entries) }
    }

    /// While the disk refuses: the log first, and what it took is applied then. Nobody's screen shows, with each attempt, what is not so.
    private mutating func takeCarefully(_ batches: [EventBatch]) {
        let before = log.lastSeq
        var admissions: [[Admission]] = []
        do {
            if isStale { try restore() }
            isStale = false
            for batch in batches {
                admissions.append(
                    try batch.items.map { item in
                        guard case .event(let decoded, let source, let line, let found) = item else { return .beside }
                        return try admit(decoded, source, batch.bytes[line], readAt: batch.readAt, found)
                    })
            }
            directory.rest()
            try log.commit()
        } catch {
            directory.rest()
            log.rollback()
            seen.forget(after: before)
            return refuse(batches)
        }
        // A ping alone proves nothing.
        if log.committedSeq > before { isUnwritable = false }
        effects.removeAll(keepingCapacity: true)
        for (batch, admitted) in zip(batches, admissions) {
            var out = ByteBuilder(capacity: 64 * batch.items.count)
            for (item, admission) in zip(batch.items, admitted) {
                switch item {
                case .refused(let error): ReplyEncoder.error(error, into: &out)
                case .event(let decoded, _, _, _): carryOut(decoded, admission, readAt: batch.readAt, &out)
                }
            }
            batch.reply(out)
        }
        show(since: batches.first?.clock, atOnce: true)
        remember(effects)
    }

    private func refuse(_ batches: [EventBatch]) {
        for batch in batches {
            var out = ByteBuilder(capacity: 256)
            for item in batch.items {
                switch item {
                case .refused(let error): ReplyEncoder.error(error, into: &out)
                case .event(let decoded, _, _, _):
                    let error = WireError(
                        .unavailable, message: "The log cannot be written now; nothing was taken. Send it again in a moment.",
                        id: decoded.event.id, call: decoded.call)
                    ReplyEncoder.error(error, into: &out)
                }
            }
            batch.reply(out)
        }
    }

    private mutating func apply(_ batch: EventBatch) throws -> ByteBuilder {
        var out = ByteBuilder(capacity: 64 * batch.items.count)
        for item in batch.items {
            switch item {
            case .refused(let error): ReplyEncoder.error(error, into: &out)
            case .event(let decoded, let source, let line, let found):
                let admission = try admit(decoded, source, batch.bytes[line], readAt: batch.readAt, found)
                carryOut(decoded, admission, readAt: batch.readAt, &out)
            }
        }
        return out
    }

    /// What is to be done about an event.
    private enum Admission {
        /// It is in the log at `seq`, and is to be applied as one that was read at `at`.
        case new(seq: Int64, at: Timestamp, lookup: Lookup?)
        /// Taken before, at `seq`; what the log says of that time, unless it was cut since.
        case again(seq: Int64, Event?)
        /// It changes nothing, and is only to be answered.
        case beside
        /// It says what cannot be.
        case refused(WireError)
    }

    /// Looks up who has to be, and collects the event in the log.
    private mutating func admit(
        _ decoded: borrowing DecodedEvent, _ source: String, _ line: ArraySlice<UInt8>, readAt: Timestamp, _ found: Lookup?
    ) throws -> Admission {
        if case .ping = decoded.event.body { return .beside }
        let event = decoded.event
        let key = event.id.map { SeenIDs.Key($0, from: event.source) }
        if let key, let first = seen.place(of: key) {
            let before = log.line(first)?.event
            if before.map({ $0.id == event.id && $0.source == event.source }) ?? true { return .again(seq: first, before) }
        }
        if case .call(let id, .answered(nil)) = event.body, centre.isInbound(CallKey(source: event.source, call: id)) {
            return .refused(
                WireError(
                    .missingField, field: "operator",
                    message: "operator is missing; add who answered: only a dialed call is answered by its far end.",
                    id: event.id, call: decoded.call))
        }
        let lookup = found ?? Centre.lookupQuestion(event).map(directory.lookup)
        // What the log says it was read at is what it is applied at, now and when it is told again.
        let at = centre.moment(readAt)
        try line.withUnsafeBytes { try log.append(readAt: at, source: source, line: $0, lookup: lookup) }
        let seq = log.lastSeq
        if let key { seen.note(key, at: seq) }
        return .new(seq: seq, at: at, lookup: lookup)
    }

    /// Applies what was admitted, and writes the reply.
    private mutating func carryOut(_ decoded: DecodedEvent, _ admission: Admission, readAt: Timestamp, _ out: inout ByteBuilder) {
        switch admission {
        case .new(let seq, let at, let lookup):
            health.lags.add((readAt - decoded.event.time) * 1_000)
            var event = decoded.event
            if !event.timeIsGiven { event.time = at }
            let answer = centre.apply(event, seq: seq, now: at, lookup: lookup, effects: &effects)
            ReplyEncoder.ok(seq: seq, id: decoded.event.id, call: decoded.call, ignored: decoded.ignored, answer: answer, into: &out)
        case .again(let seq, let before): answerAgain(decoded, first: seq, before, &out)
        case .refused(let error): ReplyEncoder.error(error, into: &out)
        case .beside: ReplyEncoder.ok(seq: nil, id: decoded.event.id, ignored: decoded.ignored, into: &out)
        }
    }

    /// The same event again is answered as the first time; another event under its id is refused, or it would be lost in silence.
    private func answerAgain(_ decoded: DecodedEvent, first seq: Int64, _ before: Event?, _ out: inout ByteBuilder) {
        let event = decoded.event
        if let before, !before.hasSameContent(as: event) {
            let error = WireError(
                .invalidField, field: "id",
                message: "This id was used for another event of this source (seq \(seq)); give each event an id of its own.",
                id: event.id, call: decoded.call)
            return ReplyEncoder.error(error, into: &out)
        }
        var answer: OfferAnswer?
        if case .call(let id, _) = event.body { answer = centre.answer(of: CallKey(source: event.source, call: id), at: seq) }
        ReplyEncoder.ok(
            seq: seq, duplicate: true, id: event.id, call: decoded.call, ignored: decoded.ignored, answer: answer, into: &out)
    }

    // MARK: Beside the events

    mutating func ask(_ question: (inout EngineCore) -> Void) { question(&self) }

    /// The state, with what time alone has ended.
    mutating func settled(_ now: Timestamp) -> Centre {
        effects.removeAll(keepingCapacity: true)
        centre.settle(now, effects: &effects)
        rememberWhatTimeMade()
        show(atOnce: true)
        remember(effects)
        return centre
    }

    mutating func tick(_ now: Timestamp) {
        effects.removeAll(keepingCapacity: true)
        centre.tick(now, effects: &effects)
        rememberWhatTimeMade()
        show(atOnce: true)
        remember(effects)
        streams.beat(now: now)
    }

    /// The log is cut behind a kept state after its retention, a little at a time and only while nothing else is to be done.
    mutating func cutLog(_ now: Timestamp) {
        guard now > cutDue, !isUnwritable else { return }
        let through = min(log.keptSeq, log.lastSeq - Int64(SeenIDs.generationMax))
        let goesOn = through > 0 && (try? log.cut(through: through, before: now - retention)) == true
        cutDue = now + (goesOn ? 0 : 60_000)
    }

    /// Keeps the state, when enough has happened since the last time or `always`.
    mutating func keepCheckpoint(always: Bool = false) {
        guard log.lastSeq > checkpointSeq, always || isCheckpointDue(Engine.now()) else { return }
        // The state that is kept must not be ahead of the log.
        finish()
        let seq = log.lastSeq
        guard !isUnwritable, !isStale else { return }
        keptAt = Engine.now()
        if always { log.finishKeeping() }
        // A start reads the log behind the checkpoint alone, so what went into the history before has to be there first.
        let history = history
        if log.keep(centre.checkpoint, at: seq, after: { try history.flush() }) { checkpointSeq = seq }
        if always { log.finishKeeping() }
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
