import AMI
import CallCenter

/// What happens to channels.
extension Translator {
    mutating func newChannel(_ frame: AMIFrame, _ time: Timestamp) {
        guard let id = frame["Uniqueid"], let linked = frame["Linkedid"], let name = frame["Channel"] else { return }
        channels[id] = Channel(id: id, linked: linked, name: name)
        calls[id]?.channelIsSeen = true
        // A call from outside begins its own chain of channels in a context of the trunk's; what operators dial themselves does not pop.
        guard id == linked, let context = frame["Context"], options.inboundContexts.contains(context), calls[id] == nil else { return }
        var call = BridgedCall(id: id, startedAt: time, channelIsSeen: true)
        call.line = frame.variable("CTI_DID").flatMap { $0.isEmpty ? nil : $0 } ?? frame["Exten"]
        call.caller.take(frame)
        calls[id] = call
    }

    mutating func noteCaller(_ frame: AMIFrame, _ time: Timestamp) {
        with(frame["Uniqueid"]) { translator, call in
            call.caller.take(frame)
            if let presentation = frame["Pres"] ?? frame["PresNum"], !presentation.isEmpty { call.caller.presentation = presentation }
            if let presentation = frame["CID-CallingPres"] { call.caller.presentation = Translator.presentation(ofCode: presentation) ?? call.caller.presentation }
            if let line = frame["Did"] ?? frame["Dnid"], !line.isEmpty, !call.isOffered { call.line = line }
            // A caller whose number is told when the call is under way: who it is may be another.
            if call.isOffered, frame.event == "NewCallerid", let number = call.caller.number, call.caller.fields.contains(where: { $0.name == "from" }) {
                translator.tell("call.identified", &call, time, [("from", .text(number))])
            }
        }
    }

    /// `0 (Presentation Allowed, Not Screened)`.
    static func presentation(ofCode text: String) -> String? {
        guard let code = Int(text.prefix { $0.isNumber }) else { return nil }
        switch code & 0x60 {
        case 0x20: return "prohib"
        case 0x40, 0x60: return "unavailable"
        default: return "allowed"
        }
    }

    mutating func localBridge(_ frame: AMIFrame) {
        guard let one = frame["LocalOneUniqueid"], let two = frame["LocalTwoUniqueid"] else { return }
        channels[one]?.partner = two
        channels[two]?.partner = one
    }

    mutating func newState(_ frame: AMIFrame, _ time: Timestamp) {
        guard let id = frame["Uniqueid"] else { return }
        channels[id]?.linked = frame["Linkedid"] ?? ""
        switch frame["ChannelStateDesc"] {
        case "Ringing": rings(id, time)
        case "Up": channels[id]?.isUp = true
        default: break
        }
    }

    mutating func dialBegin(_ frame: AMIFrame, _ time: Timestamp) {
        guard let to = frame["DestUniqueid"] else { return }
        if let from = frame["Uniqueid"] {
            channels[to]?.dialledBy = from
            channels[from]?.dials = to
            with(from) { translator, call in
                translator.settleQueue(&call)
                translator.settleTransfer(&call, to: to, time)
            }
        }
    }

    mutating func dialState(_ frame: AMIFrame, _ time: Timestamp) {
        if frame["DialStatus"] == "RINGING", let to = frame["DestUniqueid"] { rings(to, time) }
    }

    /// The phone of an operator rings: pops must not come for a phone that is dead, so this and not the attempt is what is told.
    private mutating func rings(_ id: String, _ time: Timestamp) {
        guard let channel = channels[id], !channel.hasRung, let caller = caller(ringing: channel), let who = operatorID(of: channel) else { return }
        channels[id]?.hasRung = true
        with(caller) { translator, call in translator.ring(who, &call, time) }
    }

    mutating func ring(_ who: String, _ call: inout BridgedCall, _ time: Timestamp) {
        guard call.talking != who, call.ringing.insert(who).inserted else { return }
        tell("call.ringing", &call, time, [("operator", .text(who))])
    }

    /// The incoming call for which a channel rings: the one it was dialled from, or that a queue tries it for.
    private func caller(ringing channel: Channel) -> String? {
        if let from = channel.dialledBy { return calls[from] == nil ? nil : from }
        guard calls[channel.linked] != nil, let who = operatorID(of: channel), calls[channel.linked]?.calling.contains(who) == true else { return nil }
        return channel.linked
    }

    /// Whose phone a channel is: a member's by its interface, otherwise the number of the house it belongs to.
    func operatorID(of channel: Channel) -> String? {
        if channel.name.hasPrefix("Local/") {
            let interface = channel.name.split(separator: ";").first.map(String.init) ?? channel.name
            let plain = interface.split(separator: "-").dropLast().joined(separator: "-")
            return operators[plain + "/n"] ?? operators[plain]
        }
        guard let peer = channel.peer else { return nil }
        if let technology = channel.name.split(separator: "/").first, let known = operators["\(technology)/\(peer)"] { return known }
        return peer.allSatisfy(\.isNumber) && peer.count <= 8 ? peer : nil
    }

