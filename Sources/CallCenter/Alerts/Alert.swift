/// The kinds of warnings for operators and supervisors.
public enum AlertKind: String, Equatable, Sendable, Codable, CaseIterable {
    /// The caller is a customer of a VIP tier.
    case vip
    /// The customer's record has a caution: to be read before speaking.
    case caution
    /// The number is on the block list.
    case blocked
    /// The number called `AlertPolicy.repeatCalls` times within 24 h, or more often.
    case repeatCaller = "repeat_caller"
    /// The number called, gave up, and was not reached since.
    case abandonedBefore = "abandoned_before"
    /// The last contact is longer ago than `AlertPolicy.dormantDays`.
    case dormantBack = "dormant_back"
    /// The customer has another tier than at the last contact.
    case tierChanged = "tier_changed"
    /// Another status, at the moment of the change: to the owner and supervisors.
    case statusChanged = "status_changed"
    /// Something open with the customer is past its due time.
    case promiseBroken = "promise_broken"
    /// The customer complained some days ago.
    case complainedBefore = "complained_before"
    /// There is a number, and nobody in the records has it.
    case unknownCaller = "unknown_caller"
    /// The number is withheld, or the network gave none.
    case anonymous
    /// To supervisors: a VIP waits longer than the queue allows.
    case vipWaiting = "vip_waiting"
    /// To supervisors: an operator has not looked at a VIP's pop.
    case vipUnseen = "vip_unseen"
}

/// A warning with its words, in the reader's language.
public struct Alert: Equatable, Sendable, Codable {
    /// What it warns of.
    public var kind: AlertKind
    /// The warning in words.
    public var text: String

    /// Copies its arguments.
    public init(kind: AlertKind, text: String) {
        self.kind = kind
        self.text = text
    }
}
