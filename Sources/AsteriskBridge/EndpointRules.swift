import BridgeCore

/// Which endpoints of a PBX are operators' phones, and which lead outside.
///
/// Asked in this order: what the configuration names, what queues have as members, the context that the endpoint
/// belongs to, how it was dialled, and at last the form of its name.
public struct EndpointRules: Sendable {
    /// Longer digits than these are a number outside, not one of the centre's.
    static let digitsMax = DialedNumber.digitsMax

    private let inbound: [Glob]
    private let own: [Glob]
    private let trunks: [Glob]
    private let phones: [Glob]

    /// - Parameters:
    ///   - inboundContexts: contexts of the dialplan that calls from outside come in by; `*` stands for anything.
    ///   - operatorContexts: contexts that operators' phones dial in.
    ///   - trunks: endpoints that are no operator's, whatever they are named: `7771234`, `PJSIP/carrier-*`.
    ///   - phones: endpoints that are an operator's, whatever they are named.
    public init(
        inboundContexts: [String], operatorContexts: [String] = [], trunks: [String] = [], phones: [String] = []
    ) {
        inbound = inboundContexts.map(Glob.init)
        own = operatorContexts.map(Glob.init)
        self.trunks = trunks.map(Glob.init)
        self.phones = phones.map(Glob.init)
    }

    /// Whether calls come in from outside by this context.
    func isInbound(_ context: String) -> Bool { inbound.match(context) }

    /// Whether operators dial in this context.
    func isOwn(_ context: String) -> Bool { own.match(context) && !inbound.match(context) }

    /// Whose an endpoint is, and why that is said.
    public struct Verdict: Equatable, Sendable {
        /// Who is at the endpoint.
        public enum Whose: Equatable, Sendable {
            /// A phone of the centre, with the operator's id.
            case phone(String)
            /// A trunk, or a number outside.
            case outside
        }
        /// What decided; the first of these that knows the endpoint.
        public enum Reason: String, Equatable, Sendable {
            /// `member`: of a queue; `context`: the one it belongs to; `dialled`: a number was dialled there; `name`:
            /// its form.
            case configured, member, context, dialled, name
        }
        /// Who is there.
        public var whose: Whose
        /// For the administrator, who may want to change it.
        public var reason: Reason
    }

    /// - Parameters:
    ///   - technology: `PJSIP`.
    ///   - peer: `101` of `PJSIP/101-0000002c`.
    ///   - member: the operator that queues know the endpoint as.
    ///   - context: the context the endpoint belongs to.
    ///   - dialString: how it was dialled, if it was.
    ///   - number: its own number, as the PBX has it for its caller id.
    public func verdict(
        technology: String, peer: String, member: String?, context: String, dialString: String?, number: String?
    ) -> Verdict {
        let device = "\(technology)/\(peer)"
        if trunks.match(device) || trunks.match(peer) { return Verdict(whose: .outside, reason: .configured) }
        let id = EndpointRules.operatorID(peer: peer, number: number)
        if phones.match(device) || phones.match(peer) {
            return Verdict(whose: .phone(member ?? id), reason: .configured)
        }
        if let member { return Verdict(whose: .phone(member), reason: .member) }
        if inbound.match(context) { return Verdict(whose: .outside, reason: .context) }
        // The user part of a phone's contact may be any number; a trunk's context is no operators'.
        let isOwnContact = own.match(context) && dialString?.contains("/sip") == true
        if let dialString, !isOwnContact, EndpointRules.hasNumber(dialString, peer: peer) {
            return Verdict(whose: .outside, reason: .dialled)
        }
        if own.match(context), EndpointRules.isPlain(id) { return Verdict(whose: .phone(id), reason: .context) }
        let isNumber = id.allSatisfy(\.isNumber) && (1...EndpointRules.digitsMax).contains(id.utf8.count)
        return Verdict(whose: isNumber ? .phone(id) : .outside, reason: .name)
    }

    /// FreePBX gives the browser phone and the mobile app of extension 101 the endpoints 99101 and 98101.
    private static func operatorID(peer: String, number: String?) -> String {
        let peer = peer.utf8.firstIndex(of: UInt8(ascii: "@")).map { String(peer[..<$0]) } ?? peer
        guard let number, !number.isEmpty, peer.hasSuffix(number), peer == "99" + number || peer == "98" + number else {
            return peer
        }
        return number
    }

    private static func isPlain(_ id: String) -> Bool {
        !id.isEmpty && id.utf8.count <= 128 && !id.contains("/") && !id.contains(":")
    }

    /// Whether a number outside was dialled: `09012345678@trunk`, `trunk/09012345678`,
    /// `trunk/sip:09012345678@192.0.2.1`.
    static func hasNumber(_ dialString: String, peer: String) -> Bool {
        number(dialled: dialString).map { $0 != peer } ?? false
    }

    /// The number outside that a dial string has in it, if any.
    static func number(dialled text: String) -> String? {
        var text = Substring(text)
        // A queue and Originate say the technology as well.
        for technology in ["PJSIP/", "SIP/", "IAX2/", "DAHDI/", "OOH323/", "H323/", "Motif/", "Dongle/", "Quectel/"]
        where text.hasPrefix(technology) {
            text = text.dropFirst(technology.count)
        }
        if let slash = text.firstIndex(of: "/") {
            let rest = text[text.index(after: slash)...]
            if rest.hasPrefix("sip:") || rest.hasPrefix("sips:") {
                // The user part of a contact is often a name made up by the phone.
                let user = rest.drop { $0 != ":" }.dropFirst().prefix { $0 != "@" && $0 != ";" }
                return isNumber(user) && user.utf8.count > digitsMax ? String(user) : nil
            }
            // `g0/0901…` of a card's group, `i1/0901…` of a span.
            let last = rest.split(separator: "/").last ?? rest
            let number = last.prefix { $0 != "@" && $0 != "," && $0 != "-" }
            return isNumber(number) ? String(number) : nil
        }
        guard let at = text.firstIndex(of: "@") else { return nil }
        let user = text[..<at]
        return isNumber(user) ? String(user) : nil
    }

    private static func isNumber(_ text: Substring) -> Bool {
        text.utf8.count >= 2
            && text.enumerated().allSatisfy { i, c in
                c.isASCII && c.isNumber || (i == 0 && c == "+") || "*#".contains(c)
            }
            && text.contains(where: \.isNumber)
    }
}
