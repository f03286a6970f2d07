/// The kinds of warnings for operators and supervisors.
public enum AlertKind: String, Equatable, Sendable, Codable, CaseIterable {
    case vip
    case caution
    case blocked
    case repeatCaller = "repeat_caller"
    case abandonedBefore = "abandoned_before"
    case dormantBack = "dormant_back"
    case tierChanged = "tier_changed"
    /// Another status, at the moment of the change: to the owner and supervisors.
    case statusChanged = "status_changed"
    case promiseBroken = "promise_broken"
    /// The customer complained some days ago.
    case complainedBefore = "complained_before"
    case unknownCaller = "unknown_caller"
    case anonymous
    /// To supervisors: a VIP waits longer than the queue allows.
    case vipWaiting = "vip_waiting"
    /// To supervisors: an operator has not looked at a VIP's pop.
    case vipUnseen = "vip_unseen"
}

/// A warning with its words, in the reader's language.
public struct Alert: Equatable, Sendable, Codable {
    public var kind: AlertKind
    public var text: String

    public init(kind: AlertKind, text: String) {
        self.kind = kind
        self.text = text
    }
}
