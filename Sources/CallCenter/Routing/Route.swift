/// Where a call should go, as the PBX is told in the reply to `call.offered`.
public struct Route: Equatable, Sendable, Codable {
    public indirect enum Action: Equatable, Sendable, Codable {
        /// Ring this operator for `waitS` seconds, then do `fallback`.
        case `operator`(String, device: String?, waitS: Int, fallback: Action?)
        /// Ring any of these, the longest idle first.
        case group(String, operators: [String], devices: [String])
        /// The usual way; a name when the centre wants another queue than the PBX's own choice.
        case queue(String?)
        case reject
    }

    /// A stable word that a dialplan can branch on.
    public enum Reason: String, Equatable, Sendable, Codable, CaseIterable {
        case blocked
        case openCase = "open_case"
        case assignedOperator = "assigned_operator"
        case lastOperator = "last_operator"
        /// Who knows the customer has had many of their calls, or was complained about.
        case anotherOperator = "another_operator"
        case veteran
        case vipQueue = "vip_queue"
        case operatorUnavailable = "operator_unavailable"
        case anonymous
        case noMatch = "no_match"
        /// A customer without an operator to prefer.
        case noOperator = "no_operator"
    }

    public var action: Action
    /// 0 and up; calls with a higher priority are answered first.
    public var priority: Int
    public var reason: Reason

    public init(action: Action, priority: Int, reason: Reason) {
        self.action = action
        self.priority = priority
        self.reason = reason
    }
}

/// The reply to a PBX that offers or dials a call, or identifies the caller.
public struct OfferAnswer: Equatable, Sendable, Codable {
    public struct Customer: Equatable, Sendable, Codable {
        public var id: Int64
        public var name: String
        public var tier: String
        public var owner: String?

        public init(id: Int64, name: String, tier: String, owner: String?) {
            self.id = id
            self.name = name
            self.tier = tier
            self.owner = owner
        }
    }
    /// The likeliest customer; nil when nobody matches.
    public var customer: Customer?
    /// How many customers share the number; told when more than one.
    public var candidates: Int
    public var alerts: [AlertKind]
    /// nil for a call that is not to be routed: one that was dialed, or answered.
    public var route: Route?

    public init(customer: Customer?, candidates: Int, alerts: [AlertKind], route: Route?) {
        self.customer = customer
        self.candidates = candidates
        self.alerts = alerts
        self.route = route
    }
}
