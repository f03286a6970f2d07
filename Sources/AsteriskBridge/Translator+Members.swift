import AMI
import BridgeCore
import CallCenter

/// Members of queues: logins, logouts and pauses.
extension Translator {
    /// Records a member from any event that names one; the first time is a login.
    @discardableResult
    mutating func noteMember(_ frame: AMIFrame, _ time: Timestamp) -> String? {
        guard let interface = frame["Interface"] ?? frame["Location"] else { return nil }
        if let known = operators[interface], frame["StateInterface"] == nil {
            join(known, frame, interface, time)
            return known
        }
        guard let id = Member.id(frame), !id.isEmpty, id.utf8.count <= 128 else { return nil }
        know(frame, interface, id)
        join(id, frame, interface, time)
        return id
    }

    mutating func know(_ frame: AMIFrame, _ interface: String, _ id: String) {
        operators[interface] = id
        if let state = frame["StateInterface"], Interface.names(state) { operators[state] = id }
        vague[interface] = Member.isVague(frame, interface) ? id : nil
    }

    private mutating func join(_ id: String, _ frame: AMIFrame, _ interface: String, _ time: Timestamp) {
        guard let queue = frame["Queue"], !queue.isEmpty else { return }
        seats[id, default: [:]][queue] = Seat(frame)
        var member = members[id] ?? Member(id: id, device: Member.device(frame, interface))
        guard member.queues.insert(queue).inserted else { return }
        if let name = frame["MemberName"] ?? frame["Name"], !name.isEmpty, name != interface { member.name = name }
        members[id] = member
        login(member, time)
    }

    mutating func login(_ member: Member, _ time: Timestamp) {
        var fields: [(name: String, value: BridgeEvent.Value)] = [("operator", .text(member.id))]
        if let name = member.name { fields.append(("name", .text(name))) }
        fields.append(("device", .text(member.device)))
        fields.append(("queues", .texts(member.queues.sorted())))
        emit("operator.login", member.id, time, fields)
    }

    mutating func emit(
        _ type: String, _ id: String, _ time: Timestamp, _ fields: [(name: String, value: BridgeEvent.Value)]
    ) {
        // Two frames of one millisecond are two events: a member joins several queues at once.
        let last = toldOf[id], count = last?.time == time ? (last?.count ?? 0) + 1 : 0
        toldOf[id] = (time, count)
        out.append(
            BridgeEvent(
                type: type, id: "op.\(id).\(type.dropFirst(9)).\(time.ms).\(count)\(options.run)", time: time,
                fields: fields))
    }

    mutating func member(_ event: ManagerEvent, _ frame: AMIFrame, _ time: Timestamp) {
        guard let id = noteMember(frame, time) else { return }
        if let paused = frame["Paused"], let queue = frame["Queue"], var member = members[id] {
            let wasPaused = member.isPaused
            if paused == "1" { member.paused.insert(queue) } else { member.paused.remove(queue) }
            if let reason = frame["PausedReason"], !reason.isEmpty { member.reason = reason }
            members[id] = member
            if member.isPaused != wasPaused { pauseOrResume(member, time) }
        }
        // Without the class `call` this is how a ringing phone shows.
        if event == .queueMemberStatus, !unseen.isEmpty, frame["Status"] == "6" {
            for one in unseen.sorted() where calls[one]?.calling.contains(id) == true {
                with(one) { translator, call in
                    guard call.rings[id] == nil, call.talking != id else { return }
                    translator.ring(id, channel: id, &call, time)
                }
            }
        }
    }

    private mutating func pauseOrResume(_ member: Member, _ time: Timestamp) {
        var fields: [(name: String, value: BridgeEvent.Value)] = [("operator", .text(member.id))]
        if member.isPaused, let reason = member.reason { fields.append(("reason", .text(reason))) }
        emit(member.isPaused ? "operator.paused" : "operator.resumed", member.id, time, fields)
    }

    mutating func memberRemoved(_ frame: AMIFrame, _ time: Timestamp) {
        guard let interface = frame["Interface"] ?? frame["Location"],
            let id = operators[interface] ?? Member.id(frame), var member = members[id],
            let queue = frame["Queue"], member.queues.remove(queue) != nil
        else { return }
        let wasPaused = member.isPaused
        member.paused.remove(queue)
        if member.queues.isEmpty {
            members[id] = nil
            leaving.remove(id)
            emit("operator.logout", id, time, [("operator", .text(id))])
        } else {
            members[id] = member
            if leaving.contains(id) { return }
            login(member, time)
            if member.isPaused != wasPaused { pauseOrResume(member, time) }
        }
    }

    /// The connection is established. After a gap, calls from before may have ended; a PBX that was restarted has none
    /// of them.
    mutating func booted(_ frame: AMIFrame, _ time: Timestamp) {
        // On a live connection the lists have more details.
        guard !linkIsUp, !options.isLive else { return }
        linkIsUp = true
        out.append(BridgeEvent(type: "pbx.connected", id: "link.\(time.ms).up", time: time))
        guard let uptime = frame["Uptime"].flatMap(Int64.init), uptime < 60 else { return }
        removeCalls()
        connected = [:]
        for id in members.keys.sorted() { emit("operator.logout", id, time, [("operator", .text(id))]) }
        members = [:]
        operators = [:]
        vague = [:]
        out.append(
            BridgeEvent(
                type: "pbx.snapshot", id: "link.\(time.ms).snapshot", time: time,
                fields: [("calls", .objects([])), ("operators", .objects([]))]))
    }

    /// The PBX was restarted: its channels are new ones.
    private mutating func removeCalls() {
        for id in calls.keys.sorted() { drop(id) }
        callOfRing = [:]
        channels = [:]
        localHalves = [:]
        bridges = [:]
        undecided = []
        busy = [:]
        toldBusy = []
        freeSince = [:]
    }
}
