import BridgeCore
import CallCenter

/// The connection to the PBX, and the PBX's own start and end.
extension Translator {
    /// The connection to the PBX ended.
    public mutating func linkLost(at time: Timestamp) -> [BridgeEvent] {
        guard linkIsUp else { return [] }
        linkIsUp = false
        return [BridgeEvent(type: "pbx.disconnected", id: "link.\(time.ms).down\(options.run)", time: time)]
    }

    /// The previous bridge process ended without a clean stop. `time` is the last time at which it had a connection to
    /// the PBX.
    public mutating func wasLost(since time: Timestamp) -> [BridgeEvent] {
        [BridgeEvent(type: "pbx.disconnected", id: "link.\(time.ms).lost\(options.run)", time: time)]
    }

    /// The connection is established without lists.
    public mutating func connected(at time: Timestamp) -> [BridgeEvent] {
        defer { linkIsUp = true }
        return linkIsUp ? [] : [BridgeEvent(type: "pbx.connected", id: "link.\(time.ms).up\(options.run)", time: time)]
    }

    /// Another `Core-UUID` is another start of FreeSWITCH: all calls of before have ended, and no event tells of them.
    /// Agents have the status of the configuration, which is not told either.
    mutating func noteCore(_ event: SwitchEvent, _ time: Timestamp) {
        guard let now = event["Core-UUID"], now != core else { return }
        defer { core = now }
        // On a live connection the lists tell what is alive.
        guard core != nil, !options.isLive else { return }
        let last = newest ?? time
        out.append(BridgeEvent(type: "pbx.disconnected", id: "link.\(last.ms).down", time: last))
        out.append(BridgeEvent(type: "pbx.connected", id: "link.\(time.ms).up", time: time))
        forgetCalls()
        for name in agents.keys.sorted() where agents[name]?.status != nil { set(name, .loggedOut, time) }
        out += Snapshot(id: "link.\(time.ms).snapshot", time: time, calls: [], operators: []).events
    }

    /// FreeSWITCH was restarted: its legs are new ones.
    mutating func forgetCalls() {
        calls = [:]
        legs = [:]
        callOfParty = [:]
        callOfPhone = [:]
        callOfTarget = [:]
        callOfTalk = [:]
        undecided = []
        busy = [:]
        for name in agents.keys { agents[name]?.readyAt = nil }
    }

    /// The end of this call is unknown: it is left out of a snapshot.
    mutating func endUnknown(_ call: inout SwitchCall, _ time: Timestamp) {
        offer(&call)
        let alive = calls.values.filter { $0.id != call.id && $0.isOffered }.sorted { $0.id < $1.id }.map {
            object($0, time)
        }
        out += Snapshot(id: "\(call.id).unknown\(options.run)", time: time, calls: alive, operators: []).events
    }

    func object(_ call: SwitchCall, _ now: Timestamp) -> BridgeEvent.Object {
        var fields: [(name: String, value: BridgeEvent.Value)] = [("call", .text(call.id))]
        if call.isDialed, !call.isReached {
            fields += [("state", .text("dialing")), ("operator", .text(call.dialedBy ?? ""))]
        } else if let who = call.talks.last?.who {
            fields += [("state", .text(call.isHeld ? "held" : "answered")), ("operator", .text(who))]
        } else if let who = call.rings.min(by: { $0.key < $1.key })?.value.who {
            fields += [("state", .text("ringing")), ("operator", .text(who))]
        } else {
            fields.append(("state", .text(call.isQueued ? "queued" : "offered")))
        }
        if let queue = call.queue { fields.append(("queue", .text(queue))) }
        if call.isQueued { fields.append(("since", .time(call.queuedAt ?? now))) }
        if call.isDialed {
            fields.append(("direction", .text("outbound")))
        } else {
            fields += call.caller.fields
        }
        if let line = call.line, !line.isEmpty { fields.append(("to", .text(line))) }
        return .init(fields: fields)
    }

    func object(_ agent: Agent) -> BridgeEvent.Object {
        var fields: [(name: String, value: BridgeEvent.Value)] = [("operator", .text(agent.id))]
        if let device = agent.device { fields.append(("device", .text(device))) }
        fields.append(("queues", .texts(agent.queues.sorted())))
        let state = agent.status == .onBreak ? "paused" : busy[agent.id]?.isEmpty == false ? "busy" : "available"
        fields.append(("state", .text(state)))
        return .init(fields: fields)
    }
}
