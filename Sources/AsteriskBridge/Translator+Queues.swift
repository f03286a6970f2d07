import AMI
import BridgeCore
import CallCenter

/// Events of queues about calls.
extension Translator {
    mutating func join(_ frame: AMIFrame, _ time: Timestamp) {
        guard let id = frame["Uniqueid"], let queue = frame["Queue"], !queue.isEmpty else { return }
        let owner = callOfParty[id] ?? (channels[id]?.isLocal == true ? callOf(id) : nil)
        if owner == nil {
            if let channel = channels[id], operatorID(of: channel) != nil { return joinsItself(id, queue, time) }
            // Nobody else dials a queue but callers, whatever the context; and without the class `call` this is the
            // first of it.
            var call = BridgedCall(id: id, startedAt: time, channelIsSeen: channels[id] != nil)
            call.line = frame.variable("CTI_DID").flatMap { $0.isEmpty ? nil : $0 } ?? frame["Exten"]
            add(call)
        }
        with(owner ?? id) { translator, call in
            // What the lists told already.
            if call.isQueued, call.queue == queue { return }
            if !call.isOffered { call.caller.update(frame) }
            translator.wait(&call, in: queue, position: frame["Position"].flatMap(Int64.init), time)
        }
    }

    /// It waits in a queue from now on.
    mutating func wait(_ call: inout BridgedCall, in queue: String, position: Int64?, _ time: Timestamp) {
        settleQueue(&call)
        settleExit(&call)
        if !call.talks.isEmpty {
            // It left its operator without an event: a transfer.
            call.handedOn = call.handedOn ?? .init(to: queue, at: call.lostAt ?? time)
        }
        emitHandedOn(&call, queue: queue)
        call.queue = queue
        call.isQueued = true
        call.waitingSince = nil
        call.talks = []
        call.lostAt = nil
        call.isHeld = false
        call.isOutside = false
        call.isSentOn = false
        call.rings = [:]
        call.calling = []
        call.endedBy = nil
        var fields: [(name: String, value: BridgeEvent.Value)] = [("queue", .text(queue))]
        if let position, position >= 0 { fields.append(("position", .number(position))) }
        emit("call.queued", &call, time, fields)
    }

    /// An operator calls a queue, which is no caller's visit.
    private mutating func joinsItself(_ id: String, _ queue: String, _ time: Timestamp) {
        undecided.remove(id)
        channels[id]?.asksIn = queue
        channels[id]?.isInternal = true
        noteUse(component(of: [id]), time)
    }

    /// The call of a channel that waits in a queue: its own, or the caller's behind a Local channel.
    private func waiting(_ frame: AMIFrame) -> String? {
        guard let id = frame["Uniqueid"] else { return nil }
        return callOfParty[id] ?? (calls[id] != nil ? id : channels[id]?.isLocal == true ? callOf(id) : nil)
    }

    mutating func abandon(_ frame: AMIFrame, _ time: Timestamp) {
        guard let id = waiting(frame) else { return }
        var isOver = false
        with(id) { translator, call in
            call.leftQueueAt = time
            call.isQueued = false
            call.rings = [:]
            call.calling = []
            guard !call.channelIsSeen else { return }
            // No further event about this call will come.
            call.leftQueueAt = nil
            translator.emit("call.ended", &call, time, [("by", .text("caller"))])
            isOver = true
        }
        if isOver { drop(id) }
    }

    /// It leaves the queue: to be connected, as given up, or by a key.
    mutating func leave(_ frame: AMIFrame, _ time: Timestamp) {
        with(waiting(frame)) { translator, call in
            guard call.isQueued, call.leftQueueAt == nil, call.channelIsSeen else { return }
            // A member has picked up: the queue says in a moment who.
            let isAnswered = call.parties.contains { party in
                translator.channels[party]?.dials.contains { translator.channels[$0]?.isUp == true } == true
            }
            if !isAnswered { call.tookExitAt = time }
        }
    }

    mutating func agentCalled(_ frame: AMIFrame, _ time: Timestamp) {
        guard let who = noteMember(frame, time), let id = waiting(frame) else { return }
        calls[id]?.calling.insert(who)
        follow([frame["DestUniqueid"], frame["Uniqueid"]].compactMap(\.self), time)
    }

    mutating func agentConnect(_ frame: AMIFrame, _ time: Timestamp) {
        guard let who = noteMember(frame, time), let id = waiting(frame), let interface = frame["Interface"] else {
            return
        }
        connected[interface] = id
        with(id) { translator, call in
            call.tookExitAt = nil
            call.leftQueueAt = nil
            // The phone that answered need not be the one that the queue called; the bridge of both follows a moment
            // later.
            let channel = frame["DestUniqueid"]
            guard call.channelIsSeen else { return translator.answer(who, channel: channel, &call, time) }
            call.connecting = (who, channel, time)
        }
    }

    mutating func agentRingNoAnswer(_ frame: AMIFrame, _ time: Timestamp) {
        guard let who = noteMember(frame, time) else { return }
        with(waiting(frame)) { translator, call in
            call.calling.remove(who)
            // RingTime 0: the phone refused.
            let isRefused = frame["RingTime"] == "0"
            for i in call.endedRings.indices where call.endedRings[i].ring.who == who && isRefused {
                call.endedRings[i].reason = "rejected"
            }
            for (id, ring) in call.rings
            where ring.who == who && (!call.channelIsSeen || translator.channels[id] == nil) {
                call.rings[id] = nil
                call.endedRings.append(.init(ring: ring, at: time, reason: isRefused ? "rejected" : "timeout"))
            }
            translator.emitEndedRings(&call)
        }
    }

    /// The end of an operator's part. It matters only where the channels' own ends are not seen, and does not always
    /// say whose call it was.
    mutating func agentComplete(_ frame: AMIFrame, _ time: Timestamp) {
        guard let interface = frame["Interface"] else { return }
        let id = frame["Uniqueid"].flatMap { calls[$0] == nil ? nil : $0 } ?? connected[interface]
        connected[interface] = nil
        guard let id, let call = calls[id], !call.channelIsSeen else {
            if let id, frame["Reason"] == "agent" { note(end: "operator", of: id) }
            return
        }
        with(id) { translator, call in
            if frame["Reason"] == "transfer" {
                translator.emit(
                    "call.transferred", &call, time, [("to", .text(frame["Exten"] ?? "s")), ("kind", .text("blind"))])
            }
            translator.emit(
                "call.ended", &call, time, [("by", .text(frame["Reason"] == "agent" ? "operator" : "caller"))])
        }
        drop(id)
    }
}
