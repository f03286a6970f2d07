import BridgeCore
import CallCenter

/// Events of mod_callcenter about calls.
extension Translator {
    static func queueName(_ event: SwitchEvent) -> String? {
        event["CC-Queue"].map { String($0.prefix { $0 != "@" }) }.flatMap {
            $0.isEmpty || $0.utf8.count > 128 ? nil : $0
        }
    }

    mutating func queueStart(_ event: SwitchEvent, _ time: Timestamp) {
        guard let id = event["CC-Member-Session-UUID"], id.utf8.count <= 100, let queue = Translator.queueName(event)
        else { return }
        if callOfParty[id] == nil {
            if legs[id]?.owner != nil { return joinsItself(id, time) }
            if legs[id] == nil, event["Unique-ID"] == id { create(event, time) }
            // Nobody else dials a queue but callers.
            if callOfParty[id] == nil, legs[id]?.owner == nil {
                var call = SwitchCall(id: id, startedAt: time)
                call.line = event["Caller-Destination-Number"]
                call.caller.update(event)
                add(call)
            }
        }
        with(callOfParty[id]) { translator, call in
            call.member = event["CC-Member-UUID"]
            // What the lists told already.
            if call.isQueued, call.queue == queue { return }
            if !call.isOffered, !call.isDialed, event["Unique-ID"] == id { call.caller.update(event) }
            translator.wait(&call, in: queue, time)
        }
    }

    /// It waits in a queue from now on.
    private mutating func wait(_ call: inout SwitchCall, in queue: String, _ time: Timestamp) {
        if !call.talks.isEmpty, call.lostAt == nil { call.lostAt = time }
        emitHandedOn(&call, queue: queue)
        call.queue = queue
        call.isQueued = true
        call.queuedAt = nil
        call.leftQueueAt = nil
        call.isOutside = false
        call.isSentOn = false
        call.rings = [:]
        call.endedBy = nil
        emit("call.queued", &call, time, [("queue", .text(queue))])
    }

    /// An operator calls a queue, which is no caller's visit.
    private mutating func joinsItself(_ id: String, _ time: Timestamp) {
        undecided.remove(id)
        legs[id]?.isInternal = true
        setBusy(id, time)
    }

    /// A caller who hangs up leaves with the same cause and reason as one who was sent on: only the state of the
    /// caller's leg tells them apart.
    mutating func queueEnd(_ event: SwitchEvent, _ time: Timestamp) {
        guard event["CC-Cause"] == "Cancel", let id = event["CC-Member-Session-UUID"] else { return }
        if event["Hangup-Cause"] == Translator.shutdown, let owner = callOfParty[id] { return stopped(owner, time) }
        let isGone = event["Answer-State"] == "hangup" || event["Hangup-Cause"] != nil || legs[id] == nil
        with(callOfParty[id]) { translator, call in
            // One member may end twice, and a caller may be in the next queue already.
            guard call.isQueued, call.member == nil || call.member == event["CC-Member-UUID"] else { return }
            guard !isGone else {
                call.leftQueueAt = time
                return
            }
            let queue = call.queue
            call.isQueued = false
            call.queue = nil
            call.rings = [:]
            translator.emit(
                "call.dequeued", &call, time,
                (queue.map { [("queue", .text($0))] } ?? []) + [
                    ("reason", .text(Translator.reason(leaving: event["CC-Cancel-Reason"])))
                ])
        }
    }

    private static func reason(leaving reason: String?) -> String {
        switch reason {
        case "TIMEOUT": "timeout"
        case "EXIT_WITH_KEY": "key"
        // Nobody serves the queue, or an administrator sent the caller on.
        default: "overflow"
        }
    }

    /// The queue connected the two. The agent's leg has answered before, unless it waits for calls off the hook or has
    /// to press a key.
    mutating func agentStart(_ event: SwitchEvent, _ time: Timestamp) {
        guard let id = event["CC-Member-Session-UUID"], let name = event["CC-Agent"],
            let leg = event["CC-Agent-UUID"], let owner = callOfParty[id]
        else { return }
        appear(name, time)
        if legs[leg] == nil {
            var unseen = Leg(id: leg, createdAt: time, isIncoming: false)
            unseen.owner = Agent.id(name)
            unseen.agent = name
            unseen.isAgents = true
            legs[leg] = unseen
        }
        with(owner) { translator, call in
            guard !call.talks.contains(where: { $0.leg == leg }), translator.isOpen(call) else { return }
            translator.answer(Agent.id(name), leg, &call, time)
        }
    }

    mutating func agentOffering(_ event: SwitchEvent, _ time: Timestamp) {
        guard let name = event["CC-Agent"] else { return }
        appear(name, time)
        agents[name]?.readyAt = nil
    }
}
