import CallCenter
import EventWire

/// A call as JSON: the line of a list, and the whole with its timeline and the reasoning of its route.
enum CallEncoder {
    /// The line of a list.
    ///
    /// - Parameters:
    ///   - counted: which count of the call a figure was opened to; nil in a list of calls.
    ///   - reader: who is shown the call, and with it the name of its customer.
    static func call(
        _ call: Call, _ counted: Counted? = nil, to reader: Reader, into out: inout ByteBuilder
    ) {
        out.object { out in
            fields(of: call, to: reader, into: &out)
            guard let counted else { return }
            out.field("counted_at", counted.at)
            if let ms = counted.ms { out.field("counted_ms", ms) }
            out.key("visit")
            if let i = counted.visit, call.life.visits.indices.contains(i) {
                visit(call.life.visits[i], place: i, into: &out)
            } else {
                out.null()
            }
        }
    }

    static func fields(of call: Call, to reader: Reader, into out: inout ByteBuilder) {
        let life = call.life
        let caller = call.lookup?.caller ?? .unavailable
        out.field("call", call.key.call)
        out.field("source", call.key.source)
        out.field("number", call.number)
        out.key("from")
        PopEncoder.number(caller, into: &out)
        out.field("to", call.called)
        out.field("direction", life.isOutbound ? "outbound" : "inbound")
        out.key("customer")
        if let customer = call.customer {
            reader.sees(customer.id)
            out.object { out in
                out.field("id", customer.id)
                out.field("name", customer.name)
                out.field("tier", customer.tier)
            }
        } else {
            out.null()
        }
        out.field("queue", life.visits.last?.queue ?? call.offered?.queue)
        out.field("state", life.state.rawValue)
        out.field("outcome", call.outcomeWord)
        out.field("partial", call.isPartial)
        out.field("offered_at", call.startedAt)
        out.field("answered_at", call.answeredAt)
        out.field("ended_at", life.endedAt)
        out.field("ended_by", life.endedBy?.rawValue)
        out.field("cause", life.cause)
        out.field("waiting_since", life.openVisit?.start)
        out.field("wait_ms", call.wait)
        out.field("talk_ms", life.legs.compactMap(\.talk).reduce(0, +))
        out.field("operator", call.lastOperator)
        out.field("disposition", call.disposition)
        out.field("note", noteState(call)?.rawValue)
    }

    /// Whether there is a note: an unfinished one needs somebody to finish it.
    private static func noteState(_ call: Call) -> Writing.State? {
        let states = call.writings.map(\.state)
        return [.draft, .unfinished, .finished].first { states.contains($0) }
    }

    /// The whole call.
    static func whole(
        _ call: Call, language: Language, to reader: Reader, into out: inout ByteBuilder,
        _ more: (inout ByteBuilder) -> Void = { _ in }
    ) {
        out.object { out in
            fields(of: call, to: reader, into: &out)
            out.key("visits")
            out.array { out in
                for (i, visit) in call.life.visits.enumerated() { self.visit(visit, place: i, into: &out) }
            }
            out.key("legs")
            out.array { out in for leg in call.life.legs { self.leg(leg, into: &out) } }
            out.key("timeline")
            out.array { out in
                var remarks = call.remarks.sorted { $0.at < $1.at }[...]
                var pops = call.popMoments.sorted { $0.at < $1.at }[...]
                for fact in call.facts {
                    while let first = pops.first, first.at < fact.time {
                        popMoment(first, into: &out)
                        pops = pops.dropFirst()
                    }
                    while let first = remarks.first, first.at < fact.time {
                        remark(first, into: &out)
                        remarks = remarks.dropFirst()
                    }
                    self.fact(fact, into: &out)
                }
                for rest in pops { popMoment(rest, into: &out) }
                for rest in remarks { remark(rest, into: &out) }
            }
            out.key("notes")
            out.array { out in
                for one in call.writings where one.state != .draft { PopEncoder.writing(one, into: &out) }
            }
            out.key("drafts")
            out.array { out in
                for one in call.writings where one.state == .draft { PopEncoder.writing(one, into: &out) }
            }
            out.field("note_draft", call.noteDraft)
            out.key("routing")
            let caller = call.lookup?.caller ?? .unavailable
            if let decision = call.decision { routing(decision, caller, language, into: &out) } else { out.null() }
            // Before the caller was identified, the PBX was told something else.
            let earlier = call.given.compactMap(\.decision).dropLast()
            out.key("routing_before")
            out.array { out in for decision in earlier { routing(decision, caller, language, into: &out) } }
            out.field("alerts", call.alerts.map(\.rawValue))
            more(&out)
        }
    }

    private static func visit(_ visit: Visit, place: Int, into out: inout ByteBuilder) {
        out.object { out in
            out.field("place", place)
            out.field("queue", visit.queue)
            out.field("start", visit.start)
            out.field("outcome", visit.outcome?.rawValue)
            out.field("outcome_at", visit.outcomeAt)
            out.field("wait_ms", visit.wait)
            out.field("partial", visit.partial)
            out.field("transfers", visit.transfers)
            out.field("holds", visit.holds)
        }
    }

