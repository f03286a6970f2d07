import AMI
import CallCenter

/// Events about channels.
extension Translator {
    mutating func newChannel(_ frame: AMIFrame, _ time: Timestamp) {
        guard let id = frame["Uniqueid"], let linked = frame["Linkedid"], let name = frame["Channel"],
            let context = frame["Context"]
        else { return }
        let channel = Channel(
            id: id, linked: linked, name: name, context: context, exten: frame["Exten"],
            isIncoming: frame["ChannelStateDesc"] == "Ring" || (frame["ChannelStateDesc"] == "Up" && id == linked),
            startedAt: time, number: frame["CallerIDNum"].flatMap { $0 == CallerIdentity.unknown ? nil : $0 })
        addChannel(channel)
        if !channel.isLocal {
            if contexts.count > Translator.contextsMax { contexts = [:] }
            contexts[channel.device] = context
        }
        calls[id]?.channelIsSeen = true
        unseen.remove(id)
        guard id == linked, calls[id] == nil, !channel.isLocal else { return }
        guard isFromOutside(channel) else {
            if operatorID(of: channel) != nil { undecided.insert(id) }
            return
        }
        var call = BridgedCall(id: id, startedAt: time, channelIsSeen: true)
        call.line = frame.variable("CTI_DID").flatMap { $0.isEmpty ? nil : $0 } ?? frame["Exten"]
        call.caller.update(frame)
        add(call)
    }

    /// A call from outside begins its own chain of channels, in a context of the trunk's. In a context that nobody
    /// named it is one when its number is no number of the centre.
    func isFromOutside(_ channel: Channel) -> Bool {
        guard channel.isIncoming, isOutside(channel) else { return false }
        if endpointRules.isInbound(channel.context) { return true }
        guard !endpointRules.isOwn(channel.context) else { return false }
        let digits = channel.number?.filter { $0.isNumber } ?? ""
        return digits.count > EndpointRules.digitsMax
    }

