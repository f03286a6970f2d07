import CallCenter

/// The binary format of calls in the history: some microseconds for a call, where JSON takes a hundred.
enum CallBytes {
    /// 2 has the remarks behind all that 1 has, 3 how long each was written on, 4 dialed calls, causes, the answers
    /// given, and which notes are unfinished: a draft has become one of them before it is kept; 5 when the call was
    /// first seen; 6 when somebody said who is calling, where somebody did.
    static let version: UInt8 = 6

    static func encode(_ call: borrowing Call) -> [UInt8] {
        var out = PackedWriter()
        out.bytes.reserveCapacity(1_024)
        // A call in which nobody was identified has the bytes that it had before.
        out.byte(call.identifiedAt.isEmpty ? 5 : version)
        out.text(call.key.source)
        out.text(call.key.call)
        out.signed(call.number)
        out.list(call.facts) { out, fact in
            out.signed(fact.time.ms)
            out.byte(fact.rank)
            out.signed(fact.seq)
            write(fact.step, &out)
        }
        out.list(call.life.visits) { write($1, &$0) }
        out.list(call.life.legs) { write($1, &$0) }
        out.optional(call.life.cause)
        out.optional(call.life.dialedBy)
        out.optional(call.life.endedAt?.ms)
        out.optional(call.life.endedBy?.rawValue)
        out.optional(call.offered) { out, offered in
            out.optional(offered.from)
            out.optional(offered.to)
            out.optional(offered.queue)
            out.optional(offered.name)
            out.text(offered.presentation.rawValue)
        }
        out.optional(call.lookup?.withoutCompanies) { LookupBytes.write($1, &$0) }
        out.list(call.ranking) { $0.count($1) }
        out.optional(call.decision) { write($1, &$0) }
        out.list(call.alerts) { $0.text($1.rawValue) }
        out.optional(call.transferredFrom)
        out.byte(call.isRepeat ? 1 : 0)
        out.signed(call.lastHeard.ms)
        out.list(call.remarks) { write($1, &$0) }
        out.optional(call.dialed) { out, dialed in
            out.text(dialed.operator)
            out.text(dialed.to)
            out.optional(dialed.from)
        }
        out.list(call.given) { write($1, &$0) }
        out.list(call.popMoments) { write($1, &$0) }
        out.optional(call.firstHeard?.ms)
        if !call.identifiedAt.isEmpty { out.list(call.identifiedAt) { $0.signed($1.ms) } }
        return out.bytes
    }

    /// Decodes a call; nil for bytes in another format.
    ///
    /// - Parameter onlyFirstFact: skips the other facts, as no figure needs them.
    static func decode(_ bytes: [UInt8], onlyFirstFact: Bool = false) -> Call? {
        bytes.withUnsafeBytes { raw in
            var from = PackedReader(bytes: raw)
            let call = try? read(&from, onlyFirstFact: onlyFirstFact)
            return from.isAtEnd ? call : nil
        }
    }

