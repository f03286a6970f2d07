import BridgeCore
import CallCenter

/// Events about legs.
extension Translator {
    mutating func create(_ event: SwitchEvent, _ time: Timestamp) {
        guard let id = event["Unique-ID"], id.utf8.count <= 100, legs[id] == nil, let leg = leg(event, id, time) else {
            return
        }
        legs[id] = leg
        if let partner = leg.partner { legs[partner]?.partner = id }
        guard leg.isIncoming else { return attach(leg, session: event["variable_cc_member_session_uuid"], time) }
        if leg.isLoopback { return }
        if leg.owner != nil {
            undecided.insert(id)
        } else {
            begin(event, leg)
        }
    }

    /// A leg from its first event.
    private mutating func leg(_ event: SwitchEvent, _ id: String, _ time: Timestamp) -> Leg? {
        guard let channel = event["Channel-Name"] else { return nil }
        let isIncoming = event["Call-Direction"] == "inbound", name = LegName(channel)
        var leg = Leg(id: id, createdAt: time, isIncoming: isIncoming)
        leg.profile = name.profile
        leg.user = name.user
        leg.isLoopback = name.isLoopback
        leg.partner = event["variable_other_loopback_leg_uuid"]
        leg.dialled = event["Caller-Destination-Number"]
        leg.destination = leg.dialled
        leg.shown = event["Caller-Caller-ID-Number"]
        leg.number = isIncoming ? leg.shown : leg.dialled
        let other = event["Other-Type"] == "originator" ? event["Other-Leg-Unique-ID"] : nil
        leg.originator = other ?? (isIncoming ? nil : event["variable_originating_leg_uuid"])
        leg.asksToConfirm = event["variable_group_confirm_key"] != nil || event["variable_group_confirm_file"] != nil
        let presence = event["Channel-Presence-ID"]
        let dialled = event["variable_dialed_user"] ?? presence.map { String($0.prefix { $0 != "@" }) }
        let registered = event["variable_user_name"] ?? event["variable_sip_auth_username"]
        let phone = options.legRules.phone(
            .init(
                profile: leg.profile, user: leg.user, isIncoming: isIncoming, context: event["Caller-Context"] ?? "",
                directoryUser: isIncoming ? registered : dialled,
                gateway: event["variable_sip_gateway_name"] ?? event["variable_sip_gateway"]),
            isKnown: { phoneOwners[$0] != nil })
        leg.device =
            presence.map { "user/\($0)" } ?? (leg.isLoopback ? nil : "sofia/\(leg.profile)/\(phone ?? leg.user)")
        if !isIncoming, event["variable_cc_side"] == "agent", let agent = event["variable_cc_agent"] {
            leg.isAgents = true
            leg.owner = Agent.id(agent)
            leg.agent = agent
            if let known = agents[agent]?.device { leg.device = known }
            if let phone { know(phone, of: Agent.id(agent)) }
        } else if let phone, !leg.isLoopback {
            leg.owner = phoneOwners[phone] ?? phone
        }
        if leg.device?.utf8.count ?? 0 > 128 { leg.device = nil }
        return leg
    }

    /// A call from outside.
    private mutating func begin(_ event: SwitchEvent, _ leg: Leg) {
        guard calls[leg.id] == nil else { return }
        var call = SwitchCall(id: leg.id, startedAt: leg.createdAt)
        call.line = event["variable_screenpop_did"] ?? leg.dialled
        call.caller.update(event)
        add(call)
    }

    /// A leg that is met in its middle.
    private mutating func meet(_ event: SwitchEvent, _ time: Timestamp) {
        guard let id = event["Unique-ID"], legs[id] == nil else { return }
        let us = event["Caller-Channel-Created-Time"].flatMap(Int64.init) ?? 0
        create(event, us > 0 ? Timestamp(ms: us / 1_000) : time)
    }

    /// Facts that a later event of the caller's own leg has.
    private mutating func note(_ event: SwitchEvent) {
        guard let id = event["Unique-ID"], let owner = callOfParty[id], calls[owner]?.isOffered == false,
            calls[owner]?.isDialed == false
        else { return }
        calls[owner]?.caller.update(event)
    }

    // MARK: Who dialled it

    /// The leg for which another was dialled, behind loopbacks.
    private func source(_ id: String?) -> String? {
        var here = id, seen: Set<String> = []
        while let id = here, seen.insert(id).inserted, let leg = legs[id] {
            guard leg.isLoopback else { return id }
            here = leg.isIncoming ? leg.partner : leg.originator
        }
        return nil
    }

