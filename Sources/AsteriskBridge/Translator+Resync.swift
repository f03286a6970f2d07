import AMI
import BridgeCore
import CallCenter

/// The live state after a gap in the connection.
extension Translator {
    /// The connection is established, with complete lists. Calls that are not listed have ended unseen.
    ///
    /// - Parameter arrivedAt: when the lists were complete.
    public mutating func resync(_ lists: AMILists, arrivedAt now: Timestamp) -> [BridgeEvent] {
        out = connected(at: now)
        learnMembers(lists.members)
        learnChannels(lists)
        learnCalls(lists, now)
        connected = connected.filter { calls[$0.value] != nil }
        learnUse(now)
        let snapshot = Snapshot(
            id: "link.\(now.ms).snapshot\(options.run)", time: now,
            calls: calls.values.sorted { $0.id < $1.id }.map { object($0, now) },
            operators: members.values.sorted { $0.id < $1.id }.map { object($0) })
        out += snapshot.events
        return out
    }

    /// The connection is established without lists.
    public mutating func connected(at time: Timestamp) -> [BridgeEvent] {
        defer { linkIsUp = true }
        return linkIsUp ? [] : [BridgeEvent(type: "pbx.connected", id: "link.\(time.ms).up\(options.run)", time: time)]
    }

    // MARK: Members

    private mutating func learnMembers(_ frames: [AMIFrame]) {
        members = [:]
        leaving = []
        for frame in frames {
            guard let queue = frame["Queue"], !queue.isEmpty, let interface = frame["Location"] ?? frame["Interface"],
                let id = Member.id(frame), !id.isEmpty,
                id.utf8.count <= 128
            else { continue }
            know(frame, interface, id)
            seats[id, default: [:]][queue] = Seat(frame)
            var member = members[id] ?? Member(id: id, device: Member.device(frame, interface))
            member.queues.insert(queue)
            if let name = frame["Name"] ?? frame["MemberName"], !name.isEmpty, name != interface { member.name = name }
            if frame["Paused"] == "1" { member.paused.insert(queue) }
            if let reason = frame["PausedReason"], !reason.isEmpty { member.reason = reason }
            members[id] = member
        }
    }

    // MARK: Channels

    private mutating func learnChannels(_ lists: AMILists) {
        let before = channels, holding = Set(bridges.filter(\.value.isHolding).keys)
        channels = [:]
        localHalves = [:]
        bridges = [:]
        var order: [String] = []
        for frame in lists.channels {
            guard let id = frame["Uniqueid"], let linked = frame["Linkedid"], let name = frame["Channel"] else {
                continue
            }
            var channel =
                before[id]
                ?? Channel(
                    id: id, linked: linked, name: name, context: context(of: frame, name),
                    exten: frame["DNID"] ?? frame["Exten"],
                    isIncoming: !Translator.wasDialled(frame), startedAt: Timestamp(ms: 0),
                    number: frame["CallerIDNum"].flatMap { $0 == CallerIdentity.unknown ? nil : $0 })
            channel.linked = linked
            channel.isUp = frame["ChannelStateDesc"] == "Up" || frame["ChannelState"] == "6"
            if frame["ChannelStateDesc"] == "Ringing" { channel.ringAt = channel.ringAt ?? Timestamp(ms: 0) }
            channel.dials = channel.dials.filter { id in lists.channels.contains { $0["Uniqueid"] == id } }
            channel.bridge = nil
            channel.busyAs = nil
            addChannel(channel)
            order.append(id)
        }
        for frame in lists.channels {
            guard let id = frame["Uniqueid"], let bridge = frame["BridgeID"] ?? frame["BridgeId"], !bridge.isEmpty
            else { continue }
            enterBridge(id, bridge, isHolding: holding.contains(bridge))
        }
        // Callers alone with callers wait on parking places.
        for (name, bridge) in bridges
        where bridge.channels.allSatisfy({ id in channels[id].map { $0.isIncoming && isOutside($0) } ?? false }) {
            bridges[name]?.isHolding = true
        }
        for id in order {
            if let from = channels[id]?.dialledBy, channels[from] == nil { channels[id]?.dialledBy = nil }
            guard let channel = channels[id], before[id] == nil, !channel.isIncoming, channel.dialledBy == nil else {
                continue
            }
            // The origin of a channel that was dialled during the gap is not listed; it belongs to the call of its
            // chain.
            if let from = chain(of: channel) { dial(from, id) }
        }
    }

