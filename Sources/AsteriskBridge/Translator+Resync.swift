import AMI
import CallCenter

/// What is alive, after a time that nobody saw.
extension Translator {
    /// Bytes of a snapshot's line, well within the 64 KiB that a line may have.
    private static let snapshotMax = 60_000

    /// The connection stands, and these are the lists of what is alive. Calls that are not in them have ended unseen.
    ///
    /// - Parameter arrivedAt: when the lists were complete.
    public mutating func resync(_ lists: AMILists, arrivedAt now: Timestamp) -> [BridgeEvent] {
        out = connected(at: now)
        learnMembers(lists.members)
        let talks = learnChannels(lists)
        learnCalls(lists, talks: talks, now)
        connected = connected.filter { calls[$0.value] != nil }
        let operators = members.values.sorted { $0.id < $1.id }.map(Translator.object)
        let listed = calls.values.sorted { $0.id < $1.id }.map { object($0, now) }
        var snapshot = BridgeEvent(
            type: "pbx.snapshot", id: "link.\(now.ms).snapshot\(options.run)", time: now, fields: [("calls", .objects(listed)), ("operators", .objects(operators))])
        if Translator.size(listed) + Translator.size(operators) > Translator.snapshotMax {
            // Too many for one line: those who sit where are told one by one.
            snapshot.fields[1] = ("operators", .objects([]))
            for member in members.values.sorted(by: { $0.id < $1.id }) { login(member, now) }
        }
        out.append(snapshot)
        return out
    }

    /// The connection stands, and nobody says what is alive.
    public mutating func connected(at time: Timestamp) -> [BridgeEvent] {
        defer { linkIsUp = true }
        return linkIsUp ? [] : [BridgeEvent(type: "pbx.connected", id: "link.\(time.ms).up\(options.run)", time: time)]
    }

    // MARK: Members

    private mutating func learnMembers(_ frames: [AMIFrame]) {
        members = [:]
        leaving = []
        for frame in frames {
            guard let queue = frame["Queue"], !queue.isEmpty, let interface = frame["Location"] ?? frame["Interface"], let id = Member.id(frame), !id.isEmpty,
                id.utf8.count <= 128
            else { continue }
            let device = frame["StateInterface"].flatMap { $0.isEmpty ? nil : $0 } ?? interface
            operators[interface] = id
            operators[device] = id
            seats[id, default: [:]][queue] = Seat(frame)
            var member = members[id] ?? Member(id: id, device: device)
            member.queues.insert(queue)
            if let name = frame["Name"] ?? frame["MemberName"], !name.isEmpty, name != interface { member.name = name }
            if frame["Paused"] == "1" { member.paused.insert(queue) }
            if let reason = frame["PausedReason"], !reason.isEmpty { member.reason = reason }
            members[id] = member
        }
    }

    private static func object(_ member: Member) -> BridgeEvent.Object {
        var fields: [(name: String, value: BridgeEvent.Value)] = [("operator", .text(member.id)), ("device", .text(member.device)), ("queues", .texts(member.queues.sorted()))]
        if let name = member.name { fields.append(("name", .text(name))) }
        fields.append(("state", .text(member.isPaused ? "paused" : "available")))
        if member.isPaused, let reason = member.reason { fields.append(("reason", .text(reason))) }
        return .init(fields: fields)
    }

    // MARK: Channels

    /// - Returns: for each channel, those that it is in a bridge with.
    private mutating func learnChannels(_ lists: AMILists) -> [String: [String]] {
        let before = channels
        channels = [:]
        var bridges: [String: [String]] = [:]
        for frame in lists.channels {
            guard let id = frame["Uniqueid"], let linked = frame["Linkedid"], let name = frame["Channel"] else { continue }
            var channel = before[id] ?? Channel(id: id, linked: linked, name: name)
            channel.linked = linked
            channel.isUp = frame["ChannelStateDesc"] == "Up" || frame["ChannelState"] == "6"
            channels[id] = channel
            if let bridge = frame["BridgeID"] ?? frame["BridgeId"], !bridge.isEmpty { bridges[bridge, default: []].append(id) }
        }
        var partners: [String: [String]] = [:]
        for ids in bridges.values { for id in ids { partners[id] = ids.filter { $0 != id } } }
        return partners
    }

    // MARK: Calls

