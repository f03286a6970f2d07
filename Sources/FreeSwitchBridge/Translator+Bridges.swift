import BridgeCore
import CallCenter

/// Who hears whom.
extension Translator {
    private func pair(_ event: SwitchEvent) -> (String, String)? {
        guard let a = event["Bridge-A-Unique-ID"] ?? event["Unique-ID"],
            let b = event["Bridge-B-Unique-ID"] ?? event["Other-Leg-Unique-ID"], a != b
        else { return nil }
        return (a, b)
    }

    mutating func bridged(_ event: SwitchEvent, _ time: Timestamp) {
        guard let (a, b) = pair(event) else { return }
        noteDestination(event)
        for (leg, other) in [(a, b), (b, a)] where legs[leg]?.mates.contains(other) == false {
            legs[leg]?.mates.append(other)
        }
        if let one = callOfParty[a], let two = callOfParty[b] {
            guard one != two else { return }
            leaveToOthers(one, to: b, time)
            leaveToOthers(two, to: a, time)
        } else if let owner = callOfParty[a], let other = legs[b] {
            with(owner) { $0.connect(other, &$1, time) }
        } else if let owner = callOfParty[b], let other = legs[a] {
            with(owner) { $0.connect(other, &$1, time) }
        } else {
            for id in [a, b] {
                guard let leg = legs[id], leg.owner != nil, !leg.isServing, callOfTarget[id] == nil else { continue }
                if legs[id == a ? b : a]?.owner != nil { legs[id]?.isInternal = true }
                undecided.remove(id)
                setBusy(id, time)
            }
        }
    }

    /// The caller, or a line outside, is bridged with another leg.
    private mutating func connect(_ other: Leg, _ call: inout SwitchCall, _ time: Timestamp) {
        guard let who = other.owner else {
            return other.isLoopback ? () : connectOutside(other, &call, time)
        }
        if call.talks.contains(where: { $0.leg == other.id }) {
            call.lostAt = nil
            call.sentTo = nil
            if call.isHeldToConsult, !legs.values.contains(where: { $0.consultOf == call.id }) {
                call.isHeld = false
                call.isHeldToConsult = false
                emit("call.resumed", &call, time)
            }
            return
        }
        if call.isDialed, call.phone == other.id {
            if !call.isReached { reached(&call, time) }
        } else if call.targets.contains(other.id) {
            if isOpen(call) {
                answer(who, other.id, &call, other.answeredAt.map { other.asksToConfirm ? time : $0 } ?? time)
            }
        } else if !call.talks.isEmpty {
            passOn(who, other, &call, time)
        } else {
            // A colleague takes the call off another's phone, or off a parking place.
            answer(who, other.id, &call, time)
        }
    }

    /// From one operator to the next, who was asked before.
    private mutating func passOn(_ who: String, _ other: Leg, _ call: inout SwitchCall, _ time: Timestamp) {
        let at = call.lostAt.flatMap { time - $0 <= Translator.passedAfterMs ? $0 : nil } ?? time
        emit("call.transferred", &call, at, [("operator", .text(who)), ("kind", .text("attended"))])
        call.lostAt = nil
        call.sentTo = nil
        call.isHeld = false
        call.isHeldToConsult = false
        call.endedBy = nil
        call.isOutside = false
        call.isSentOn = false
        serve(other.id, time)
        call.talks = [.init(leg: other.id, who: who)]
    }

    mutating func unbridged(_ event: SwitchEvent, _ time: Timestamp) {
        guard let (a, b) = pair(event) else { return }
        for (leg, other) in [(a, b), (b, a)] { legs[leg]?.mates.removeAll { $0 == other } }
        let sentTo = noteDestination(event)
        for (party, other) in [(a, b), (b, a)] {
            guard let owner = callOfParty[party], callOfTalk[other] == owner else { continue }
            // A leg that hangs up says so itself.
            let isAlive = event["Unique-ID"] != party || event["Answer-State"] != "hangup"
            with(owner) { _, call in
                guard isAlive, !call.talks.contains(where: { $0.leg != other }) else { return }
                call.lostAt = call.lostAt ?? time
                if event["Unique-ID"] == party, let sentTo { call.sentTo = sentTo }
            }
        }
    }