    mutating func dialEnd(_ frame: AMIFrame, _ time: Timestamp) {
        guard let to = frame["DestUniqueid"], let channel = channels[to], let who = operatorID(of: channel) else { return }
        guard frame["DialStatus"] == "ANSWER" else {
            // Of a queue's attempt AgentRingNoAnswer tells more.
            with(frame["Uniqueid"]) { translator, call in
                guard !call.calling.contains(who) else { return }
                translator.endRing(who, &call, time, reason: Translator.reason(frame["DialStatus"]))
            }
            return
        }
        with(frame["Uniqueid"]) { translator, call in
            // Of a queue's attempt AgentConnect says when the two are joined.
            guard !call.calling.contains(who) else { return }
            translator.answer(who, channel: to, &call, time)
        }
    }

    private static func reason(_ status: String?) -> String {
        switch status {
        case "BUSY": "busy"
        case "CHANUNAVAIL", "CONGESTION": "unreachable"
        default: "timeout"
        }
    }

    mutating func endRing(_ who: String, _ call: inout BridgedCall, _ time: Timestamp, reason: String) {
        guard call.ringing.remove(who) != nil else { return }
        tell("call.unanswered", &call, time, [("operator", .text(who)), ("reason", .text(reason))])
    }

    mutating func answer(_ who: String, channel: String?, _ call: inout BridgedCall, _ time: Timestamp) {
        call.isQueued = false
        call.ringing = []
        call.calling = []
        call.talking = who
        call.talkingChannel = channel
        call.isHeld = false
        call.leftQueueAt = nil
        call.operatorLeftAt = nil
        call.endedBy = nil
        tell("call.answered", &call, time, [("operator", .text(who))])
    }

    mutating func hold(_ frame: AMIFrame, _ time: Timestamp, _ isHeld: Bool) {
        guard let id = frame["Uniqueid"], let channel = channels[id], let who = operatorID(of: channel) else { return }
        let caller = call(of: channel, talking: who)
        with(caller) { translator, call in
            // A REFER shows an Unhold without a hold before it.
            guard call.isHeld != isHeld else { return }
            call.isHeld = isHeld
            translator.tell(isHeld ? "call.held" : "call.resumed", &call, time)
        }
    }

    /// The call that an operator's channel talks with.
    private func call(of channel: Channel, talking who: String) -> String? {
        if let call = calls[channel.linked], call.talking == who { return call.id }
        return calls.values.first { $0.talkingChannel == channel.id }?.id
    }

    // MARK: The end

    mutating func hangupRequest(_ frame: AMIFrame) {
        guard let id = frame["Uniqueid"] else { return }
        channels[id]?.hangupRequested = true
        if calls[id] != nil {
            note(end: "caller", of: id)
        } else if let channel = channels[id], let who = operatorID(of: channel), let caller = call(of: channel, talking: who) {
            note(end: "operator", of: caller)
        }
    }

    /// Who asked first is who ended it.
    mutating func note(end who: String, of id: String) {
        with(id) { _, call in if call.endedBy == nil { call.endedBy = who } }
    }

    mutating func hangup(_ frame: AMIFrame, _ time: Timestamp) {
        guard let id = frame["Uniqueid"] else { return }
        if calls[id] != nil {
            with(id) { translator, call in
                if call.isThrownOut, call.endedBy == nil, call.leftQueueAt != nil {
                    translator.thrownOut.append((call, frame["Cause"], time))
                } else {
                    translator.end(&call, cause: frame["Cause"], time)
                }
            }
            calls[id] = nil
        } else if let channel = channels[id], let who = operatorID(of: channel) {
            if let caller = call(of: channel, talking: who), calls[caller]?.talkingChannel == id || calls[caller]?.talkingChannel == nil {
                calls[caller]?.operatorLeftAt = time
            }
            // A phone that stopped ringing without its queue saying so.
            with(channel.dialledBy) { translator, call in
                guard !call.calling.contains(who), !channel.isUp else { return }
                translator.endRing(who, &call, time, reason: frame["Cause"] == "17" ? "busy" : "timeout")
            }
        }
        channels[id] = nil
    }

    mutating func softHangup(_ frame: AMIFrame) {
        with(frame["Uniqueid"]) { _, call in if call.isQueued { call.isThrownOut = true } }
    }

    mutating func end(_ call: inout BridgedCall, cause: String?, _ time: Timestamp) {
        if let left = call.leftQueueAt {
            call.leftQueueAt = nil
            // QueueCallerAbandon comes at a queue's timeout too; the caller gave up only when the caller asked for the end.
            if call.endedBy == nil, let queue = call.queue { tell("call.dequeued", &call, left, [("queue", .text(queue)), ("reason", .text("timeout"))]) }
        }
        if let left = call.operatorLeftAt, time - left > Translator.togetherMs {
            // The caller stayed behind in the dialplan, in a survey or a menu: the talk ended when the operator's leg did.
            tell("call.transferred", &call, left, [("to", .text(call.line ?? "s")), ("kind", .text("blind"))])
        }
        tell("call.ended", &call, time, [("by", .text(call.endedBy ?? "system"))] + (cause.map { [("cause", .text($0))] } ?? []))
    }

    /// Within so many milliseconds two ends are one. A call's two channels are hung up within some tens.
    static let togetherMs: Int64 = 500
}
