import AMI
import CallCenter

/// What queues do with calls.
extension Translator {
    mutating func join(_ frame: AMIFrame, _ time: Timestamp) {
        guard let id = frame["Uniqueid"], let queue = frame["Queue"], !queue.isEmpty else { return }
        if calls[id] == nil {
            // Nobody dials a queue but callers, whatever the context; and without the class `call` this is the first of it.
            var call = BridgedCall(id: id, startedAt: time, channelIsSeen: channels[id] != nil)
            call.line = frame.variable("CTI_DID").flatMap { $0.isEmpty ? nil : $0 } ?? frame["Exten"]
            calls[id] = call
        }
        with(id) { translator, call in
            // What the lists told already.
            if call.isQueued, call.queue == queue { return }
            if !call.isOffered { call.caller.take(frame) }
            translator.settleQueue(&call)
            translator.settleTransfer(&call, to: nil, time)
            call.queue = queue
            call.isQueued = true
            call.waitingSince = nil
            call.talking = nil
            call.talkingChannel = nil
            call.ringing = []
            call.calling = []
            call.endedBy = nil
            var fields: [(name: String, value: BridgeEvent.Value)] = [("queue", .text(queue))]
            if let position = frame["Position"].flatMap(Int64.init), position >= 0 { fields.append(("position", .number(position))) }
            translator.tell("call.queued", &call, time, fields)
        }
    }

    mutating func abandon(_ frame: AMIFrame, _ time: Timestamp) {
        guard let id = frame["Uniqueid"] else { return }
        var isOver = false
        with(id) { translator, call in
            call.leftQueueAt = time
            call.isQueued = false
            call.ringing = []
            call.calling = []
            guard !call.channelIsSeen else { return }
            // Nothing else will be heard of this call.
            call.leftQueueAt = nil
            translator.tell("call.ended", &call, time, [("by", .text("caller"))])
            isOver = true
        }
        if isOver { calls[id] = nil }
    }

    /// The call goes on although its queue gave it up: it was the queue's timeout.
    mutating func settleQueue(_ call: inout BridgedCall) {
        guard let left = call.leftQueueAt, let queue = call.queue else { return }
        call.leftQueueAt = nil
        tell("call.dequeued", &call, left, [("queue", .text(queue)), ("reason", .text("timeout"))])
    }

    mutating func agentCalled(_ frame: AMIFrame, _ time: Timestamp) {
        guard let who = noteMember(frame, time), let id = frame["Uniqueid"] else { return }
        calls[id]?.calling.insert(who)
        if let to = frame["DestUniqueid"], channels[to]?.hasRung == true { with(id) { $0.ring(who, &$1, time) } }
    }

    mutating func agentConnect(_ frame: AMIFrame, _ time: Timestamp) {
        guard let who = noteMember(frame, time), let id = frame["Uniqueid"], let interface = frame["Interface"] else { return }
        connected[interface] = id
        with(id) { translator, call in translator.answer(who, channel: frame["DestUniqueid"], &call, time) }
    }

    mutating func agentRingNoAnswer(_ frame: AMIFrame, _ time: Timestamp) {
        guard let who = noteMember(frame, time) else { return }
        with(frame["Uniqueid"]) { translator, call in
            call.calling.remove(who)
            // RingTime 0: the phone refused.
            translator.endRing(who, &call, time, reason: frame["RingTime"] == "0" ? "rejected" : "timeout")
        }
    }

    /// The end of an operator's part. It matters only where the channels' own ends are not seen, and does not always say whose call it was.
    mutating func agentComplete(_ frame: AMIFrame, _ time: Timestamp) {
        guard let interface = frame["Interface"] else { return }
        let id = frame["Uniqueid"] ?? connected[interface]
        connected[interface] = nil
        guard let id, let call = calls[id], !call.channelIsSeen else {
            if let id, frame["Reason"] == "agent" { note(end: "operator", of: id) }
            return
        }
        with(id) { translator, call in
            if frame["Reason"] == "transfer" {
                translator.tell("call.transferred", &call, time, [("to", .text(frame["Exten"] ?? "s")), ("kind", .text("blind"))])
            }
            translator.tell("call.ended", &call, time, [("by", .text(frame["Reason"] == "agent" ? "operator" : "caller"))])
        }
        calls[id] = nil
    }
}
