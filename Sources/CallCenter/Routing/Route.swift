/// Where a call should go, as the PBX is told in the reply to `call.offered`.
public struct Route: Equatable, Sendable, Codable {
    /// What the PBX is to do with the call.
    public indirect enum Action: Equatable, Sendable, Codable {
        /// Ring this operator for `waitS` seconds, then do `fallback`.
        case `operator`(String, device: String?, waitS: Int, fallback: Action?)
        /// Ring any of these, the longest idle first.
        case group(String, operators: [String], devices: [String])
        /// The usual way; a name when the centre wants another queue than the PBX's own choice.
        case queue(String?)
        /// Refuse the call.
        case reject
    }

    /// A stable word that a dialplan can branch on.
    public enum Reason: String, Equatable, Sendable, Codable, CaseIterable {
        /// The number is on the block list.
        case blocked
        /// The operator has something open with the customer.
        case openCase = "open_case"
        /// The operator is assigned to the customer.
        case assignedOperator = "assigned_operator"
        /// The operator spoke with the customer last, or most.
        case lastOperator = "last_operator"
        /// Who knows the customer has had many of their calls, or was complained about.
        case anotherOperator = "another_operator"
        /// A VIP goes to the group of veterans.
        case veteran
        /// A VIP for whom neither a known operator nor a veteran is free.
        case vipQueue = "vip_queue"
        /// An operator who knows the customer is there, but cannot take the call now.
        case operatorUnavailable = "operator_unavailable"
        /// The number is withheld, or the network gave none.
        case anonymous
        /// Nobody who knows the caller: the usual way.
        case noMatch = "no_match"
        /// A customer without an operator to prefer.
        case noOperator = "no_operator"
    }

    /// What the PBX is to do.
    public var action: Action
    /// 0 and up; calls with a higher priority are answered first.
    public var priority: Int
    /// Why.
    public var reason: Reason

    /// Copies its arguments.
    public init(action: Action, priority: Int, reason: Reason) {
        self.action = action
        self.priority = priority
        self.reason = reason
    }
}

/// The reply to a PBX that offers or dials a call, or identifies the caller.
public struct OfferAnswer: Equatable, Sendable, Codable {
    /// What a PBX is told of the customer.
    public struct Customer: Equatable, Sendable, Codable {
        public var id: Int64
        /// The customer's name, as the records have it.
        public var name: String
        /// The name of the customer's tier.
        public var tier: String
        /// The assigned operator; nil without one.
        public var owner: String?

        /// Copies its arguments.
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
    /// What operators are warned of, the most urgent first.
    public var alerts: [AlertKind]
    /// nil for a call that is not to be routed: one that was dialed, or answered.
    public var route: Route?

    /// Copies its arguments.
    public init(customer: Customer?, candidates: Int, alerts: [AlertKind], route: Route?) {
        self.customer = customer
        self.candidates = candidates
        self.alerts = alerts
        self.route = route
    }
}
