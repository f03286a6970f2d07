import CallCenter
import EventWire

/// The path of one event: admitted to the log, applied, answered.
extension EngineCore {
    /// What to do with an event.
    enum Admission {
        /// New: in the log at `seq`, to be applied with the reading time `at`.
        case new(seq: Int64, at: Timestamp, lookup: Lookup?)
        /// Accepted before, at `seq`.
        case again(seq: Int64)
        /// Its id was accepted before, at `seq`, with other content.
        case otherwise(seq: Int64)
        /// A change of the records: in the log at `seq`, and not applied to the calls.
        case change(seq: Int64)
        /// A ping: only to be answered.
        case beside
        /// Refused, with the reason.
        case refused(WireError)
    }

    /// Admits and applies the events of a batch one after the other: each event sees the state that the one before
    /// left.
    mutating func apply(_ batch: EventBatch) throws -> EventReplies {
        var out = role == .alone ? batch.noReplies : batch.heldReplies
        for item in batch.items {
            switch item {
            case .refused(let error): out.error(error)
            case .event(let decoded, let source, let line, let found):
                applyAdmitted(
                    decoded, try admit(decoded, source, batch.bytes[line], readAt: batch.readAt, found),
                    readAt: batch.readAt, &out)
            case .change(let kind, let bytes):
                out.ok(seq: append(batch.bytes[bytes], kind, readAt: batch.readAt))
            case .erase(let erasing): out.ok(seq: erase(erasing, readAt: batch.readAt))
            }
        }
        return out
    }

    /// Erases a customer in the state, and appends the entry to the log. A replay of what the log has before it gives
    /// the state before; `Restored` erases at the same position. Returns the position.
    private mutating func erase(_ erasing: EventBatch.Erasing, readAt: Timestamp) -> Int64 {
        let calls = centre.erase(erasing.erasure), bytes = erasing.entry(calls)
        let seq = append(bytes[...], .records, readAt: readAt)
        noteErase(erasing.erasure, at: seq, of: calls)
        return seq
    }

    /// Erases a customer in the state, for an entry that is in the log.
    mutating func erase(_ erasure: Erasure, at seq: Int64) { noteErase(erasure, at: seq, of: centre.erase(erasure)) }

    private mutating func noteErase(_ erasure: Erasure, at seq: Int64, of calls: [ErasedCall]) {
        erasures.append((seq, erasure))
        erased.append((seq, erasure.customer))
        // Frames that a client may ask for again have the data.
        restartsStreams = restartsStreams || !calls.isEmpty
    }

    /// A look-up from before the records were free of a customer does not bring the customer into the log again.
    ///
    /// Static, as is `admitAgain`: a method that only reads would get a copy of the whole core for each event.
    private static func without(_ erased: [(seq: Int64, customer: Int64)], _ lookup: Lookup?) -> Lookup? {
        guard !erased.isEmpty, var lookup else { return lookup }
        let count = lookup.candidates.count
        lookup.candidates.removeAll { one in erased.contains { $0.customer == one.customer.id } }
        lookup.matches -= count - lookup.candidates.count
        return lookup
    }

    /// Admits the events of a batch, and applies none of them.
    mutating func admit(_ batch: EventBatch) throws -> [Admission] {
        try batch.items.map { item in
            switch item {
            case .refused: .beside
            case .event(let decoded, let source, let line, let found):
                try admit(decoded, source, batch.bytes[line], readAt: batch.readAt, found)
            case .change(let kind, let bytes):
                .change(seq: append(batch.bytes[bytes], kind, readAt: batch.readAt))
            // The events before it in this burst are not applied yet.
            case .erase: .refused(WireError(.unavailable, message: "The log cannot be written now; try again."))
            }
        }
    }

    /// Appends a change of the records to the log. Returns its position.
    private mutating func append(_ bytes: ArraySlice<UInt8>, _ kind: ChangeKind, readAt: Timestamp) -> Int64 {
        bytes.withUnsafeBytes { log.append(change: $0, kind, readAt: max(centre.moment(readAt), notBefore)) }
        return log.lastSeq
    }

    /// Applies the admitted events of a batch, and writes the replies.
    mutating func applyAdmitted(_ batch: EventBatch, _ admitted: [Admission]) -> EventReplies {
        var out = batch.noReplies
        for (item, admission) in zip(batch.items, admitted) {
            switch item {
            case .refused(let error): out.error(error)
            case .event(let decoded, _, _, _): applyAdmitted(decoded, admission, readAt: batch.readAt, &out)
            case .change: if case .change(let seq) = admission { out.ok(seq: seq) }
            case .erase: if case .refused(let error) = admission { out.error(error) }
            }
        }
        return out
    }