    /// - Parameter session: the caller's leg, for a leg that mod_callcenter dialled.
    private mutating func attach(_ leg: Leg, session: String?, _ time: Timestamp) {
        if leg.isAgents {
            guard let session else { return }
            if let owner = callOfParty[session] {
                target(leg, of: owner)
            } else if legs[session]?.owner != nil {
                // An operator calls a queue.
                legs[leg.id]?.isInternal = true
            }
            return
        }
        guard !leg.isLoopback, let from = source(leg.originator), let origin = legs[from] else { return }
        if let owner = callOfParty[from] {
            dials(leg, for: owner, time)
        } else if let owner = callOfTalk[from] {
            consults(leg, in: owner, time)
        } else if let who = origin.owner {
            if leg.owner == nil { return dialsOutside(leg, from: origin, who, time) }
            legs[from]?.isInternal = true
            legs[leg.id]?.isInternal = true
            undecided.remove(from)
            setBusy(from, time)
        }
    }

    private mutating func target(_ leg: Leg, of owner: String) {
        callOfTarget[leg.id] = owner
        calls[owner]?.targets.insert(leg.id)
    }

    /// A phone or a line is dialled for the caller.
    private mutating func dials(_ leg: Leg, for owner: String, _ time: Timestamp) {
        with(owner) { translator, call in
            // The caller's own leg dials: it has left whom it talked with.
            if !call.talks.isEmpty, call.lostAt == nil { call.lostAt = time }
            translator.emitHandedOn(&call, to: leg.number, by: leg.owner)
            translator.offer(&call)
        }
        target(leg, of: owner)
    }

    /// An operator asks somebody while the caller waits.
    private mutating func consults(_ leg: Leg, in owner: String, _ time: Timestamp) {
        legs[leg.id]?.consultOf = owner
        with(owner) { translator, call in
            guard !call.isHeld else { return }
            call.isHeld = true
            call.isHeldToConsult = true
            translator.emit("call.held", &call, time)
        }
    }

    // MARK: Ringing

    mutating func progress(_ event: SwitchEvent, _ time: Timestamp) {
        meet(event, time)
        note(event)
        guard let id = event["Unique-ID"], let leg = legs[id], !leg.isIncoming, leg.ringAt == nil else { return }
        legs[id]?.ringAt = time
        guard leg.answeredAt == nil, let who = leg.owner else { return }
        guard let owner = callOfTarget[id] else {
            if leg.isInternal || leg.consultOf != nil { setBusy(id, time) }
            return
        }
        with(owner) { $0.ring(leg, who, &$1, time) }
    }

    private mutating func ring(_ leg: Leg, _ who: String, _ call: inout SwitchCall, _ time: Timestamp) {
        guard call.rings[leg.id] == nil, call.talks.isEmpty || call.lostAt != nil else { return }
        emitHandedOn(&call, by: who)
        call.isSentOn = false
        let isTaken = call.rings.values.contains { $0.who == who && $0.device == leg.device }
        let device = isTaken ? leg.device.map { String("\($0) \(leg.id)".prefix(120)) } : leg.device
        call.rings[leg.id] = .init(who: who, device: device)
        legs[leg.id]?.isServing = true
        emit("call.ringing", &call, time, [("operator", .text(who))] + (device.map { [("device", .text($0))] } ?? []))
    }

    /// A leg that was dialled for the call is over, or not wanted any more.
    private mutating func endTarget(_ id: String, cause: String?, _ time: Timestamp) {
        guard let owner = callOfTarget.removeValue(forKey: id) else { return }
        with(owner) { translator, call in
            call.targets.remove(id)
            guard let ring = call.rings.removeValue(forKey: id) else { return }
            let reason = Translator.reason(cause)
            // A caller who hangs up cancels it as well as a queue that tries another; somebody else who answers is
            // told by the answer.
            guard let reason, reason != "elsewhere" else {
                return call.endedRings.append(.init(ring: ring, at: time, reason: reason ?? "timeout"))
            }
            translator.emitUnanswered(ring, &call, time, reason)
        }
    }

