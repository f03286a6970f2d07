/// A routing decision with the steps that led to it: stored with the call, and shown by `screenpop explain`.
public struct Decision: Equatable, Sendable, Codable {
    public var at: Timestamp
    public var route: Route
    public var steps: [RoutingStep]
    /// What the customer was looked up by; nil in decisions stored by an older version.
    public var matchedBy: Match?

    /// What a customer is looked up by.
    public enum Match: String, Equatable, Sendable, Codable, CaseIterable {
        /// The number that the call came from.
        case number
        /// Another number that was told during the call.
        case otherNumber = "other_number"
        case customer
        case externalID = "external_id"
        case account, email
    }

    package init(at: Timestamp, route: Route, steps: [RoutingStep], matchedBy: Match? = nil) {
        self.at = at
        self.route = route
        self.steps = steps
        self.matchedBy = matchedBy
    }
}

/// One question the router asked and what it found.
public struct RoutingStep: Equatable, Sendable, Codable {
    /// In the order in which they are asked.
    public enum Rule: String, Equatable, Sendable, Codable, CaseIterable {
        /// How the caller's number was read. Has no facts of its own: the number is in the call.
        case number
        case caller
        case blocked
        case openCase = "open_case"
        case assignedOperator = "assigned_operator"
        case lastOperator = "last_operator"
        case anotherOperator = "another_operator"
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
        /// Who spoke with the customer last, and when.
        case spoke(String, at: Timestamp)
        /// The same, longer ago than the rule looks back.
        case spokeLongAgo(String, at: Timestamp, days: Int)
        /// Whose talks with the customer weigh most, the older the less: thousandths of a talk of this moment.
        case weighs(String, permille: Int, talks: Int, isEnough: Bool)
        /// The customer complained about this operator, who is passed over.
        case complainedAbout(String, at: Timestamp)
        /// This operator had so many of the customer's last calls that one more is more than the share allows.
        case overShare(String, talks: Int, of: Int, percent: Int, othersFree: Bool)
    }

    public enum Why: String, Equatable, Sendable, Codable {
        case notBlocked, noCustomer, withheld, noCase, noOwner, neverSpoke, notVIP, noGroup, off, unknownNumber
        case nobodyFree
    }
    public enum Raise: String, Equatable, Sendable, Codable { case tier, ownOperatorBusy, abandonedBefore }

    /// Why an operator cannot take a call.
    public enum Unfit: String, Equatable, Sendable, Codable {
        case loggedOut, paused, notInQueue, doNotPair, complaint
    }

    public var rule: Rule
    public var finding: Finding

    package init(_ rule: Rule, _ finding: Finding) {
        self.rule = rule
        self.finding = finding
    }
}
