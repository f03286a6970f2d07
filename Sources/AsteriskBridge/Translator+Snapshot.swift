import AMI
import BridgeCore
import CallCenter

/// What is alive, as a snapshot has it.
extension Translator {
    func object(_ member: Member) -> BridgeEvent.Object {
        var fields: [(name: String, value: BridgeEvent.Value)] = [
            ("operator", .text(member.id)), ("device", .text(member.device)),
            ("queues", .texts(member.queues.sorted())),
        ]
        if let name = member.name { fields.append(("name", .text(name))) }
        fields.append(
            ("state", .text(member.isPaused ? "paused" : toldBusy.contains(member.id) ? "busy" : "available")))
        if member.isPaused, let reason = member.reason { fields.append(("reason", .text(reason))) }
        return .init(fields: fields)
    }

    func object(_ call: BridgedCall, _ now: Timestamp) -> BridgeEvent.Object {
        var fields: [(name: String, value: BridgeEvent.Value)] = [("call", .text(call.id))]
        if call.isDialed, !call.isReached {
            fields += [("state", .text("dialing")), ("operator", .text(call.dialedBy ?? ""))]
        } else if call.isParked, let who = call.lastTalking {
            fields += [("state", .text("parked")), ("operator", .text(who))]
            if let slot = call.slot { fields.append(("slot", .text(slot))) }
        } else if let who = call.talking {
            fields += [("state", .text(call.isHeld ? "held" : "answered")), ("operator", .text(who))]
        } else if call.isQueued {
            fields += [("state", .text("queued"))]
        } else {
            fields.append(("state", .text("offered")))
        }
        if let queue = call.queue { fields.append(("queue", .text(queue))) }
        if call.isQueued { fields.append(("since", .time(now - (call.waitingSince ?? 0)))) }
        if call.isDialed {
            fields.append(("direction", .text("outbound")))
        } else {
            fields += call.caller.fields
        }
        if let line = call.line, !line.isEmpty { fields.append(("to", .text(line))) }
        return .init(fields: fields)
    }

    /// The end of this call is unknown, as frames about it were refused: it is left out of a snapshot.
    mutating func endUnknown(_ call: inout BridgedCall, _ time: Timestamp) {
        offer(&call)
        let alive = calls.values.filter { $0.id != call.id && $0.isOffered }.sorted { $0.id < $1.id }.map {
            object($0, time)
        }
        out += Snapshot(id: "\(call.id).unknown\(options.run)", time: time, calls: alive, operators: []).events
    }

    /// Marks a channel that a refused frame was about.
    mutating func doubt(_ id: String) {
        let owner =
            callOfParty[id] ?? (calls[id] != nil ? id : nil) ?? callOfRing[id] ?? callTalking(on: id)
            ?? (channels[id] == nil ? nil : callOf(id))
        if let owner {
            calls[owner]?.isDoubtful = true
        } else if channels[id] == nil {
            // Its first frame was.
            doubtful.append(id)
            if doubtful.count > Translator.doubtfulMax { doubtful.removeFirst() }
        }
    }

    /// A channel whose first frame was refused is known by the first one that is not: by then the dialplan has
    /// cleaned its number.
    mutating func meetDoubtful(_ event: ManagerEvent?, _ frame: AMIFrame, _ time: Timestamp) {
        guard !doubtful.isEmpty, event != .hangup, event != .newchannel, let id = frame["Uniqueid"],
            channels[id] == nil, doubtful.contains(id), isWhole(frame)
        else { return }
        newChannel(frame, time)
    }

    /// Maximum of channels that are remembered because only refused frames were about them.
    static let doubtfulMax = 1_000
}