    /// Why a ring ended; nil when the one who called gave up.
    private static func reason(_ cause: String?) -> String? {
        switch cause {
        case "ORIGINATOR_CANCEL", "NORMAL_CLEARING", "MANAGER_REQUEST", nil: nil
        case "LOSE_RACE", "PICKED_OFF", "CALL_AWARDED_DELIVERED": "elsewhere"
        case "USER_BUSY", "NORMAL_CIRCUIT_CONGESTION": "busy"
        case "CALL_REJECTED", "USER_CHALLENGE", "EXCHANGE_ROUTING_ERROR": "rejected"
        case "NO_ANSWER", "NO_USER_RESPONSE", "ALLOTTED_TIMEOUT", "PROGRESS_TIMEOUT", "MEDIA_TIMEOUT",
            "RECOVERY_ON_TIMER_EXPIRE":
            "timeout"
        default: "unreachable"
        }
    }

    mutating func emitUnanswered(
        _ ring: SwitchCall.Ring, _ call: inout SwitchCall, _ time: Timestamp, _ reason: String
    ) {
        offer(&call)
        append(
            "call.unanswered", &call, time,
            [("operator", .text(ring.who))] + (ring.device.map { [("device", .text($0))] } ?? []) + [
                ("reason", .text(reason))
            ])
    }

    mutating func emitEndedRings(_ call: inout SwitchCall) {
        let ended = call.endedRings
        call.endedRings = []
        for one in ended { emitUnanswered(one.ring, &call, one.at, one.reason) }
    }

    // MARK: Answers

    mutating func answered(_ event: SwitchEvent, _ time: Timestamp) {
        meet(event, time)
        note(event)
        guard let id = event["Unique-ID"], var leg = legs[id], leg.answeredAt == nil else { return }
        leg.answeredAt = time
        legs[id] = leg
        if leg.isIncoming { return }
        if let owner = callOfTarget[id] {
            if let who = leg.owner {
                // Two may pick up at once, and a call of a queue has one agent: the bridge tells which.
                guard !leg.asksToConfirm else { return }
                with(owner) { translator, call in
                    if call.talks.isEmpty || call.lostAt != nil { translator.answer(who, id, &call, time) }
                }
            } else {
                with(owner) { $0.connectOutside(leg, &$1, time) }
            }
        } else if leg.owner == nil, let owner = callOfParty[id] {
            with(owner) { $0.reached(&$1, time) }
        } else if leg.owner != nil, leg.isInternal || leg.consultOf != nil {
            setBusy(id, time)
        }
    }

    /// Nobody has the call: nobody picked up, the one who did has left, or was not the first and is not connected.
    func isOpen(_ call: SwitchCall) -> Bool {
        guard call.lostAt == nil, let talk = call.talks.last else { return true }
        return !call.isDialed && legs[talk.leg]?.mates.contains(where: { call.parties.contains($0) }) != true
    }

    mutating func answer(_ who: String, _ leg: String, _ call: inout SwitchCall, _ time: Timestamp) {
        emitHandedOn(&call, by: who)
        call.isQueued = false
        call.leftQueueAt = nil
        // Whoever else rang stops because of this.
        call.rings = [:]
        call.endedRings.removeAll { $0.reason == "timeout" || $0.reason == "elsewhere" }
        call.isHeld = false
        call.isHeldToConsult = false
        call.lostAt = nil
        call.sentTo = nil
        call.endedBy = nil
        call.isOutside = false
        call.isSentOn = false
        serve(leg, time)
        emit("call.answered", &call, time, [("operator", .text(who))])
        call.talks = [.init(leg: leg, who: who)]
    }

    /// The leg takes part in a customer's call from now on.
    mutating func serve(_ leg: String, _ time: Timestamp) {
        legs[leg]?.isServing = true
        legs[leg]?.isInternal = false
        legs[leg]?.consultOf = nil
        undecided.remove(leg)
        clearBusy(leg, time)
    }

    // MARK: The end

