import CallCenter
import EventWire

/// What the engine's thread owns: the state, the log, and the way of one event through them.
struct EngineCore {
    private(set) var centre: Centre
    private let policy: Policy
    private let log: any EngineLog
    private let directory: any CallerDirectory
    private let deliver: @Sendable ([Effect], Int64) -> Void
    private var seen = SeenIDs()
    private var effects: [Effect] = []
    private var checkpointSeq: Int64 = 0
    /// The last commit failed: until one succeeds, nothing is applied that is not on disk first.
    private(set) var isUnwritable = false

    /// So many events behind a checkpoint, the next is due: what a start has to read again.
    static let checkpointEvery: Int64 = 200_000

    init(
        policy: Policy, log: any EngineLog, directory: any CallerDirectory, deliver: @escaping @Sendable ([Effect], Int64) -> Void
    ) throws {
        self.policy = policy
        self.log = log
        self.directory = directory
        self.deliver = deliver
        centre = Centre(policy: policy)
        try restore()
    }

    /// Makes the state anew from the newest checkpoint and the log behind it.
    private mutating func restore() throws {
        var restored = Centre(policy: policy)
        checkpointSeq = 0
        if let kept = try log.checkpoint() {
            restored = Centre(kept.state)
            checkpointSeq = kept.seq
        }
        var seen = SeenIDs()
        var ignored: [Effect] = []
        let idsFrom = max(0, log.lastSeq - Int64(SeenIDs.generationMax))
        let stateFrom = checkpointSeq
        try log.replay(after: min(stateFrom, idsFrom)) { seq, readAt, source, line, lookup in
            let decoded = line.withUnsafeBytes { bytes in
                try? EventDecoder.decode(bytes, defaultSource: source, readAt: readAt, allowInternal: true)
            }
            guard let event = decoded?.event else { return }
            if let id = event.id { seen.note(id, from: event.source, at: seq) }
            guard seq > stateFrom else { return }
            ignored.removeAll(keepingCapacity: true)
            _ = restored.apply(event, seq: seq, now: readAt, lookup: lookup, effects: &ignored)
        }
        restored.adopt(policy)
        centre = restored
        self.seen = seen
    }

    /// Takes the batches of one burst: applies, commits once, and answers.
    mutating func take(_ batches: [EventBatch]) {
        let before = log.lastSeq
        if isUnwritable { return takeCarefully(batches) }
        var replies: [ByteBuilder] = []
        effects.removeAll(keepingCapacity: true)
        do {
            for batch in batches { replies.append(try apply(batch)) }
            if !effects.isEmpty { deliver(effects, log.lastSeq) }
            try log.commit()
        } catch {
            log.rollback()
            isUnwritable = true
            seen.forget(after: before)
            // What was applied is not on disk: the state has to be what the log says.
            try? restore()
            return refuse(batches)
        }
        for (batch, reply) in zip(batches, replies) { batch.reply(reply) }
    }

    /// While the disk refuses: one batch at a time, and none unless the log takes a write at all.
    private mutating func takeCarefully(_ batches: [EventBatch]) {
        do {
            try log.append(readAt: Timestamp(ms: 0), source: "screenpop", line: UnsafeRawBufferPointer(start: nil, count: 0), lookup: nil)
            log.rollback()
            isUnwritable = false
            take(batches)
        } catch {
            log.rollback()
            refuse(batches)
        }
    }

    private func refuse(_ batches: [EventBatch]) {
        for batch in batches {
            var out = ByteBuilder(capacity: 256)
            for item in batch.items {
                switch item {
                case .refused(let error): ReplyEncoder.error(error, into: &out)
                case .event(let decoded, _, _):
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
            case .event(let decoded, let source, let range):
                try batch.bytes.withUnsafeBytes { bytes in
                    try apply(decoded, source: source, line: UnsafeRawBufferPointer(rebasing: bytes[range]), readAt: batch.readAt, &out)
                }
            }
        }
        return out
    }

    private mutating func apply(
        _ decoded: DecodedEvent, source: String, line: UnsafeRawBufferPointer, readAt: Timestamp, _ out: inout ByteBuilder
    ) throws {
        let event = decoded.event
        if case .ping = event.body { return ReplyEncoder.ok(seq: nil, id: event.id, into: &out) }
        if let id = event.id, let first = seen.place(of: id, from: event.source) {
            return answerAgain(decoded, first: first, &out)
        }
        let lookup = Centre.lookupQuestion(event).map(directory.lookup)
        try log.append(readAt: readAt, source: source, line: line, lookup: lookup)
        let seq = log.lastSeq
        if let id = event.id { seen.note(id, from: event.source, at: seq) }
        let answer = centre.apply(event, seq: seq, now: readAt, lookup: lookup, effects: &effects)
        ReplyEncoder.ok(seq: seq, id: event.id, call: decoded.call, answer: answer, into: &out)
    }

    /// The same event again is answered as the first time; another event under its id is refused, or it would be lost in silence.
    private func answerAgain(_ decoded: DecodedEvent, first seq: Int64, _ out: inout ByteBuilder) {
        let event = decoded.event
        if let kept = log.line(seq) {
            let before = kept.line.withUnsafeBytes { bytes in
                try? EventDecoder.decode(bytes, defaultSource: kept.source, readAt: kept.readAt, allowInternal: true)
            }
            if let before, !before.event.hasSameContent(as: event) {
                let error = WireError(
                    .invalidField, field: "id",
                    message: "This id was used for another event of this source (seq \(seq)); give each event an id of its own.",
                    id: event.id, call: decoded.call)
                return ReplyEncoder.error(error, into: &out)
            }
        }
        var answer: OfferAnswer?
        if case .call(let id, .offered) = event.body { answer = centre.offerAnswer(CallKey(source: event.source, call: id)) }
        ReplyEncoder.ok(seq: seq, duplicate: true, id: event.id, call: decoded.call, answer: answer, into: &out)
    }

    // MARK: Beside the events

    mutating func ask(_ question: (inout Centre) -> Void) { question(&centre) }

    mutating func tick(_ now: Timestamp) {
        effects.removeAll(keepingCapacity: true)
        centre.tick(now, effects: &effects)
        if !effects.isEmpty { deliver(effects, log.lastSeq) }
    }

    /// Keeps the state, when enough has happened since the last time or `always`.
    mutating func keepCheckpoint(always: Bool = false) {
        let seq = log.lastSeq
        guard !isUnwritable, seq > checkpointSeq, always || seq - checkpointSeq >= EngineCore.checkpointEvery else { return }
        // Without room for a checkpoint the log alone still says everything; the next attempt is made when more has happened.
        if (try? log.keep(centre.checkpoint, at: seq)) != nil { checkpointSeq = seq }
    }
}
