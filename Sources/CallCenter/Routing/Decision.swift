/// A routing decision with the steps that led to it: stored with the call, and shown by `screenpop explain`.
public struct Decision: Equatable, Sendable, Codable {
    /// When it was decided. Event time.
    public var at: Timestamp
    /// What was decided.
    public var route: Route
    /// What was asked, in this order, and what was found.
    public var steps: [RoutingStep]
    /// What the customer was looked up by; nil in decisions stored by an older version.
    public var matchedBy: Match?

    /// What a customer is looked up by.
    public enum Match: String, Equatable, Sendable, Codable, CaseIterable {
        /// The number that the call came from.
        case number
        /// Another number that was told during the call.
        case otherNumber = "other_number"
        /// The customer's id in our records.
        case customer
        /// The id that the centre's CRM has for the customer.
        case externalID = "external_id"
        /// The centre's own account id of the customer; a mail address.
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
        /// Who calls, by the records.
        case caller
        /// Whether the number is blocked.
        case blocked
        /// Who has something open with the customer.
        case openCase = "open_case"
        /// Who is assigned to the customer.
        case assignedOperator = "assigned_operator"
        /// Who spoke with the customer last, or most.
        case lastOperator = "last_operator"
        /// Who else is free, when those who know the customer are passed over.
        case anotherOperator = "another_operator"
        /// Whether a VIP can go to a veteran.
        case veterans
        /// By how much the call's priority is raised.
        case priority
        /// Where the call goes when nobody is chosen.
        case queue
    }

    /// What a rule found.
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
        /// The group and its members who may take it, in the order in which they are rung.
        case group(String, [String])
        /// Nobody of the group may take it.
        case noneOfGroupFree(String)
        /// The number is blocked: the call is rejected.
        case rejected
        /// The call goes to this queue; nil: the PBX's usual way.
        case toQueue(String?)
        /// The likeliest customer's name, with how many share the number.
        case found(String, tier: String, candidates: Int)
        /// The call's priority is raised by so much.
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

    /// Why a rule has nothing to say.
    public enum Why: String, Equatable, Sendable, Codable {
        /// The question is about something that the caller or the centre does not have; `off`: switched off.
        case notBlocked, noCustomer, withheld, noCase, noOwner, neverSpoke, notVIP, noGroup, off, unknownNumber
        /// Everybody else is busy, paused or not there.
        case nobodyFree
    }
    /// What raises a priority: the customer's tier, an own operator who is busy, a wait in vain before.
    public enum Raise: String, Equatable, Sendable, Codable { case tier, ownOperatorBusy, abandonedBefore }

    /// Why an operator cannot take a call.
    public enum Unfit: String, Equatable, Sendable, Codable {
        /// Not there; away from the phone; serves other queues; kept from the customer; complained about by the
        /// customer.
        case loggedOut, paused, notInQueue, doNotPair, complaint
    }

    /// What was asked.
    public var rule: Rule
    /// What was found.
    public var finding: Finding

    package init(_ rule: Rule, _ finding: Finding) {
        self.rule = rule
        self.finding = finding
    }
}