    mutating func hangup(_ event: SwitchEvent, _ time: Timestamp) {
        guard let id = event["Unique-ID"], let leg = legs[id] else { return }
        let cause = event["Hangup-Cause"], disposition = event["variable_sip_hangup_disposition"] ?? ""
        let isItsOwn = disposition.hasPrefix("recv_")
        endTarget(id, cause: cause, time)
        legs[id] = nil
        for mate in leg.mates { legs[mate]?.mates.removeAll { $0 == id } }
        if let partner = leg.partner { legs[partner]?.partner = nil }
        undecided.remove(id)
        clearBusy(leg, time)
        if leg.isAgents, leg.answeredAt != nil, let agent = leg.agent { beginWrapUp(agent, time) }
        if let owner = callOfTalk[id] { talkLeft(owner, leg, isItsOwn: isItsOwn, time) }
        if let owner = callOfPhone[id] { phoneLeft(owner, leg, cause: cause, isItsOwn: isItsOwn, time) }
        if let owner = callOfParty[id] { partyLeft(owner, leg, cause: cause, isItsOwn: isItsOwn, time) }
        if let owner = leg.consultOf { consultEnded(owner, time) }
        neverLeftTheHouse(leg, cause: cause, time)
    }

    /// The leg of an operator who talks in the call is over.
    private mutating func talkLeft(_ owner: String, _ leg: Leg, isItsOwn: Bool, _ time: Timestamp) {
        var ended: (at: Timestamp, cause: String?)?
        with(owner) { _, call in
            if isItsOwn, call.endedBy == nil { call.endedBy = "operator" }
            if !call.talks.contains(where: { $0.leg != leg.id }) { call.lostAt = call.lostAt ?? time }
            ended = call.ending
        }
        if let ended { finish(owner, cause: ended.cause, ended.at) }
    }

    /// The caller's leg is over, or a line outside is.
    private mutating func partyLeft(
        _ owner: String, _ leg: Leg, cause: String?, isItsOwn: Bool, _ time: Timestamp
    ) {
        guard let call = calls[owner] else { return }
        if call.isDialed { return lineLeft(owner, leg, cause: cause, isItsOwn: isItsOwn, time) }
        if cause == Translator.shutdown, call.talks.isEmpty { return stopped(owner, time) }
        settleEnd(owner, cause: cause, isItsOwn: isItsOwn, time)
    }

    /// Ends the call, or waits for the operator's leg, which tells who hung up first.
    mutating func settleEnd(_ owner: String, cause: String?, isItsOwn: Bool, _ time: Timestamp) {
        var isOver = true
        with(owner) { translator, call in
            let isTogether = call.lostAt.map { time - $0 <= Translator.togetherMs } ?? false
            if isItsOwn {
                if call.endedBy == nil || !isTogether { call.endedBy = "caller" }
            } else if call.endedBy == nil, call.lostAt == nil || isTogether,
                call.talks.contains(where: { translator.legs[$0.leg] != nil })
            {
                call.ending = (time, cause)
                isOver = false
            }
        }
        if isOver { finish(owner, cause: cause, time) }
    }

    mutating func finish(_ owner: String, cause: String?, _ time: Timestamp) {
        with(owner) { translator, call in
            if let left = call.lostAt, !call.isHeld, !call.talks.isEmpty {
                if let to = call.sentTo {
                    translator.emitHandedOn(&call, to: to)
                } else if !call.isDialed, time - left > Translator.togetherMs {
                    // The caller stayed behind in the dialplan, in a survey or a menu: the talk ended when the
                    // operator's leg did.
                    translator.emitHandedOn(&call, to: call.line)
                    call.endedBy = call.endedBy ?? "system"
                }
            }
            translator.emit(
                "call.ended", &call, time,
                [("by", .text(call.endedBy ?? "system"))] + (cause.map { [("cause", .text($0))] } ?? []))
        }
        drop(owner, time)
    }

    /// FreeSWITCH stops with a caller who talks with nobody: nobody knows what becomes of the caller.
    mutating func stopped(_ owner: String, _ time: Timestamp) {
        guard calls[owner]?.talks.isEmpty == true else { return }
        with(owner) { $0.endUnknown(&$1, time) }
        drop(owner, time)
    }
    static let shutdown = "SYSTEM_SHUTDOWN"

    private mutating func consultEnded(_ owner: String, _ time: Timestamp) {
        guard !legs.values.contains(where: { $0.consultOf == owner }) else { return }
        with(owner) { translator, call in
            // A colleague who cannot be reached leaves the two as they were.
            guard call.isHeldToConsult, call.lostAt == nil, call.ending == nil,
                call.talks.contains(where: { translator.legs[$0.leg] != nil })
            else { return }
            call.isHeld = false
            call.isHeldToConsult = false
            translator.emit("call.resumed", &call, time)
        }
    }

    /// Two hangups within this time are one. A call's two legs are hung up within some tens of milliseconds.
    static let togetherMs: Int64 = 500
}
