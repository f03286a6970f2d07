import CallCenter

/// Recomputes where calls are, after the connections between channels changed.
extension Translator {
    /// Recomputes all calls that are connected with these channels.
    mutating func follow(_ ids: some Collection<String>, _ time: Timestamp) {
        let around = component(of: Array(ids)).union(ids)
        let owners = Set(around.compactMap { callOfParty[$0] ?? callOfPhone[$0] })
        for owner in owners.sorted() { with(owner) { $0.follow(&$1, time) } }
        noteUse(around, time)
    }

    private mutating func follow(_ call: inout BridgedCall, _ time: Timestamp) {
        guard call.channelIsSeen else { return }
        var rings: [(channel: String, who: String)] = [], talks: [BridgedCall.Talk] = [], others: [String] = []
        for party in call.parties {
            let reach = reach(party)
            for (id, local) in reach.rings { if let who = operatorID(of: id, by: local) { rings.append((id, who)) } }
            for (id, local) in reach.talks {
                if let who = operatorID(of: id, by: local) {
                    if !talks.contains(where: { $0.who == who }) { talks.append(.init(channel: id, who: who)) }
                } else if isOutside(id) {
                    others.append(id)
                }
            }
            if !talks.isEmpty { break }
        }
        for (id, who) in rings where call.rings[id] == nil && !call.talks.contains(where: { $0.who == who }) {
            ring(who, channel: id, &call, time)
        }
        talk(&call, talks, others, time)
    }

    // MARK: Ringing

    mutating func ring(
        _ who: String, channel id: String, device: String? = nil, _ call: inout BridgedCall, _ time: Timestamp
    ) {
        settleQueue(&call)
        settleExit(&call)
        settleLoss(&call, time)
        emitHandedOn(&call, by: who)
        call.isSentOn = false
        let device = device ?? self.device(of: id, who, call)
        channels[id]?.hasServed = true
        call.rings[id] = .init(who: who, device: device)
        callOfRing[id] = call.id
        emit("call.ringing", &call, time, [("operator", .text(who))] + (device.map { [("device", .text($0))] } ?? []))
    }

    /// `PJSIP/101`; where several phones share the endpoint, with the address or the number of each.
    private func device(of id: String, _ who: String, _ call: BridgedCall) -> String? {
        guard let channel = channels[id], !channel.isLocal else { return nil }
        let taken = Set(call.rings.values.filter { $0.who == who }.compactMap(\.device))
        if let dialled = channel.dialString, dialled.contains("/sip") {
            let whole = dialled.hasPrefix(channel.technology + "/") ? dialled : "\(channel.technology)/\(dialled)"
            if !taken.contains(whole) { return whole }
        }
        return taken.contains(channel.device) ? channel.name : channel.device
    }

    /// A phone stopped ringing.
    mutating func endRings(of id: String, cause: String?, _ time: Timestamp) {
        guard let channel = channels[id], let owner = callOfRing.removeValue(forKey: id) else { return }
        with(owner) { translator, call in
            guard let ring = call.rings.removeValue(forKey: id) else { return }
            let reason = Translator.reason(channel.dialStatus, cause: cause)
            let isSaid = reason != "timeout" && reason != "elsewhere" || channel.dialStatus == "NOANSWER"
            // For a queue's attempt AgentRingNoAnswer has the details. For a cancelled attempt the reason is not known
            // yet, and for one that another member answered the answer itself reports it.
            guard isSaid, !call.calling.contains(ring.who) else {
                return call.endedRings.append(.init(ring: ring, at: time, reason: reason))
            }
            translator.emitUnanswered(ring, &call, time, reason)
        }
    }

    private static func reason(_ status: String?, cause: String?) -> String {
        switch (status, cause) {
        // Answered elsewhere.
        case (_, "26"): "elsewhere"
        case (_, "21"): "rejected"
        case ("BUSY", _), (_, "17"): "busy"
        case ("CHANUNAVAIL", _), ("CONGESTION", _), (_, "20"): "unreachable"
        default: "timeout"
        }
    }

    mutating func emitUnanswered(
        _ ring: BridgedCall.Ring, _ call: inout BridgedCall, _ time: Timestamp, _ reason: String
    ) {
        offer(&call)
        append(
            "call.unanswered", &call, time,
            [("operator", .text(ring.who))] + (ring.device.map { [("device", .text($0))] } ?? []) + [
                ("reason", .text(reason))
            ])
    }