    private static func leg(_ leg: Leg, into out: inout ByteBuilder) {
        out.object { out in
            out.field("operator", leg.operator)
            out.field("visit", leg.visit)
            out.field("dialed_at", leg.dialedAt)
            out.field("ringing_at", leg.ringAt)
            out.field("answered_at", leg.answeredAt)
            out.field("ended_at", leg.endedAt)
            out.field("end", leg.end?.rawValue)
            out.field("talk_ms", leg.talk)
            out.field("hold_ms", leg.hold)
            out.field("wrap_up_ms", leg.wrapUp)
        }
    }

    private static func popMoment(_ moment: PopMoment, into out: inout ByteBuilder) {
        out.object { out in
            out.field("at", moment.at)
            switch moment.what {
            case .sent: out.field("what", "pop_sent")
            case .seen: out.field("what", "pop_seen")
            case .acted: out.field("what", "pop_acted")
            }
            out.field("operator", moment.operator)
        }
    }

    private static func remark(_ remark: Remark, into out: inout ByteBuilder) {
        out.object { out in
            out.field("at", remark.at)
            out.field("seq", remark.seq)
            switch remark.what {
            case .note(let text):
                out.field("what", "noted")
                out.field("text", text)
                out.field("state", (remark.isUnfinished ? Writing.State.unfinished : .finished).rawValue)
            case .disposition(let code):
                out.field("what", "disposition")
                out.field("code", code)
            }
            if let by = remark.by { out.field("operator", by) }
            if let spent = remark.spent { out.field("spent_ms", spent) }
        }
    }

    private static func fact(_ fact: CallFact, into out: inout ByteBuilder) {
        out.object { out in
            out.field("at", fact.time)
            out.field("seq", fact.seq)
            func what(
                _ word: String, queue: String? = nil, operator who: String? = nil, reason: String? = nil,
                kind: String? = nil, to: String? = nil, by: String? = nil, device: String? = nil, cause: String? = nil,
                slot: String? = nil
            ) {
                out.field("what", word)
                if let queue { out.field("queue", queue) }
                if let who { out.field("operator", who) }
                if let to { out.field("to", to) }
                if let reason { out.field("reason", reason) }
                if let kind { out.field("kind", kind) }
                if let by { out.field("by", by) }
                if let device { out.field("device", device) }
                if let cause { out.field("cause", cause) }
                if let slot { out.field("slot", slot) }
            }
            switch fact.step {
            case .offered(let queue): what("offered", queue: queue)
            case .rejected: what("rejected")
            case .queued(let queue): what("queued", queue: queue)
            case .dialed(let who): what("dialed", operator: who)
            case .reached: what("reached")
            case .parked(let who, let slot): what("parked", operator: who, slot: slot)
            case .retrieved(let who, let slot): what("retrieved", operator: who, slot: slot)
            case .ringing(let who, let device): what("ringing", operator: who, device: device)
            case .unanswered(let who, let reason, let device):
                what("unanswered", operator: who, reason: reason?.rawValue, device: device)
            case .answered(let who): what("answered", operator: who)
            case .held: what("held")
            case .resumed: what("resumed")
            case .transferred(.operator(let next), let kind): what("transferred", operator: next, kind: kind.rawValue)
            case .transferred(.queue(let queue), let kind): what("transferred", queue: queue, kind: kind.rawValue)
            case .transferred(.number(let number), let kind): what("transferred", kind: kind.rawValue, to: number)
            case .dequeued(let queue, let reason): what("dequeued", queue: queue, reason: reason.rawValue)
            case .ended(let by, let cause): what("ended", by: by?.rawValue, cause: cause)
            case .vanished: what("missing")
            case .alive: what("found")
            }
        }
    }

    private static func routing(
        _ decision: Decision, _ caller: CallerNumber, _ language: Language, into out: inout ByteBuilder
    ) {
        let reasoning = Reasoning(language: language)
        let reading = reasoning.reading(caller, decision.matchedBy)
        out.object { out in
            out.field("at", decision.at)
            out.key("route")
            ReplyEncoder.route(decision.route, into: &out)
            let (action, who): (String, String?) =
                switch decision.route.action {
                case .operator(let id, _, _, _): ("operator", id)
                case .group: ("group", nil)
                case .queue: ("queue", nil)
                case .reject: ("reject", nil)
                }
            out.field("action", action)
            out.field("operator", who)
            out.field("reason", decision.route.reason.rawValue)
            out.field("priority", decision.route.priority)
            out.key("steps")
            out.array { out in
                func step(_ rule: RoutingStep.Rule, _ text: String) {
                    out.object { out in
                        out.field("rule", rule.rawValue)
                        out.field("text", text)
                    }
                }
                step(.number, reading)
                for (one, text) in zip(decision.steps, reasoning.sentences(decision)) { step(one.rule, text) }
            }
            out.field("matched_by", decision.matchedBy?.rawValue)
            out.field("text", reading + (language == .ja ? "" : " ") + reasoning.text(decision))
        }
    }
}

extension Call {
    /// The call's outcome in the words of metrics.md; nil while it is open.
    var outcomeWord: String? { life.isOver ? result : nil }
    /// Milliseconds of all its visits that ended.
    var wait: Int64 { life.visits.compactMap(\.wait).reduce(0, +) }
    /// Who talked with it last, or at whom it rings.
    var lastOperator: String? {
        life.legs.last { $0.answeredAt != nil }?.operator ?? life.legs.last { $0.endedAt == nil }?.operator
    }
}