    private static func read(_ from: inout PackedReader, onlyFirstFact: Bool) throws(Malformed) -> Call {
        let kept = try from.byte()
        guard 1...version ~= kept else { throw Malformed() }
        let source = try from.text(), id = try from.text(), number = try from.signed()
        var facts: [CallFact] = []
        for i in 0..<(try from.count()) {
            let time = Timestamp(ms: try from.signed()), rank = try from.byte(), seq = try from.signed()
            if onlyFirstFact, i > 0 {
                try skipStep(&from)
            } else {
                facts.append(CallFact(time: time, rank: rank, seq: seq, step: try step(&from)))
            }
        }
        let visits = try from.list { from throws(Malformed) in try CallBytes.visit(&from) }
        let legs = try from.list { from throws(Malformed) in try CallBytes.leg(&from, kept) }
        let cause = kept < 4 ? nil : try from.optionalText(), dialedBy = kept < 4 ? nil : try from.optionalText()
        let endedAt = try from.optionalSigned().map { Timestamp(ms: $0) }
        let life = CallLife(
            kept: visits, legs: legs, endedAt: endedAt, endedBy: try from.optionalWord(), cause: cause,
            dialedBy: dialedBy)
        let offered = try from.optional { from throws(Malformed) in
            CallEvent.Offered(
                from: try from.optionalText(), to: try from.optionalText(), queue: try from.optionalText(),
                name: try from.optionalText(),
                presentation: try from.word())
        }
        let lookup = try from.optional { from throws(Malformed) in try LookupBytes.read(&from) }
        let ranking = try from.list { from throws(Malformed) in try from.count() }
        let decision = try from.optional { from throws(Malformed) in try CallBytes.decision(&from, kept) }
        let alerts: [AlertKind] = try from.list { from throws(Malformed) in try from.word() }
        let transferredFrom = try from.optionalText(), draft = kept < 4 ? try from.optionalText() : nil
        let isRepeat = try from.byte() == 1, lastHeard = Timestamp(ms: try from.signed())
        var remarks = kept < 2 ? [] : try from.list { from throws(Malformed) in try CallBytes.remark(&from, kept) }
        // Nobody will type on: it is as much of a note as there is.
        if let draft {
            // The log position of the event that made the call is no other remark's.
            let note = Remark(seq: number / 4_096, at: lastHeard, by: nil, what: .note(draft), isUnfinished: true)
            remarks.insert(note, at: 0)
        }
        return Call(
            key: CallKey(source: source, call: id), number: number, facts: facts, life: life, offered: offered,
            lookup: lookup, ranking: ranking,
            decision: decision, alerts: alerts, transferredFrom: transferredFrom, isRepeat: isRepeat,
            lastHeard: lastHeard, remarks: remarks,
            dialed: kept < 4
                ? nil
                : try from.optional { from throws(Malformed) in
                    CallEvent.Dialed(operator: try from.text(), to: try from.text(), from: try from.optionalText())
                },
            given: kept < 4 ? [] : try from.list { from throws(Malformed) in try CallBytes.given(&from) },
            popMoments: kept < 4 ? [] : try from.list { from throws(Malformed) in try CallBytes.popMoment(&from) },
            firstHeard: kept < 5 ? nil : try from.optionalSigned().map { Timestamp(ms: $0) },
            identifiedAt: kept < 6
                ? [] : try from.list { from throws(Malformed) in Timestamp(ms: try from.signed()) })
    }

    private static func write(_ remark: Remark, _ out: inout PackedWriter) {
        out.signed(remark.seq)
        out.signed(remark.at.ms)
        out.optional(remark.by)
        out.optional(remark.spent)
        out.byte((remark.isUnfinished ? 1 : 0) | (remark.isWhole ? 2 : 0))
        switch remark.what {
        case .note(let text):
            out.byte(0)
            out.text(text)
        case .disposition(let code):
            out.byte(1)
            out.text(code)
        }
    }

    private static func remark(_ from: inout PackedReader, _ kept: UInt8) throws(Malformed) -> Remark {
        let seq = try from.signed(), at = Timestamp(ms: try from.signed()), by = try from.optionalText()
        let spent = kept < 3 ? nil : try from.optionalSigned(), flags = kept < 4 ? 0 : try from.byte()
        let what: Remark.What
        switch try from.byte() {
        case 0: what = .note(try from.text())
        case 1: what = .disposition(try from.text())
        default: throw Malformed()
        }
        return Remark(
            seq: seq, at: at, by: by, what: what, spent: spent, isUnfinished: flags & 1 != 0, isWhole: flags & 2 != 0)
    }

    // MARK: Steps, visits, legs

    private static func write(_ step: CallStep, _ out: inout PackedWriter) {
        func write(_ code: UInt8, _ texts: String?...) {
            out.byte(code)
            for text in texts { out.optional(text) }
        }
        switch step {
        case .offered(let queue): write(0, queue)
        case .rejected: write(1)
        case .queued(let queue): write(2, queue)
        case .ringing(let who, nil): write(3, who)
        case .unanswered(let who, let reason, nil): write(4, who, reason?.rawValue)
        case .answered(let who): write(5, who)
        case .held: write(6)
        case .resumed: write(7)
        case .transferred(.operator(let who), let kind): write(8, who, kind.rawValue)
        case .transferred(.queue(let queue), let kind): write(9, queue, kind.rawValue)
        case .transferred(.number(let number), let kind): write(10, number, kind.rawValue)
        case .dequeued(let queue, let reason): write(11, queue, reason.rawValue)
        case .ended(let by, nil): write(12, by?.rawValue)
        case .vanished: write(13)
        case .alive: write(14)
        case .dialed(let who): write(15, who)
        case .reached: write(16)
        case .parked(let who, let slot): write(17, who, slot)
        case .retrieved(let who, let slot): write(18, who, slot)
        case .ringing(let who, let device?): write(19, who, device)
        case .unanswered(let who, let reason, let device?): write(20, who, reason?.rawValue, device)
        case .ended(let by, let cause?): write(21, by?.rawValue, cause)
        }
    }