    /// The endpoint's own context; of a channel that is in the dialplan only where that tells something.
    private func context(of frame: AMIFrame, _ name: String) -> String {
        let device = "\(Interface.technology(ofChannel: name))/\(Interface.peer(ofChannel: name) ?? "")"
        return contexts[device] ?? frame["Context"] ?? ""
    }

    private static func wasDialled(_ frame: AMIFrame) -> Bool {
        if let application = frame["Application"],
            application == "AppDial" || application == "AppDial2" || application == "AppQueue"
        {
            return true
        }
        return frame["ChannelStateDesc"] == "Ringing" || frame["ChannelStateDesc"] == "Down"
            || frame["Channel"]?.hasSuffix(";1") == true
    }

    private func chain(of channel: Channel) -> String? {
        if channel.isLocal {
            return channel.linked == channel.id || channels[channel.linked] == nil ? nil : channel.linked
        }
        let half = channels.values.first {
            $0.isLocal && $0.name.hasSuffix(";2") && $0.linked == channel.linked && $0.exten == channel.number
                && $0.dials.isEmpty
        }
        if let half { return half.id }
        return channel.linked == channel.id || channels[channel.linked] == nil ? nil : channel.linked
    }

    // MARK: Calls

    private mutating func learnCalls(_ lists: AMILists, _ now: Timestamp) {
        let entries = Dictionary(
            lists.entries.compactMap { entry in entry["Uniqueid"].map { ($0, entry) } },
            uniquingKeysWith: { first, _ in first })
        for call in calls.values.sorted(by: { $0.id < $1.id }) where !isAlive(call, entries, lists) { drop(call.id) }
        callOfRing = [:]
        for frame in lists.channels {
            guard let id = frame["Uniqueid"], callOfParty[id] == nil, calls[id] == nil, let channel = channels[id]
            else { continue }
            let age = PBXSeconds.milliseconds(frame["Seconds"]) ?? 0
            if !channel.isIncoming, isOutside(channel), let phone = phone(dialing: channel) {
                learnDialed(channel, phone: phone, lists, now - age)
                continue
            }
            let isIncoming =
                id == frame["Linkedid"]
                && (isFromOutside(channel)
                    || (channel.isIncoming && isOutside(channel) && frame["Application"] == "Queue"))
            guard isIncoming || (entries[id] != nil && operatorID(of: channel) == nil) else { continue }
            var call = BridgedCall(id: id, startedAt: now - age, channelIsSeen: true)
            call.line = frame.variable("CTI_DID").flatMap { $0.isEmpty ? nil : $0 } ?? frame["DNID"]
            // For an answered call this shows the queue it came through: `support,tT,,,300`.
            if frame["Application"] == "Queue" {
                call.queue = frame["Data"]?.split(separator: ",").first.map(String.init)
            }
            call.caller.update(frame)
            add(call)
        }
        for (id, entry) in entries
        where callOfParty[id] == nil && calls[id] == nil && operatorID(of: id) == nil {
            // An entry does not show whether its number is withheld, so no number is sent.
            add(BridgedCall(id: id, startedAt: now - Translator.wait(entry), channelIsSeen: channels[id] != nil))
        }
        for id in calls.keys.sorted() {
            with(id) { translator, call in
                translator.learn(
                    &call, call.parties.lazy.compactMap { entries[$0] }.first, channelsAreSeen: lists.channelsAreSeen)
            }
        }
    }

    private func isAlive(_ call: BridgedCall, _ entries: [String: AMIFrame], _ lists: AMILists) -> Bool {
        if call.parties.contains(where: { entries[$0] != nil || channels[$0] != nil }) { return true }
        if call.isDialed { return !call.isReached && call.phone.map { channels[$0] != nil } == true }
        // Without the right to see channels, talks are only known from earlier events.
        return !lists.channelsAreSeen && !call.talks.isEmpty
    }