    /// A transfer overwrites where the leg was going.
    ///
    /// - Returns: where it goes now, if that is another place.
    @discardableResult
    private mutating func noteDestination(_ event: SwitchEvent) -> String? {
        guard let id = event["Unique-ID"], let known = legs[id], let now = event["Caller-Destination-Number"],
            known.destination != now
        else { return nil }
        legs[id]?.destination = now
        return now
    }

    mutating func hold(_ event: SwitchEvent, _ time: Timestamp, _ isHeld: Bool) {
        guard let id = event["Unique-ID"], legs[id]?.owner != nil, let owner = callOfTalk[id] else { return }
        with(owner) { translator, call in
            if isHeld { call.isHeldToConsult = false }
            guard call.isHeld != isHeld else { return }
            call.isHeld = isHeld
            call.isHeldToConsult = false
            translator.emit(isHeld ? "call.held" : "call.resumed", &call, time)
        }
    }

    // MARK: Outside

    /// An external party talks with the caller.
    mutating func connectOutside(_ other: Leg, _ call: inout SwitchCall, _ time: Timestamp) {
        if call.isDialed {
            if call.parties.contains(other.id) { return }
            return leaveToOthers(&call, to: other.id, time)
        }
        guard !call.isOutside else { return }
        let kind = call.talks.isEmpty ? "blind" : "attended"
        if call.lostAt != nil, call.sentTo != nil {
            emitHandedOn(&call, to: call.sentTo)
        } else if !call.isSentOn {
            emit(
                "call.transferred", &call, call.lostAt ?? time,
                [("to", .text(other.number ?? "s")), ("kind", .text(kind))])
        }
        for ring in call.rings.values { emitUnanswered(ring, &call, time, "elsewhere") }
        call.isOutside = true
        call.isQueued = false
        call.talks = []
        call.rings = [:]
        call.lostAt = nil
        call.sentTo = nil
        call.isHeld = false
        call.isHeldToConsult = false
        call.endedBy = nil
    }

    private mutating func leaveToOthers(_ owner: String, to other: String, _ time: Timestamp) {
        with(owner) { $0.leaveToOthers(&$1, to: other, time) }
    }

    /// An external party replaces the operator, who connected the two.
    private mutating func leaveToOthers(_ call: inout SwitchCall, to other: String, _ time: Timestamp) {
        guard !call.isOutside, call.isReached || !call.isDialed else { return }
        call.isOutside = true
        emit(
            "call.transferred", &call, call.lostAt ?? time,
            [("to", .text(legs[other]?.number ?? "s")), ("kind", .text("attended"))])
        call.talks = []
        call.lostAt = nil
        call.sentTo = nil
        call.isHeld = false
        call.isHeldToConsult = false
        call.endedBy = nil
    }

    /// The caller was sent elsewhere, or went there: reports the target.
    ///
    /// - Parameters:
    ///   - number: where to, when it is neither a phone nor a queue.
    ///   - who: the operator whose phone is dialled.
    ///   - queue: the queue that the call enters.
    mutating func emitHandedOn(
        _ call: inout SwitchCall, to number: String? = nil, by who: String? = nil, queue: String? = nil
    ) {
        guard let left = call.lostAt, !call.talks.isEmpty else { return }
        let to = call.sentTo ?? number ?? call.line ?? "s"
        let target: (name: String, value: BridgeEvent.Value) =
            if let queue {
                ("queue", .text(queue))
            } else if let who {
                ("operator", .text(who))
            } else if let known = phoneOwners[to] {
                ("operator", .text(known))
            } else {
                ("to", .text(to))
            }
        call.talks = []
        call.lostAt = nil
        call.sentTo = nil
        call.isHeld = false
        call.isHeldToConsult = false
        call.endedBy = nil
        call.isSentOn = target.name == "to"
        emit("call.transferred", &call, left, [target, ("kind", .text("blind"))])
    }

    /// After an operator left, the next one's bridge follows within this time. Milliseconds.
    static let passedAfterMs: Int64 = 2_000
}
