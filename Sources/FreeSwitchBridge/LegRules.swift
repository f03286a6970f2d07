import BridgeCore

/// Which legs are operators' phones, and which lead outside.
///
/// Asked in this order: what the configuration names, the agent or the user of the directory that was dialled, the SIP
/// profile and the context, and at last the form of the number.
public struct LegRules: Sendable {
    private let inbound: [Glob]
    private let trunkProfiles: [Glob]
    private let trunks: [Glob]
    private let phones: [Glob]

    /// - Parameters:
    ///   - inboundContexts: contexts of the dialplan that calls from outside come in by; `*` stands for anything.
    ///   - trunkProfiles: SIP profiles that lead outside.
    ///   - trunks: gateways, and users of other profiles, that lead outside: `carrier*`, `internal/7771234`.
    ///   - phones: users of any profile that are an operator's: `external/201`.
    public init(
        inboundContexts: [String] = ["public"], trunkProfiles: [String] = ["external*"], trunks: [String] = [],
        phones: [String] = []
    ) {
        inbound = inboundContexts.map(Glob.init)
        self.trunkProfiles = trunkProfiles.map(Glob.init)
        self.trunks = trunks.map(Glob.init)
        self.phones = phones.map(Glob.init)
    }

    /// What a leg's first event tells of it.
    struct Facts {
        var profile: String
        var user: String
        var isIncoming: Bool
        var context: String
        /// The user of the directory that was dialled, or that registered.
        var directoryUser: String?
        var gateway: String?
    }

    /// The phone's user; nil for a leg that leads outside.
    ///
    /// - Parameter isKnown: whether a user is known as an agent's phone.
    func phone(_ facts: Facts, isKnown: (String) -> Bool) -> String? {
        let name = "\(facts.profile)/\(facts.user)"
        if let gateway = facts.gateway, trunks.match(gateway) { return nil }
        if trunks.match(name) || trunks.match(facts.user) { return nil }
        if phones.match(name) || phones.match(facts.user) { return facts.directoryUser ?? facts.user }
        if facts.gateway != nil { return nil }
        if let user = facts.directoryUser, LegRules.isPlain(user) { return user }
        if trunkProfiles.match(facts.profile) || (facts.isIncoming && inbound.match(facts.context)) { return nil }
        guard LegRules.isPlain(facts.user) else { return nil }
        if isKnown(facts.user) { return facts.user }
        let isNumber = facts.user.utf8.allSatisfy { (0x30...0x39).contains($0) }
        return isNumber && facts.user.utf8.count <= DialedNumber.digitsMax ? facts.user : nil
    }

    private static func isPlain(_ user: String) -> Bool {
        !user.isEmpty && user.utf8.count <= 100 && !user.contains("/") && !user.contains(":")
            && user.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
    }
}