    private static func skipStep(_ from: inout PackedReader) throws(Malformed) {
        let texts: Int
        switch try from.byte() {
        case 1, 6, 7, 13, 14, 16: texts = 0
        case 0, 2, 3, 5, 12, 15: texts = 1
        case 4, 8...11, 17...19, 21: texts = 2
        case 20: texts = 3
        default: throw Malformed()
        }
        for _ in 0..<texts where try from.byte() != 0 { try from.skip() }
    }

    private static func step(_ from: inout PackedReader) throws(Malformed) -> CallStep {
        switch try from.byte() {
        case 0: .offered(queue: try from.optionalText())
        case 1: .rejected
        case 2: .queued(try from.some())
        case 3: .ringing(try from.some())
        case 4: .unanswered(try from.some(), try from.optionalWord())
        case 5: .answered(try from.some())
        case 6: .held
        case 7: .resumed
        case 8: .transferred(.operator(try from.some()), try from.someWord())
        case 9: .transferred(.queue(try from.some()), try from.someWord())
        case 10: .transferred(.number(try from.some()), try from.someWord())
        case 11: .dequeued(try from.optionalText(), try from.someWord())
        case 12: .ended(try from.optionalWord())
        case 13: .vanished
        case 14: .alive
        case 15: .dialed(try from.some())
        case 16: .reached
        case 17: .parked(try from.some(), slot: try from.optionalText())
        case 18: .retrieved(try from.some(), slot: try from.optionalText())
        case 19: .ringing(try from.some(), device: try from.some())
        case 20: .unanswered(try from.some(), try from.optionalWord(), device: try from.some())
        case 21: .ended(try from.optionalWord(), cause: try from.some())
        default: throw Malformed()
        }
    }

    private static func write(_ visit: Visit, _ out: inout PackedWriter) {
        out.text(visit.queue)
        out.signed(visit.start.ms)
        out.byte(visit.partial ? 1 : 0)
        out.optional(visit.outcome?.rawValue)
        out.optional(visit.outcomeAt?.ms)
        out.optional(visit.dequeued?.rawValue)
        out.count(visit.transfers)
        out.count(visit.holds)
    }

    private static func visit(_ from: inout PackedReader) throws(Malformed) -> Visit {
        var visit = Visit(
            queue: try from.text(), start: Timestamp(ms: try from.signed()), partial: try from.byte() == 1)
        visit.outcome = try from.optionalWord()
        visit.outcomeAt = try from.optionalSigned().map { Timestamp(ms: $0) }
        visit.dequeued = try from.optionalWord()
        visit.transfers = try from.count()
        visit.holds = try from.count()
        return visit
    }

    private static func write(_ leg: Leg, _ out: inout PackedWriter) {
        out.text(leg.operator)
        out.signed(Int64(leg.visit ?? -1))
        for time in [leg.dialedAt, leg.ringAt, leg.answeredAt, leg.endedAt, leg.heldSince, leg.wrapUpEndedAt] {
            out.optional(time?.ms)
        }
        out.optional(leg.end?.rawValue)
        out.signed(leg.hold)
        out.optional(leg.wrapUp)
    }

    private static func leg(_ from: inout PackedReader, _ kept: UInt8) throws(Malformed) -> Leg {
        let who = try from.text(), visit = Int(try from.signed())
        var leg = Leg(operator: who, visit: visit < 0 ? nil : visit)
        if kept >= 4 { leg.dialedAt = try from.optionalSigned().map { Timestamp(ms: $0) } }
        leg.ringAt = try from.optionalSigned().map { Timestamp(ms: $0) }
        leg.answeredAt = try from.optionalSigned().map { Timestamp(ms: $0) }
        leg.endedAt = try from.optionalSigned().map { Timestamp(ms: $0) }
        leg.heldSince = try from.optionalSigned().map { Timestamp(ms: $0) }
        leg.wrapUpEndedAt = try from.optionalSigned().map { Timestamp(ms: $0) }
        leg.end = try from.optionalWord()
        leg.hold = try from.signed()
        leg.wrapUp = try from.optionalSigned()
        return leg
    }
}
