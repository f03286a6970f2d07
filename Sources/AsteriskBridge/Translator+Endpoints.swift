/// Whose phone a channel is.
extension Translator {
    /// Technologies of Asterisk's own devices, which are nobody's.
    private static let devices: Set = [
        "Local", "Message", "ConfBridgeRecorder", "CBAnn", "CBRec", "Announcer", "Recorder", "Bridge", "Surrogate", "Snoop",
        "UnicastRTP", "MulticastRTP", "AudioSocket", "WebSocket", "Console",
    ]

    /// nil for a half of a Local channel and for Asterisk's own devices.
    func verdict(of channel: Channel) -> House.Verdict? {
        if let agent = channel.agent { return House.Verdict(whose: .phone(agent), reason: .member) }
        let technology = channel.technology
        guard !Translator.devices.contains(technology), let peer = Interface.peer(ofChannel: channel.name) else { return nil }
        // A member far away has a number and shares a trunk with others.
        let dialled = channel.dialString.map { $0.hasPrefix(technology + "/") ? $0 : "\(technology)/\($0)" }
        let member = dialled.flatMap { operators[$0] } ?? operators["\(technology)/\(peer)"]
        return house.verdict(
            technology: technology, peer: peer, member: member, context: channel.context, dialString: channel.dialString,
            number: channel.number)
    }

    /// The operator whose phone it is: a member's by its interface, otherwise the number of the house it belongs to.
    func operatorID(of channel: Channel) -> String? {
        if channel.isLocal {
            guard let plain = Interface.local(ofChannel: channel.name) else { return nil }
            return operators[plain + "/n"] ?? operators[plain]
        }
        guard case .phone(let id) = verdict(of: channel)?.whose else { return nil }
        return id
    }

    func isOutside(_ channel: Channel) -> Bool { verdict(of: channel)?.whose == .outside }

    /// The member behind a Local channel whose phone differs from day to day: its state is a switch or an agent, and no phone.
    func vagueMember(of channel: Channel) -> String? {
        guard let plain = Interface.local(ofChannel: channel.name) else { return nil }
        return vague[plain + "/n"] ?? vague[plain]
    }

    /// Who has the phone that was reached by way of a member's Local channel.
    func operatorID(of id: String, member: String?) -> String? {
        guard let channel = channels[id], let own = operatorID(of: channel) else { return nil }
        guard let member, members[own] == nil else { return own }
        return member
    }

    /// The far end's number of a line that was dialled outside.
    func number(of channel: Channel) -> String? {
        channel.dialString.flatMap(House.number(dialled:)) ?? (channel.isIncoming ? channel.number : channel.exten)
    }
}