    mutating func emitEndedRings(_ call: inout BridgedCall) {
        let ended = call.endedRings
        call.endedRings = []
        for one in ended { emitUnanswered(one.ring, &call, one.at, one.reason) }
    }

    // MARK: Talking

    /// - Parameters:
    ///   - talks: operators who are bridged with the caller now.
    ///   - others: external channels that are.
    private mutating func talk(
        _ call: inout BridgedCall, _ talks: [BridgedCall.Talk], _ others: [String], _ time: Timestamp
    ) {
        guard !talks.isEmpty else { return withoutOperator(&call, others, time) }
        let new = talks.filter { talk in !call.talks.contains { $0.who == talk.who } }
        var gone = call.talks.filter { talk in !talks.contains { $0.who == talk.who } }
        for talk in talks { if let channel = talk.channel { channels[channel]?.hasServed = true } }
        if call.lostAt != nil, gone.count < call.talks.count {
            call.lostAt = nil
            if call.isHeld, !call.talks.isEmpty {
                call.isHeld = false
                emit("call.resumed", &call, time)
            }
        }
        if new.isEmpty, gone.isEmpty {
            call.talks = talks
            return
        }
        for talk in new {
            if call.isParked {
                retrieve(&call, talk.who, time)
            } else if call.isDialed, !call.isReached {
                reached(&call, moment(of: call.parties.first { channels[$0]?.isUp == true }, call, time))
                if talk.who != call.dialedBy {
                    emit("call.transferred", &call, time, [("operator", .text(talk.who)), ("kind", .text("attended"))])
                }
            } else if !gone.isEmpty {
                gone.removeFirst()
                passOn(&call, to: talk.who, time)
            } else {
                answer(talk.who, &call, moment(of: talk.channel, call, time))
            }
        }
        // One of several left the others with the caller.
        if !gone.isEmpty, new.isEmpty, let stays = talks.last {
            emit("call.transferred", &call, time, [("operator", .text(stays.who)), ("kind", .text("attended"))])
        }
        call.talks = talks
        call.lostAt = nil
        call.isHeld = false
    }

    /// When a dialled phone answered, from its own event: on a busy PBX the bridge follows later.
    private func moment(of id: String?, _ call: BridgedCall, _ time: Timestamp) -> Timestamp {
        guard let channel = id.flatMap({ channels[$0] }), !channel.isIncoming, let up = channel.upAt,
            time - up <= Translator.exitAfterMs
        else { return time }
        return max(up, call.toldUpTo ?? up)
    }

    /// From one operator to the next without a moment between.
    private mutating func passOn(_ call: inout BridgedCall, to who: String, _ time: Timestamp) {
        let rang = call.rings.values.contains { $0.who == who }
        call.endedBy = nil
        emit("call.transferred", &call, time, [("operator", .text(who)), ("kind", .text(rang ? "blind" : "attended"))])
        if rang { answer(who, &call, time) }
        call.rings = [:]
    }

    private mutating func withoutOperator(_ call: inout BridgedCall, _ others: [String], _ time: Timestamp) {
        guard let other = others.first, let channel = channels[other] else {
            if !call.talks.isEmpty, call.lostAt == nil { call.lostAt = time }
            return
        }
        // Two external parties were connected: the operator's part in both calls is over.
        if call.isDialed { return leaveToOthers(&call, time) }
        guard !call.isOutside else { return }
        call.isOutside = true
        settleExit(&call)
        settleQueue(&call)
        let kind = call.talks.isEmpty ? "blind" : "attended"
        if call.handedOn != nil {
            emitHandedOn(&call)
        } else if !call.isSentOn {
            emit("call.transferred", &call, time, [("to", .text(number(of: channel) ?? "s")), ("kind", .text(kind))])
        }
        call.isQueued = false
        call.talks = []
        call.rings = [:]
        call.calling = []
        call.lostAt = nil
        call.isHeld = false
    }

    mutating func answer(_ who: String, channel: String? = nil, _ call: inout BridgedCall, _ time: Timestamp) {
        settleExit(&call)
        settleQueue(&call)
        settleLoss(&call, time)
        emitHandedOn(&call)
        call.isQueued = false
        // Whoever else rang stops because of this.
        call.rings = [:]
        call.endedRings.removeAll { $0.reason == "timeout" || $0.reason == "elsewhere" }
        call.calling = []
        call.connecting = nil
        call.isHeld = false
        call.lostAt = nil
        call.endedBy = nil
        call.isOutside = false
        call.isSentOn = false
        emit("call.answered", &call, time, [("operator", .text(who))])
        call.talks.append(.init(channel: channel, who: who))
    }
}
