/// A routing decision with the way that led to it: kept with the call, and told by `screenpop explain`.
public struct Decision: Equatable, Sendable, Codable {
    public var at: Timestamp
    public var route: Route
    public var steps: [RoutingStep]

    package init(at: Timestamp, route: Route, steps: [RoutingStep]) {
        self.at = at
        self.route = route
        self.steps = steps
    }
}

/// One question the router asked and what it found.
public struct RoutingStep: Equatable, Sendable, Codable {
    /// In the order in which they are asked.
    public enum Rule: String, Equatable, Sendable, Codable, CaseIterable {
        case caller
        case blocked
        case openCase = "open_case"
        case assignedOperator = "assigned_operator"
        case lastOperator = "last_operator"
        case veterans
        case priority
        case queue
    }

    public enum Finding: Equatable, Sendable, Codable {
        /// The rule has nothing to say about this call.
        case notApplicable(Why)
        /// This operator would be right, but cannot take it.
        case cannotTake(String, Unfit)
        /// This operator is right and free.
        case chosen(String)
        /// This operator is right but busy: the call waits.
        case waits(String, OperatorState, waitS: Int)
        /// This operator is right but busy: the call goes on to the queue.
        case busy(String, OperatorState)
        case group(String, [String])
        case noneOfGroupFree(String)
        case rejected
        case toQueue(String?)
        case found(String, tier: String, candidates: Int)
        case raised(Raise, by: Int)
    }

    public enum Why: String, Equatable, Sendable, Codable {
        case notBlocked, noCustomer, withheld, noCase, noOwner, neverSpoke, notVIP, noGroup, off, unknownNumber
    }
    public enum Raise: String, Equatable, Sendable, Codable { case tier, ownOperatorBusy, abandonedBefore }

    /// Why an operator cannot take a call.
    public enum Unfit: String, Equatable, Sendable, Codable {
        case loggedOut, paused, notInQueue, doNotPair
    }

    public var rule: Rule
    public var finding: Finding

    package init(_ rule: Rule, _ finding: Finding) {
        self.rule = rule
        self.finding = finding
    }
}
