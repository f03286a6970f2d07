/// What the centre has configured: every rule and threshold the core decides by. A value, so a reload is an assignment.
public struct Policy: Equatable, Sendable, Codable {
    /// Rules of queues by name; `queue(_:)` has the others too.
    public var queues: [String: QueuePolicy] = [:]
    /// For queues nobody configured.
    public var queueDefault = QueuePolicy()
    /// Groups of operators by name.
    public var groups: [String: [String]] = [:]
    /// Tiers of customers by name. A name that is not here has rank 0 and is no VIP's.
    public var tiers: [String: TierPolicy] = Policy.tiersDefault
    /// To whom calls are offered.
    public var routing = RoutingPolicy()
    /// What is warned of.
    public var alerts = AlertPolicy()
    /// What pops say, and in which language.
    public var pop = PopPolicy()
    /// Languages of operators who do not read `pop.language`.
    public var operatorLanguages: [String: Language] = [:]

    /// How calls come out, in the order in which that is offered.
    public var dispositions: [DispositionPolicy] {
        get { outcomes ?? [] }
        set { outcomes = newValue.isEmpty ? nil : newValue }
    }
    /// Storage of `dispositions`; nil when empty. Checkpoints of older versions have none.
    private var outcomes: [DispositionPolicy]?
    /// Look-ups outside that are asked about callers, in the order of the configuration.
    public var outside: [OutsideSource] {
        get { asked ?? [] }
        set { asked = newValue.isEmpty ? nil : newValue }
    }
    /// Storage of `outside`; nil when empty. Checkpoints of older versions have none.
    private var asked: [OutsideSource]?
    /// Storage of `card`; nil when nothing is configured. Checkpoints of older versions have none.
    var cards: CardPolicy?

    /// After so long a claim of a callback falls back. Milliseconds; nil: never, as in rules of older versions.
    public var claimLimit: Int64? = 1_800_000

    /// The length of the intervals figures are kept in. Milliseconds: 5 or 15 minutes, so that whole intervals make up
    /// the hours and days of every time zone there is.
    public var grain: Int64 = 900_000

    /// The rules of a centre that configured nothing.
    public init() {}

    /// The tiers of a centre that configured none: prospect, regular, vip.
    public static let tiersDefault: [String: TierPolicy] = [
        "prospect": TierPolicy(rank: 0, vip: false),
        "regular": TierPolicy(rank: 0, vip: false),
        "vip": TierPolicy(rank: 10, vip: true),
    ]

    /// The rules of a queue, or those for queues that nobody configured.
    public func queue(_ name: String) -> QueuePolicy { queues[name] ?? queueDefault }
    /// Whether customers of this tier are VIPs; false for a tier that nobody configured.
    public func isVIP(tier: String) -> Bool { tiers[tier]?.vip ?? false }
    /// The language in which an operator reads pops.
    public func language(of operator: String) -> Language { operatorLanguages[`operator`] ?? pop.language }
}

/// The languages of the interface; the raw value is the one in the API.
public enum Language: String, Equatable, Sendable, Codable, CaseIterable { case ja, en }

/// The five ways the field computes a service level (metrics.md).
public enum ServiceLevelVariant: String, Equatable, Sendable, Codable, CaseIterable {
    /// The definitions of each are in metrics.md, and computed in `ServiceCounts.shares`.
    case negative, ignore, positive, answered, short
}

/// The rules of one queue.
public struct QueuePolicy: Equatable, Sendable, Codable {
    /// `wait <= threshold` is within the service level. Milliseconds.
    public var serviceLevelThreshold: Int64 = 20_000
    /// Which service level is shown first; the others are computed too.
    public var serviceLevelVariant = ServiceLevelVariant.negative
    /// An abandon with `wait <= shortAbandon` is a short one; 0 switches it off. Milliseconds.
    public var shortAbandon: Int64 = 0
    /// Leave the short abandons out of the abandoned before the service level is computed.
    public var excludeShortAbandons = false
    /// The longest after-call work. Milliseconds; 0 for none.
    public var wrapUpLimit: Int64 = 30_000
    /// A VIP who waits longer is told to supervisors. Milliseconds; 0 switches it off.
    public var vipWaitAlert: Int64 = 30_000
    /// After-call work of its calls can only be ended with a disposition.
    public var dispositionRequired: Bool {
        get { needsDisposition ?? false }
        set { needsDisposition = newValue ? true : nil }
    }
    /// Storage of `dispositionRequired`; nil when false, as in rules of older versions.
    private var needsDisposition: Bool?

    /// The defaults of each property.
    public init() {}
}

/// What a tier means for routing and warnings.
public struct TierPolicy: Equatable, Sendable, Codable {
    /// More is dearer to the centre. It is also the priority of the tier's calls.
    public var rank: Int
    /// Whether its customers are VIPs.
    public var vip: Bool

    /// Copies its arguments.
    public init(rank: Int, vip: Bool) {
        self.rank = rank
        self.vip = vip
    }
}

/// To whom calls are offered, and with which priority (`[routing]`).
public struct RoutingPolicy: Equatable, Sendable, Codable {
    /// How long the operator who last spoke with a customer is preferred. Days; 0 switches it off.
    public var lastOperatorDays = 30
    /// How long a VIP waits for a known operator who is busy. Milliseconds.
    public var vipWaitForOperator: Int64 = 20_000
    /// How long a decision keeps an operator from other calls, unless the phone rings sooner. Milliseconds.
    public var reservation: Int64 = 10_000
    /// The group VIPs fall back to; nil for none.
    public var veterans: String? = "veterans"
    /// What a blocked number gets: nil is `reject`, otherwise the queue the centre names.
    public var blockedQueue: String?
    /// A caller who abandoned less than this ago gets priority for the time already waited. Milliseconds; 0 switches it
    /// off.
    public var abandonedCredit: Int64 = 600_000
    /// Added to the priority of a customer whose own operator is not free.
    public var unavailableBoost = 5
    /// One priority more for each so many milliseconds an abandoned caller had already waited.
    public var creditStep: Int64 = 30_000
    /// Storage of `affinity`; nil when nothing is configured. Rules of older versions have none.
    var fairness: AffinityPolicy?

    /// The defaults of each property.
    init() {}
}

/// Which callers are warned of (`[alerts]`).
public struct AlertPolicy: Equatable, Sendable, Codable {
    /// Alerts the centre does not want.
    public var off: Set<AlertKind> = []
    /// So many calls within 24 h make a repeat caller, the present one included.
    public var repeatCalls = 3
    /// No contact for so long makes a dormant customer. Days.
    public var dormantDays = 180
    /// A complaint of the last so many days is an alert. 0: none is.
    public var complaintDays: Int {
        get { complained ?? 0 }
        set { complained = newValue }
    }
    /// Storage of `complaintDays`; nil in rules of older versions, which had no such alert.
    private var complained: Int? = 30

    /// The defaults of each property.
    init() {}
}

/// What pops say (`[pop]`).
public struct PopPolicy: Equatable, Sendable, Codable {
    /// Opened by the desk; `{customer.external_id}`, `{call}`, … are filled in, percent-encoded.
    public var url: String?
    /// For operators without a language of their own, and for supervisors.
    public var language = Language.ja
    /// A VIP's pop not seen for so long after the phone rang is told to supervisors. Milliseconds; 0 switches it off.
    public var vipSeenWithin: Int64 = 10_000

    /// The defaults of each property.
    init() {}
}
