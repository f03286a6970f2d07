/// The connections between channels: who hears whom, and who is being dialled for whom.
///
/// Each dial, bridge and pair of Local channel halves is an edge of a graph. Which phones ring for a caller, and who
/// talks, is computed from the whole graph.
extension Translator {
    /// The channels that a caller reaches.
    struct Reach {
        /// Ringing phones, with the queue member if they were dialled by a member's Local channel.
        var rings: [(channel: String, by: MemberChannel?)] = []
        /// Channels that hear the caller.
        var talks: [(channel: String, by: MemberChannel?)] = []
    }
    /// The Local channel of a member of queues, by which a phone is reached.
    struct MemberChannel {
        var member: String
        /// The phone behind it is not fixed: the member's state is a switch or an agent, and no phone.
        var isVague: Bool
    }

    /// The channels that hear this one directly.
    private func mates(_ id: String) -> [String] {
        guard let name = channels[id]?.bridge, let bridge = bridges[name], !bridge.isHolding else { return [] }
        return bridge.channels.filter { $0 != id }
    }

    /// Follows bridges and attempts from `party` through the halves of Local channels.
    func reach(_ party: String) -> Reach {
        var reach = Reach(), seen: Set<String> = [party]
        walk(party, isConnected: true, by: nil, &seen, &reach)
        return reach
    }

    private func walk(
        _ id: String, isConnected: Bool, by local: MemberChannel?, _ seen: inout Set<String>, _ reach: inout Reach
    ) {
        // A connection counts before a dial attempt if a channel has both.
        for mate in mates(id) where seen.insert(mate).inserted {
            arrive(mate, isConnected: isConnected, local, &seen, &reach)
        }
        for dialled in channels[id]?.dials ?? [] where seen.insert(dialled).inserted {
            arrive(dialled, isConnected: false, local, &seen, &reach)
        }
    }

    private func arrive(
        _ id: String, isConnected: Bool, _ local: MemberChannel?, _ seen: inout Set<String>, _ reach: inout Reach
    ) {
        guard let channel = channels[id] else { return }
        guard channel.isLocal else {
            if isConnected {
                if !channel.isLeaving { reach.talks.append((id, local)) }
            } else if !channel.isUp, channel.ringAt != nil {
                reach.rings.append((id, local))
            }
            return
        }
        guard let partner = channel.partner, seen.insert(partner).inserted else { return }
        let local = local ?? memberChannel(channel), found = reach.rings.count + reach.talks.count
        walk(partner, isConnected: isConnected, by: local, &seen, &reach)
        // An agent's phone is off the hook all day: nothing rings there but the way to it.
        if !isConnected, local?.isVague == true, channel.ringAt != nil, !channel.isUp,
            reach.rings.count + reach.talks.count == found
        {
            reach.rings.append((id, local))
        }
    }

    /// Every channel that is connected with these, in any way.
    func component(of ids: [String]) -> Set<String> {
        var found: Set<String> = [], open = ids
        while let id = open.popLast() {
            guard let channel = channels[id], found.insert(id).inserted else { continue }
            open += channel.dials
            if let partner = channel.partner { open.append(partner) }
            if let from = channel.dialledBy { open.append(from) }
            open += mates(id)
        }
        return found
    }

    /// Channels that talk, or ring to talk, with this one now: not those it was dialled from and has left.
    func party(of id: String) -> Set<String> {
        var found: Set<String> = [], open = [id]
        func isOpen(_ dialled: String) -> Bool { channels[dialled].map { !$0.isUp || $0.bridge == nil } ?? false }
        while let id = open.popLast() {
            guard let channel = channels[id], found.insert(id).inserted else { continue }
            open += channel.dials.filter { isOpen($0) }
            if let from = channel.dialledBy, isOpen(id) { open.append(from) }
            if let partner = channel.partner { open.append(partner) }
            open += mates(id)
        }
        return found
    }

    /// The channel for which this one was dialled in the end: a caller's, a phone's, or the first half of a Local
    /// channel that was dialled for nobody.
    func root(of id: String) -> String? {
        var here = id, seen: Set<String> = []
        while let channel = channels[here], seen.insert(here).inserted {
            if let from = channel.dialledBy {
                here = from
            } else if channel.isLocal, channel.name.hasSuffix(";2"), let partner = channel.partner {
                here = partner
            } else {
                return here
            }
        }
        return nil
    }

    // MARK: Changes

    mutating func addChannel(_ channel: Channel) {
        var channel = channel
        let name = channel.name
        if channel.isLocal, let half = name.lastIndex(of: ";") {
            let other = name[..<half] + (name[half...] == ";1" ? ";2" : ";1")
            if let partner = localHalves[String(other)] {
                channel.partner = partner
                channels[partner]?.partner = channel.id
            }
            localHalves[name] = channel.id
        }
        channels[channel.id] = channel
    }

    mutating func removeChannel(_ id: String) {
        leaveBridge(id)
        guard let channel = channels.removeValue(forKey: id) else { return }
        if let from = channel.dialledBy { channels[from]?.dials.removeAll { $0 == id } }
        for dialled in channel.dials where channels[dialled]?.dialledBy == id { channels[dialled]?.dialledBy = nil }
        if let partner = channel.partner { channels[partner]?.partner = nil }
        if channel.isLocal { localHalves[channel.name] = nil }
    }

    mutating func dial(_ from: String, _ to: String) {
        guard channels[from] != nil, channels[to] != nil else { return }
        channels[to]?.dialledBy = from
        if channels[from]?.dials.contains(to) != true { channels[from]?.dials.append(to) }
    }

    /// The attempt is over: it does not ring for this caller any more.
    mutating func endDial(_ to: String) {
        guard let from = channels[to]?.dialledBy else { return }
        channels[from]?.dials.removeAll { $0 == to }
    }

    mutating func enterBridge(_ id: String, _ name: String, isHolding: Bool) {
        leaveBridge(id)
        guard channels[id] != nil else { return }
        channels[id]?.bridge = name
        channels[id]?.isLeaving = false
        bridges[name, default: Bridge()].channels.append(id)
        bridges[name]?.isHolding = isHolding
    }

    mutating func leaveBridge(_ id: String) {
        guard let name = channels[id]?.bridge else { return }
        channels[id]?.bridge = nil
        bridges[name]?.channels.removeAll { $0 == id }
        if bridges[name]?.channels.isEmpty == true { bridges[name] = nil }
    }
}