    mutating func noteCaller(_ frame: AMIFrame, _ time: Timestamp, isNewNumber: Bool) {
        guard let id = frame["Uniqueid"], calls[id]?.isDialed != true else { return }
        with(id) { translator, call in
            let before = call.caller.number
            call.caller.update(frame)
            if let presentation = frame["Pres"] ?? frame["PresNum"], !presentation.isEmpty {
                call.caller.presentation = presentation
            }
            if let presentation = frame["CID-CallingPres"] {
                call.caller.presentation = Translator.presentation(ofCode: presentation) ?? call.caller.presentation
            }
            if let line = frame["Did"] ?? frame["Dnid"], !line.isEmpty, !call.isOffered { call.line = line }
            // A number that arrives during the call may identify another caller. A dialplan that writes the line before
            // the name changes nothing.
            if call.isOffered, isNewNumber, let number = call.caller.number, number != before,
                call.caller.fields.contains(where: { $0.name == "from" })
            {
                translator.emit("call.identified", &call, time, [("from", .text(number))])
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

    /// A channel replaces another, and gets its name.
    mutating func rename(_ frame: AMIFrame) {
        guard let id = frame["Uniqueid"], let name = frame["Newname"], var channel = channels[id] else { return }
        if channel.isLocal { localHalves[channel.name] = nil }
        channel.name = name
        if channel.isLocal { localHalves[name] = id }
        channels[id] = channel
    }

    mutating func newState(_ frame: AMIFrame, _ time: Timestamp) {
        guard let id = frame["Uniqueid"], channels[id] != nil else { return }
        channels[id]?.linked = frame["Linkedid"] ?? ""
        switch frame["ChannelStateDesc"] {
        case "Ringing": rings(id, time)
        case "Up":
            channels[id]?.isUp = true
            channels[id]?.upAt = time
            follow([id], time)
        default: break
        }
    }

    private mutating func rings(_ id: String, _ time: Timestamp) {
        guard let channel = channels[id], channel.ringAt == nil else { return }
        channels[id]?.ringAt = time
        follow([id], time)
    }

    // MARK: Attempts

    mutating func dialBegin(_ frame: AMIFrame, _ time: Timestamp) {
        guard let to = frame["DestUniqueid"] else { return }
        channels[to]?.dialString = frame["DialString"]
        guard let from = frame["Uniqueid"] else { return }
        dial(from, to)
        if let dialled = channels[to], isOutside(dialled) {
            dialsOutside(to, exten: frame["Exten"], number: frame["CallerIDNum"], time)
        }
        if let owner = callOfParty[from] ?? root(of: to).flatMap({ callOfParty[$0] }) {
            with(owner) { translator, call in
                translator.settleQueue(&call)
                translator.settleLoss(&call, time)
            }
        }
        follow([from, to], time)
    }

    mutating func dialState(_ frame: AMIFrame, _ time: Timestamp) {
        if frame["DialStatus"] == "RINGING", let to = frame["DestUniqueid"] { rings(to, time) }
    }

    mutating func dialEnd(_ frame: AMIFrame, _ time: Timestamp) {
        guard let to = frame["DestUniqueid"], channels[to] != nil else { return }
        let status = frame["DialStatus"] ?? ""
        guard status != "ANSWER" else { return }
        // An unanswered ring is reported twice; the first report has the reason.
        if channels[to]?.dialStatus == nil, !status.isEmpty { channels[to]?.dialStatus = status }
        let before = component(of: [to])
        endDial(to)
        follow(before, time)
    }

    // MARK: Bridges

    mutating func bridgeEnter(_ frame: AMIFrame, _ time: Timestamp) {
        guard let id = frame["Uniqueid"], let name = frame["BridgeUniqueid"], channels[id] != nil else { return }
        let before = component(of: [id])
        channels[id]?.linked = frame["Linkedid"] ?? ""
        enterBridge(id, name, isHolding: frame["BridgeTechnology"] == "holding_bridge")
        follow(before.union([id]), time)
    }

    mutating func bridgeLeave(_ frame: AMIFrame, _ time: Timestamp) {
        guard let id = frame["Uniqueid"], channels[id]?.bridge == frame["BridgeUniqueid"] else { return }
        let before = component(of: [id])
        leaveBridge(id)
        follow(before, time)
    }

    mutating func hold(_ frame: AMIFrame, _ time: Timestamp, _ isHeld: Bool) {
        guard let id = frame["Uniqueid"], let call = callTalking(on: id) else { return }
        with(call) { translator, call in
            // A REFER shows an Unhold without a hold before it.
            guard call.isHeld != isHeld else { return }
            call.isHeld = isHeld
            translator.emit(isHeld ? "call.held" : "call.resumed", &call, time)
        }
    }

    /// The call that an operator's channel talks with.
    func callTalking(on id: String) -> String? {
        if let dialed = callOfPhone[id] { return dialed }
        guard let channel = channels[id], channel.hasServed else { return nil }
        func talks(_ call: BridgedCall) -> Bool { call.talks.contains { $0.channel == id } }
        if let call = calls[channel.linked], talks(call) { return call.id }
        return callOfTalk[id]
    }

    // MARK: The end

    mutating func hangupRequest(_ frame: AMIFrame) {
        guard let id = frame["Uniqueid"] else { return }
        if let call = callOfParty[id] {
            // A line outside that is busy or dead asks for its end as well.
            if calls[call]?.isDialed != true || calls[call]?.isReached == true { note(end: "caller", of: call) }
        } else if let call = callTalking(on: id) {
            note(end: "operator", of: call)
        }
    }

    /// The first channel that requested the hangup ended the call.
    mutating func note(end who: String, of id: String) {
        with(id) { _, call in if call.endedBy == nil { call.endedBy = who } }
    }

    mutating func hangup(_ frame: AMIFrame, _ time: Timestamp) {
        guard let id = frame["Uniqueid"] else { return }
        hangup(id, cause: frame["Cause"], exten: frame["Exten"], time)
    }

    mutating func hangup(_ id: String, cause: String?, exten: String?, _ time: Timestamp) {
        let around = component(of: [id])
        let party = callOfParty[id], dialed = callOfPhone[id], last = channels[id]
        if party == nil { endRings(of: id, cause: cause, time) }
        removeChannel(id)
        undecided.remove(id)
        endUse(of: last, time)
        if let dialed { phoneLeft(dialed, last, cause: cause, time) }
        if let party { partyLeft(party, id, cause: cause, exten: exten, time) }
        if party == nil, dialed == nil, let last, last.isIncoming { neverLeftTheHouse(last, cause: cause, time) }
        follow(around.subtracting([id]), time)
    }

    private mutating func partyLeft(_ owner: String, _ id: String, cause: String?, exten: String?, _ time: Timestamp) {
        guard calls[owner]?.isDialed != true else { return lineLeft(owner, id, cause: cause, time) }
        with(owner) { translator, call in
            if call.isThrownOut, call.endedBy == nil, call.leftQueueAt != nil {
                translator.thrownOut.append((call, cause, time))
            } else {
                translator.end(&call, cause: cause, time, exten: exten)
            }
        }
        drop(owner)
    }

    mutating func softHangup(_ frame: AMIFrame) {
        with(frame["Uniqueid"]) { _, call in if call.isQueued { call.isThrownOut = true } }
    }

    /// - Parameter exten: where in the dialplan the caller was at last.
    mutating func end(_ call: inout BridgedCall, cause: String?, _ time: Timestamp, exten: String? = nil) {
        // A talk that ended before its bridge was seen counts as a talk.
        settleConnecting(&call)
        settleExit(&call)
        if let left = call.leftQueueAt {
            call.leftQueueAt = nil
            // QueueCallerAbandon comes at a queue's timeout too; the caller gave up only when the caller asked for
            // the end.
            if call.endedBy == nil, let queue = call.queue {
                emit("call.dequeued", &call, left, [("queue", .text(queue)), ("reason", .text("timeout"))])
            }
        }
        emitHandedOn(&call)
        if let left = call.lostAt, !call.isHeld, !call.isDialed, time - left > Translator.togetherMs,
            !call.talks.contains(where: { isThere($0) })
        {
            // The caller stayed behind in the dialplan, in a survey or a menu: the talk ended when the operator's leg
            // did.
            emit("call.transferred", &call, left, [("to", .text(exten ?? call.line ?? "s")), ("kind", .text("blind"))])
        }
        if call.isDoubtful, call.talks.isEmpty { return endUnknown(&call, time) }
        emit(
            "call.ended", &call, time,
            [("by", .text(call.endedBy ?? "system"))] + (cause.map { [("cause", .text($0))] } ?? []))
    }

    func isThere(_ talk: BridgedCall.Talk) -> Bool { talk.channel.map { channels[$0] != nil } ?? false }

    /// Maximum of endpoints whose context is remembered: more than a PBX has.
    static let contextsMax = 10_000
    /// Two hangups within this time are one. A call's two channels are hung up within some tens of milliseconds.
    static let togetherMs: Int64 = 500
}