    private mutating func learnCalls(_ lists: AMILists, talks: [String: [String]], _ now: Timestamp) {
        let entries = Dictionary(lists.entries.compactMap { entry in entry["Uniqueid"].map { ($0, entry) } }, uniquingKeysWith: { first, _ in first })
        // Without the right to see channels, who talks is known from before alone.
        calls = calls.filter { id, call in entries[id] != nil || channels[id] != nil || (!lists.channelsAreSeen && call.talking != nil) }
        for frame in lists.channels {
            guard let id = frame["Uniqueid"], calls[id] == nil else { continue }
            let isIncoming = id == frame["Linkedid"] && frame["Context"].map(options.inboundContexts.contains) == true
            guard isIncoming || entries[id] != nil else { continue }
            let seconds = frame["Seconds"].flatMap(Int64.init) ?? 0
            var call = BridgedCall(id: id, startedAt: now - seconds * 1_000, channelIsSeen: true)
            call.line = frame.variable("CTI_DID").flatMap { $0.isEmpty ? nil : $0 } ?? frame["DNID"]
            // Of one who talks this says where the call came through: `support,tT,,,300`.
            if frame["Application"] == "Queue" { call.queue = frame["Data"]?.split(separator: ",").first.map(String.init) }
            call.caller.take(frame)
            calls[id] = call
        }
        for (id, entry) in entries where calls[id] == nil {
            // An entry does not say whether its number is withheld, so none is told.
            calls[id] = BridgedCall(id: id, startedAt: now - Translator.wait(entry), channelIsSeen: channels[id] != nil)
        }
        for id in calls.keys.sorted() {
            with(id) { translator, call in translator.learn(&call, entries[id], talks: talks[id] ?? [], channelsAreSeen: lists.channelsAreSeen) }
        }
    }

    private mutating func learn(_ call: inout BridgedCall, _ entry: AMIFrame?, talks: [String], channelsAreSeen: Bool) {
        // The snapshot tells of it.
        call.isOffered = true
        call.leftQueueAt = nil
        call.operatorLeftAt = nil
        call.calling = []
        call.ringing = []
        if let entry {
            call.queue = entry["Queue"]
            call.isQueued = true
            call.talking = nil
            call.talkingChannel = nil
            call.waitingSince = Translator.wait(entry)
            for channel in channels.values where channel.linked == call.id && channel.id != call.id && !channel.isUp {
                guard let who = operatorID(of: channel) else { continue }
                call.calling.insert(who)
                if channel.hasRung { call.ringing.insert(who) }
            }
            return
        }
        call.isQueued = false
        guard channelsAreSeen else { return }
        let phone = talks.compactMap { channels[$0] }.first { operatorID(of: $0) != nil }
        call.talking = phone.flatMap(operatorID)
        call.talkingChannel = phone?.id
        if call.talking == nil { call.isHeld = false }
    }

    /// Milliseconds that an entry of a queue has waited.
    private static func wait(_ entry: AMIFrame) -> Int64 { (entry["Wait"].flatMap(Int64.init) ?? 0) * 1_000 }

    private func object(_ call: BridgedCall, _ now: Timestamp) -> BridgeEvent.Object {
        var fields: [(name: String, value: BridgeEvent.Value)] = [("call", .text(call.id))]
        if let who = call.talking {
            fields += [("state", .text(call.isHeld ? "held" : "answered")), ("operator", .text(who))]
            if let queue = call.queue { fields.append(("queue", .text(queue))) }
        } else if call.isQueued, let queue = call.queue {
            fields += [("state", .text("queued")), ("queue", .text(queue)), ("since", .time(now - (call.waitingSince ?? 0)))]
        } else {
            fields.append(("state", .text("offered")))
        }
        fields += call.caller.fields
        if let line = call.line, !line.isEmpty { fields.append(("to", .text(line))) }
        return .init(fields: fields)
    }

    private static func size(_ objects: [BridgeEvent.Object]) -> Int {
        objects.reduce(0) { sum, object in
            sum + object.fields.reduce(2) { sum, field in
                let value =
                    switch field.value {
                    case .text(let text): text.utf8.count
                    case .texts(let texts): texts.reduce(2) { $0 + $1.utf8.count + 3 }
                    case .number, .time, .objects: 26
                    }
                // Escapes may double a text.
                return sum + field.name.utf8.count + 2 * value + 6
            }
        }
    }
}
