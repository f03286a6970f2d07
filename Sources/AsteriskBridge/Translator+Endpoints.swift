/// Whose phone a channel is.
extension Translator {
    /// Technologies of Asterisk's internal devices, which belong to nobody.
    private static let devices: Set = [
        "Local", "Message", "ConfBridgeRecorder", "CBAnn", "CBRec", "Announcer", "Recorder", "Bridge", "Surrogate",
        "Snoop",
        "UnicastRTP", "MulticastRTP", "AudioSocket", "WebSocket", "Console",
    ]

    /// nil for a half of a Local channel and for Asterisk's own devices.
    func verdict(of channel: Channel) -> EndpointRules.Verdict? {
        if let agent = channel.agent { return EndpointRules.Verdict(whose: .phone(agent), reason: .member) }
        let technology = channel.technology
        guard let peer = channel.peer, !Translator.devices.contains(technology) else { return nil }
        // A member at an external number shares a trunk with other calls.
        let dialled = channel.dialString.map { $0.hasPrefix(technology + "/") ? $0 : "\(technology)/\($0)" }
        let member = dialled.flatMap { operators[$0] } ?? operators[channel.device]
        return endpointRules.verdict(
            technology: technology, peer: peer, member: member, context: channel.context,
            dialString: channel.dialString,
            number: channel.number)
    }

    /// The operator whose phone it is: a member's by its interface, otherwise the number of the centre it belongs to.
    func operatorID(of channel: Channel) -> String? {
        if channel.isLocal {
            guard let plain = Interface.local(ofChannel: channel.name) else { return nil }
            return operators[plain + "/n"] ?? operators[plain]
        }
        guard case .phone(let id) = verdict(of: channel)?.whose else { return nil }
        return id
    }

    /// The same, of a channel that need not be there.
    func operatorID(of id: String) -> String? {
        guard let channel = channels[id] else { return nil }
        return operatorID(of: channel)
    }

    func isOutside(_ id: String) -> Bool {
        guard let channel = channels[id] else { return false }
        return isOutside(channel)
    }

    func isOutside(_ channel: Channel) -> Bool { verdict(of: channel)?.whose == .outside }

    /// The member of queues that a Local channel leads to.
    func memberChannel(_ channel: Channel) -> MemberChannel? {
        guard let plain = Interface.local(ofChannel: channel.name) else { return nil }
        for interface in [plain + "/n", plain] {
            if let member = operators[interface] {
                return MemberChannel(member: member, isVague: vague[interface] != nil)
            }
        }
        return nil
    }

    /// Who has the phone that was reached: its own operator, or the member by whose Local channel it was, where the
    /// phone is nobody's or a hot desk's.
    func operatorID(of id: String, by local: MemberChannel?) -> String? {
        guard let channel = channels[id] else { return nil }
        guard let own = operatorID(of: channel) else { return isOutside(channel) ? local?.member : nil }
        guard let local, local.isVague, members[own] == nil else { return own }
        return local.member
    }

    /// The far end's number of a line that was dialled outside.
    func number(of channel: Channel) -> String? {
        channel.dialString.flatMap(EndpointRules.number(dialled:))
            ?? (channel.isIncoming ? channel.number : channel.exten)
    }
}
