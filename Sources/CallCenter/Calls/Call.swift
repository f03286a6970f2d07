/// Which call: two sources may use the same id.
public struct CallKey: Hashable, Sendable, Codable {
    public var source: String
    public var call: String

    public init(source: String, call: String) {
        self.source = source
        self.call = call
    }
}

/// A call that is alive, or ended so lately that a late event may still change it.
public struct Call: Equatable, Sendable, Codable {
    public let key: CallKey
    /// The call's own number: made of the place in the log of the first event about it, so calls are numbered in their order.
    public let number: Int64
    /// In the order of `CallFact.precedes`.
    public private(set) var facts: [CallFact] = []
    public internal(set) var life = CallLife()

    public internal(set) var offered: CallEvent.Offered?
    /// Known since the offer or the identification.
    public internal(set) var lookup: Lookup?
    /// Likeliest first.
    public internal(set) var ranking: [Int] = []
    /// Kept for `explain`.
    public internal(set) var decision: Decision?
    public internal(set) var alerts: [AlertKind] = []
    public internal(set) var pops: [OpenPop] = []
    public internal(set) var transferredFrom: String?
    /// A note that is being typed.
    public internal(set) var noteDraft: String?
    /// nil for nothing; `remarks` in words.
    package internal(set) var written: [Remark]?
    /// The caller called within the 24 h before: for the repeat rate.
    package internal(set) var isRepeat = false
    /// When the daemon last heard of it.
    package internal(set) var lastHeard: Timestamp

    /// Leaves room for the calls that one snapshot brings.
    static func number(seq: Int64) -> Int64 { seq &* 4096 }

    init(key: CallKey, number: Int64, heard: Timestamp) {
        self.key = key
        self.number = number
        lastHeard = heard
    }

    /// A call that left the live state, as it was kept.
    package init(
        key: CallKey, number: Int64, facts: [CallFact], life: CallLife, offered: CallEvent.Offered?, lookup: Lookup?, ranking: [Int],
        decision: Decision?, alerts: [AlertKind], transferredFrom: String?, noteDraft: String?, isRepeat: Bool, lastHeard: Timestamp, remarks: [Remark]
    ) {
        self.key = key
        self.number = number
        self.facts = facts
        self.life = life
        self.offered = offered
        self.lookup = lookup
        self.ranking = ranking.allSatisfy { lookup?.candidates.indices.contains($0) == true } ? ranking : []
        self.decision = decision
        self.alerts = alerts
        self.transferredFrom = transferredFrom
        self.noteDraft = noteDraft
        self.isRepeat = isRepeat
        self.lastHeard = lastHeard
        written = remarks.isEmpty ? nil : remarks
    }

    /// The likeliest customer.
    public var candidate: Candidate? { ranking.first.flatMap { first in lookup.map { $0.candidates[first] } } }
    public var customer: CustomerCard? { candidate?.customer }
    /// The tier that the figures are split by; `unknown` when nobody matches.
    public var tier: String { ranking.first.flatMap { lookup?.candidates[$0].customer.tier } ?? Call.unknownTier }
    /// Without copying all that is known of the customer.
    package var customerID: Int64? { ranking.first.flatMap { lookup?.candidates[$0].customer.id } }
    public static let unknownTier = "unknown"

    /// The number that was dialled, by which figures are split; empty when nobody knows it.
    var line: String { offered?.to ?? "" }

    /// When the call was first heard of on the PBX.
    public var startedAt: Timestamp? { facts.first?.time }
    /// Its start was not seen.
    public var isPartial: Bool {
        switch facts.first?.step {
        case .offered, .queued, nil: false
        default: true
        }
    }
    public var answeredAt: Timestamp? { life.legs.lazy.compactMap(\.answeredAt).min() }

    /// Puts a fact in its place. True when it is the newest; false when the life has to be told again.
    mutating func insert(_ fact: CallFact) -> Bool {
        guard let last = facts.last, fact.precedes(last) else {
            facts.append(fact)
            return true
        }
        var i = facts.count - 1
        while i > 0, fact.precedes(facts[i - 1]) { i -= 1 }
        facts.insert(fact, at: i)
        return false
    }

    /// Tells the life again from its facts. Wrap-ups already known are kept until the operators' timelines say otherwise.
    mutating func retell(policy: Policy, marks: inout [OperatorMark.Draft]) {
        let before = life.legs
        life = CallLife()
        for fact in facts { life.advance(fact.step, at: fact.time, policy: policy, marks: &marks) }
        for i in life.legs.indices {
            let leg = life.legs[i]
            if let old = before.first(where: { $0.operator == leg.operator && $0.answeredAt != nil && $0.endedAt == leg.endedAt }) {
                life.legs[i].wrapUp = old.wrapUp
                life.legs[i].wrapUpEndedAt = old.wrapUpEndedAt
            }
        }
    }
}

/// A pop that an operator has on the screen.
public struct OpenPop: Equatable, Sendable, Codable {
    public var id: String
    public var `operator`: String
    public var phase: Pop.Phase
    /// When the phone began to ring, for the watch over unseen VIP pops; nil before that.
    public var ringingSince: Timestamp?
    public var seen = false
    public var transferredFrom: String?
}