    /// Answers that no event was accepted and that the sender has to retry.
    func refuse(
        _ batches: [EventBatch],
        _ why: String = "The log cannot be written now; nothing was taken. Send it again in a moment.",
        _ change: ChangeRefusal = .untaken
    ) {
        for batch in batches { batch.reply(batch.refused(why, change)) }
    }

    /// Looks up the caller where needed, and appends the event to the log.
    private mutating func admit(
        _ decoded: DecodedEvent, _ source: String, _ line: ArraySlice<UInt8>, readAt: Timestamp, _ found: Lookup?
    ) throws -> Admission {
        if case .ping = decoded.event.body { return .beside }
        var known: (key: SeenIDs.Key, line: UInt64)?
        if let id = decoded.event.id {
            let key = SeenIDs.Key(id, from: decoded.event.source), hash = line.withUnsafeBytes(SeenIDs.hash)
            if let first = seen.place(of: key), let admission = EngineCore.admitAgain(decoded.event, first, hash, log) {
                return admission
            }
            known = (key, hash)
        }
        if case .call(let id, .answered(nil)) = decoded.event.body,
            centre.isInbound(CallKey(source: decoded.event.source, call: id))
        {
            return .refused(
                WireError(
                    .missingField, field: "operator",
                    message: "operator is missing; add who answered: only a dialed call is answered by its far end.",
                    id: decoded.event.id, call: decoded.call))
        }
        var lookup = EngineCore.without(erased, found ?? Centre.lookupQuestion(decoded.event).map(directory.lookup))
        if let known = lookup, known.candidates.contains(where: { !$0.history.isEmpty }) {
            lookup = known.withComplaints(by: centre.policy)
        }
        // The reading time in the log is the time at which the event is applied, now and in a replay.
        let at = max(centre.moment(readAt), notBefore)
        newestMoment = max(newestMoment, at)
        try line.withUnsafeBytes { try log.append(readAt: at, source: source, line: $0, lookup: lookup) }
        let seq = log.lastSeq
        if let known { seen.note(known.key, at: .init(seq: seq, line: known.line)) }
        return .new(seq: seq, at: at, lookup: lookup)
    }

    /// What to do with an event whose id was accepted before; nil when another id has its hash.
    ///
    /// Equal bytes are the same event: a bridge resends in this burst. Only an event with other bytes is compared with
    /// the log.
    private static func admitAgain(
        _ event: Event, _ first: SeenIDs.Place, _ hash: UInt64, _ log: any EngineLog
    ) -> Admission? {
        // An event that has been deleted from the log cannot be compared.
        guard first.line != hash, let before = log.line(first.seq)?.event else { return .again(seq: first.seq) }
        guard before.id == event.id, before.source == event.source else { return nil }
        // What was erased cannot be compared.
        if before.isErased { return .again(seq: first.seq) }
        return before.hasSameContent(as: event) ? .again(seq: first.seq) : .otherwise(seq: first.seq)
    }

    /// Applies an admitted event, and writes the reply.
    private mutating func applyAdmitted(
        _ decoded: DecodedEvent, _ admission: consuming Admission, readAt: Timestamp, _ out: inout EventReplies
    ) {
        switch consume admission {
        case .new(let seq, let at, let lookup):
            noteLag(ms: readAt - decoded.event.time)
            var event = decoded.event
            if !event.timeIsGiven { event.time = at }
            let answer = centre.apply(event, seq: seq, now: at, lookup: lookup, effects: &effects)
            out.ok(seq: seq, id: decoded.event.id, call: decoded.call, ignored: decoded.ignored, answer: answer)
            if let onCaller, let seen = CallerSeen(event, lookup) { onCaller(seen) }
        case .again(let seq): answerAgain(decoded, first: seq, &out)
        case .otherwise(let seq):
            // A different event with the same id would be lost without notice.
            let error = WireError(
                .invalidField, field: "id",
                message:
                    "This id was used for another event of this source (seq \(seq)); give each event an id of its own.",
                id: decoded.event.id, call: decoded.call)
            out.error(error)
        case .refused(let error): out.error(error)
        case .beside: out.ok(seq: nil, id: decoded.event.id, ignored: decoded.ignored)
        case .change(let seq): out.ok(seq: seq)
        }
    }

    /// Answers a duplicate with the reply of the first time.
    private func answerAgain(_ decoded: DecodedEvent, first seq: Int64, _ out: inout EventReplies) {
        let event = decoded.event
        var answer: OfferAnswer?
        if case .call(let id, _) = event.body {
            answer = centre.answer(of: CallKey(source: event.source, call: id), at: seq)
        }
        out.ok(
            seq: seq, duplicate: true, id: event.id, call: decoded.call, ignored: decoded.ignored, answer: answer)
    }
}
