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
    private var checkpointSeq: Int64 = 0
    private let retention: Int64
    private var cutDue = Timestamp(ms: 0)
    /// The last commit failed: until one succeeds, nothing is applied that is not on disk first.
    private(set) var isUnwritable = false
    /// Something was applied that is not on disk, and the state could not be read anew yet.
    private var isStale = false
    var lastSeq: Int64 { log.lastSeq }
    var committedSeq: Int64 { log.committedSeq }

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
        let policies = try log.policies()
        let kept = try log.checkpoint()
        let stateFrom = kept?.seq ?? 0
        var restored = kept.map { Centre($0.state) } ?? Centre(policy: policies.first?.policy ?? centre.policy)
        checkpointSeq = stateFrom
        var due = policies.drop { $0.after < stateFrom }
        if let before = policies.last(where: { $0.after <= stateFrom }) { restored.adopt(before.policy) }
        var seen = SeenIDs()
        var effects: [Effect] = []
        let idsFrom = max(0, log.lastSeq - Int64(SeenIDs.generationMax))
        try log.replay(after: min(stateFrom, idsFrom), stateFrom: stateFrom) { line, lookup in
            guard let event = line.event else { return }
            if let id = event.id { seen.note(id, from: event.source, at: line.seq) }
            guard line.seq > stateFrom else { return }
            while let next = due.first, next.after < line.seq {
                restored.adopt(next.policy)
                due = due.dropFirst()
            }
            effects.removeAll(keepingCapacity: true)
            _ = restored.apply(event, seq: line.seq, now: line.readAt, lookup: lookup, effects: &effects)
            // What goes into the history may not have got there before the crash.
            remember(effects)
        }
        for next in due { restored.adopt(next.policy) }
        centre = restored
        self.seen = seen
    }

    /// Takes rules that were configured anew; they hold from here on, and a replay will know.
    mutating func adopt(_ policy: Policy) throws {
        guard try log.policies().last?.policy != policy else { return centre.adopt(policy) }
        try log.adopt(policy, after: log.lastSeq)
        centre.adopt(policy)
    }

    /// Takes the batches of one burst: applies, commits once, and answers.
    mutating func take(_ batches: [EventBatch]) {
        let before = log.lastSeq
        centre.audience = streams.audience
        if isUnwritable { return takeCarefully(batches) }
        var replies: [ByteBuilder] = []
        effects.removeAll(keepingCapacity: true)
        do {
            for batch in batches { replies.append(try apply(batch)) }
            show()
            directory.rest()
            try log.commit()
        } catch {
            directory.rest()
            log.rollback()
            isUnwritable = true
            seen.forget(after: before)
            // What was applied is not on disk: the state has to be what the log says.
            isStale = (try? restore()) == nil
            return refuse(batches)
        }
        for (batch, reply) in zip(batches, replies) { batch.reply(reply) }
        remember(effects)
    }

    /// Before the commit: a pop does not wait for the disk.
    private func show() {
        guard !effects.isEmpty else { return }
        streams.show(effects, now: Engine.now())
        for case .alert(let alert) in effects { told(alert, log.lastSeq) }
    }

    private func remember(_ effects: [Effect]) {
        let entries = effects.compactMap { effect -> HistoryEntry? in
            switch effect {
            case .archive(let call): .call(call)
            case .touchpoint(let seq, let customer, let touchpoint): .touchpoint(seq: seq, customer: customer, touchpoint)
            case .pop, .popWithdrawn, .alert, .operatorChanged: nil
            }
        }
        if !entries.isEmpty { history.take(entries) }
    }

    /// While the disk refuses: the log first, and what it took is applied then. Nobody's screen shows, with each attempt, what is not so.
    private mutating func takeCarefully(_ batches: [EventBatch]) {
        let before = log.lastSeq
        var admissions: [[Admission]] = []
        do {
            if isStale { try restore() }
            isStale = false
            for batch in batches { admissions.append(try batch.items.map { item in try admit(item, of: batch) }) }
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
            for (item, admission) in zip(batch.items, admitted) { carryOut(item, admission, readAt: batch.readAt, &out) }
            batch.reply(out)
        }
        show()
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
        for item in batch.items { carryOut(item, try admit(item, of: batch), readAt: batch.readAt, &out) }
        return out
    }

    /// What is to be done about a line.
    private enum Admission {
        /// It is in the log at `seq`, and is to be applied.
        case new(seq: Int64, lookup: Lookup?)
        /// Taken before, at `seq`; what the log says of that time, unless it was cut since.
        case again(seq: Int64, Event?)
        /// It changes nothing, and is only to be answered.
        case beside
    }

    /// Looks up who has to be, and collects the event in the log.
    private mutating func admit(_ item: EventBatch.Item, of batch: EventBatch) throws -> Admission {
        guard case .event(let decoded, let source, let range, let found) = item else { return .beside }
        let event = decoded.event
        if case .ping = event.body { return .beside }
        if let id = event.id, let first = seen.place(of: id, from: event.source) {
            let before = log.line(first)?.event
            if before.map({ $0.id == id && $0.source == event.source }) ?? true { return .again(seq: first, before) }
        }
        let lookup = found ?? Centre.lookupQuestion(event).map(directory.lookup)
        try batch.bytes.withUnsafeBytes { bytes in
            try log.append(readAt: batch.readAt, source: source, line: UnsafeRawBufferPointer(rebasing: bytes[range]), lookup: lookup)
        }
        let seq = log.lastSeq
        if let id = event.id { seen.note(id, from: event.source, at: seq) }
        return .new(seq: seq, lookup: lookup)
    }

    /// Applies what was admitted, and writes the reply.
    private mutating func carryOut(_ item: EventBatch.Item, _ admission: Admission, readAt: Timestamp, _ out: inout ByteBuilder) {
        switch item {
        case .refused(let error): ReplyEncoder.error(error, into: &out)
        case .event(let decoded, _, _, _):
            switch admission {
            case .new(let seq, let lookup):
                let answer = centre.apply(decoded.event, seq: seq, now: readAt, lookup: lookup, effects: &effects)
                ReplyEncoder.ok(seq: seq, id: decoded.event.id, call: decoded.call, answer: answer, into: &out)
            case .again(let seq, let before): answerAgain(decoded, first: seq, before, &out)
            case .beside: ReplyEncoder.ok(seq: nil, id: decoded.event.id, into: &out)
            }
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
        if case .call(let id, .offered) = event.body { answer = centre.offerAnswer(CallKey(source: event.source, call: id)) }
        ReplyEncoder.ok(seq: seq, duplicate: true, id: event.id, call: decoded.call, answer: answer, into: &out)
    }

    // MARK: Beside the events

    mutating func ask(_ question: (inout EngineCore) -> Void) { question(&self) }

    /// The state, with what time alone has ended.
    mutating func settled(_ now: Timestamp) -> Centre {
        effects.removeAll(keepingCapacity: true)
        centre.settle(now, effects: &effects)
        show()
        return centre
    }

    mutating func tick(_ now: Timestamp) {
        effects.removeAll(keepingCapacity: true)
        centre.tick(now, effects: &effects)
        show()
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
        let seq = log.lastSeq
        guard !isUnwritable, !isStale, seq > checkpointSeq, always || isCheckpointDue(Engine.now()) else { return }
        keptAt = Engine.now()
        if always { log.finishKeeping() }
        // A start reads the log behind the checkpoint alone, so what went into the history before has to be there first.
        let history = history
        if log.keep(centre.checkpoint, at: seq, after: { try history.flush() }) { checkpointSeq = seq }
        if always { log.finishKeeping() }
    }
}