    private func phone(dialing line: Channel) -> String? {
        guard let root = root(of: line.id), let channel = channels[root], callOfParty[root] == nil,
            channel.id != line.id, operatorID(of: channel) != nil
        else { return nil }
        return root
    }

    private mutating func learnDialed(_ line: Channel, phone: String, _ lists: AMILists, _ startedAt: Timestamp) {
        guard let dialing = channels[phone], callOfPhone[phone] == nil, let who = operatorID(of: dialing) else {
            return
        }
        let frame = lists.channels.first { $0["Uniqueid"] == phone }
        // `PJSIP/09012345678@trunk,300,T`
        let sent =
            frame?["Application"] == "Dial"
            ? frame?["Data"]?.split(separator: ",").first.flatMap { EndpointRules.number(dialled: String($0)) } : nil
        guard let to = DialedNumber.meant(typed: dialing.exten, sent: sent ?? line.number) else { return }
        var call = BridgedCall(id: dialing.linked, startedAt: startedAt, dialedBy: who, phone: phone, to: to)
        guard calls[call.id] == nil else { return }
        call.parties = [line.id]
        call.isReached = line.isUp
        channels[phone]?.hasServed = true
        add(call)
    }

    private mutating func learn(_ call: inout BridgedCall, _ entry: AMIFrame?, channelsAreSeen: Bool) {
        // The snapshot tells of it.
        call.isOffered = true
        call.leftQueueAt = nil
        call.tookExitAt = nil
        call.connecting = nil
        call.handedOn = nil
        call.lostAt = nil
        call.calling = []
        call.rings = [:]
        call.endedRings = []
        if let phone = call.phone, channels[phone] == nil {
            callOfPhone[phone] = nil
            call.phone = nil
        }
        for party in call.parties where channels[party] == nil && call.isDialed {
            callOfParty[party] = nil
            call.parties.removeAll { $0 == party }
        }
        if let entry {
            call.queue = entry["Queue"]
            call.isQueued = true
            call.talks = []
            call.waitingSince = Translator.wait(entry)
        } else {
            call.isQueued = false
        }
        guard channelsAreSeen else { return }
        var talks: [BridgedCall.Talk] = []
        for party in call.parties {
            let reach = reach(party)
            for (id, local) in reach.rings {
                guard let who = operatorID(of: id, by: local) else { continue }
                channels[id]?.hasServed = true
                call.rings[id] = .init(who: who, device: channels[id]?.device)
                callOfRing[id] = call.id
                if entry != nil { call.calling.insert(who) }
            }
            for (id, local) in reach.talks {
                guard let who = operatorID(of: id, by: local), !talks.contains(where: { $0.who == who }) else {
                    continue
                }
                channels[id]?.hasServed = true
                talks.append(.init(channel: id, who: who))
            }
        }
        if call.isDialed, !call.isReached, !talks.isEmpty { call.isReached = true }
        // An operator who holds the caller and talks with a colleague still has the call.
        if talks.isEmpty, call.isHeld, call.talks.contains(where: { isThere($0) }) { return }
        call.talks = talks
        if talks.isEmpty { call.isHeld = false } else { call.isParked = false }
    }

    /// Milliseconds that an entry of a queue has waited.
    private static func wait(_ entry: AMIFrame) -> Int64 { PBXSeconds.milliseconds(entry["Wait"]) ?? 0 }

    // MARK: Phones in use

    private mutating func learnUse(_ now: Timestamp) {
        busy = [:]
        undecided = undecided.filter { channels[$0] != nil }
        noteUse(Set(channels.keys), now)
        // Of those who sit in queues the snapshot says it; of the others, and of a use that ended unseen, an event
        // does.
        freeSince = [:]
        for who in toldBusy.sorted() where busy[who] == nil {
            toldBusy.remove(who)
            emit("operator.free", who, now, [("operator", .text(who))])
        }
    }
}
