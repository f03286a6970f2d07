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
    /// The call's own number: made of the place in the log of the first event about it, so calls are numbered in their
    /// order.
    public let number: Int64
    /// In the order of `CallFact.precedes`.
    public private(set) var facts: [CallFact] = []
    public internal(set) var life = CallLife()

    public internal(set) var offered: CallEvent.Offered?
    /// Of a call that an operator dialed.
    public internal(set) var dialed: CallEvent.Dialed?
    /// Known since the offer or the identification.
    public internal(set) var lookup: Lookup?
    /// Likeliest first.
    public internal(set) var ranking: [Int] = []
    /// The newest. Kept for `explain`.
    public internal(set) var decision: Decision?
    /// nil for nothing; `given` in words.
    private var answers: [GivenAnswer]?
    public internal(set) var alerts: [AlertKind] = []
    public internal(set) var pops: [OpenPop] = []
    public internal(set) var transferredFrom: String?
    /// What the caller had waited in vain before; nil for nothing.
    public internal(set) var waitedBefore: WaitedBefore?
    /// What the number alone had found; nil while nobody has said who it is.
    var byNumber: Lookup?
    /// The customers that somebody said it is, by id; nil while nobody has.
    var chosen: [Int64]?
    /// nil for nothing; `drafts` in words.
    var typing: [Draft]?
    /// nil for nothing; `popMoments` in words.
    var moments: [PopMoment]?
    /// nil for nothing; `remarks` in words.
    package internal(set) var written: [Remark]?
    /// The caller called within the 24 h before: for the repeat rate.
    package internal(set) var isRepeat = false
    /// When the daemon last heard of it.
    package internal(set) var lastHeard: Timestamp
    /// When the daemon first heard of it; nil of a call that an older version kept.
    package let firstHeard: Timestamp?

    /// Leaves room for the calls that one snapshot brings.
    static func number(seq: Int64) -> Int64 { seq &* 4096 }

    init(key: CallKey, number: Int64, heard: Timestamp) {
        self.key = key
        self.number = number
        lastHeard = heard
        firstHeard = heard
    }

    /// A call that left the live state, as it was kept.
    package init(
        key: CallKey, number: Int64, facts: [CallFact], life: CallLife, offered: CallEvent.Offered?, lookup: Lookup?,
        ranking: [Int], decision: Decision?, alerts: [AlertKind], transferredFrom: String?, isRepeat: Bool,
        lastHeard: Timestamp, remarks: [Remark],
        dialed: CallEvent.Dialed? = nil, given: [GivenAnswer] = [], popMoments: [PopMoment] = [],
        firstHeard: Timestamp? = nil
    ) {
        self.firstHeard = firstHeard
        moments = popMoments.isEmpty ? nil : popMoments
        self.dialed = dialed
        answers = given.isEmpty ? nil : given
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
        self.isRepeat = isRepeat
        self.lastHeard = lastHeard
        written = remarks.isEmpty ? nil : remarks
    }

    /// The id of the pop that an operator gets of it. A place in the log is given out again when a commit failed, and a
    /// screen may show the call that had it: the time at which the call was first heard of tells the two apart.
    func popID(of who: String) -> String {
        firstHeard.map { "\(number)-\(String($0.ms, radix: 36)).\(who)" } ?? "\(number).\(who)"
    }

    /// The likeliest customer.
    public var candidate: Candidate? { ranking.first.flatMap { first in lookup.map { $0.candidates[first] } } }
    public var customer: CustomerCard? { candidate?.customer }
    /// The tier that the figures are split by; `unknown` when nobody matches.
    public var tier: String { ranking.first.flatMap { lookup?.candidates[$0].customer.tier } ?? Call.unknownTier }
    /// Without copying all that is known of the customer.
    package var customerID: Int64? { ranking.first.flatMap { lookup?.candidates[$0].customer.id } }
    public static let unknownTier = "unknown"

    /// Whom somebody said it is, if the number alone would not have found that customer.
    public var customerWithoutNumber: Int64? {
        guard let id = customerID, chosen?.contains(id) == true, let byNumber else { return nil }
        return byNumber.candidates.contains { $0.customer.id == id } ? nil : id
    }

    /// The number called: the centre's line, or what an operator dialed.
    public var called: String? { life.isOutbound ? dialed?.to : offered?.to }

    /// The number that was dialled, by which figures are split; empty when nobody knows it.
    var line: String { offered?.to ?? "" }

    /// When the call was first heard of on the PBX.
    public var startedAt: Timestamp? { facts.first?.time }
    /// Its start was not seen.
    public var isPartial: Bool {
        switch facts.first?.step {
        case .offered, .queued, .dialed, nil: false
        default: true
        }
    }
    /// When somebody answered: the first operator, or the far end of a dialed call.
    public var answeredAt: Timestamp? { life.legs.lazy.compactMap(\.answeredAt).min() }

    /// The outcome in one word (metrics.md): that of its visits, `not_queued` when it ended without any, `reached` and
    /// `not_reached` of a dialed call; nil while there is none.
    public var result: String? {
        guard life.visits.isEmpty else { return life.outcome?.rawValue }
        guard life.isOutbound else { return life.isOver ? "not_queued" : nil }
        if life.reachedAt != nil { return "reached" }
        return life.isOver ? "not_reached" : nil
    }

    /// What the PBX was answered about this call, oldest first.
    public var given: [GivenAnswer] { answers ?? [] }

    /// Keeps an answer: the first, and the newest ones.
    mutating func give(_ answer: GivenAnswer) {
        var all = given
        all.append(answer)
        if all.count > GivenAnswer.keptMax { all.remove(at: 1) }
        answers = all
    }

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

    /// Tells the life again from its facts. Wrap-ups already known are kept until the operators' timelines say
    /// otherwise.
    mutating func retell(policy: Policy, marks: inout [OperatorMark.Draft]) {
        struct Talk: Hashable {
            var `operator`: String
            var endedAt: Timestamp?
        }
        var wrapUps: [Talk: (ms: Int64?, endedAt: Timestamp?)] = [:]
        for leg in life.legs where leg.answeredAt != nil {
            let talk = Talk(operator: leg.operator, endedAt: leg.endedAt)
            if wrapUps[talk] == nil { wrapUps[talk] = (leg.wrapUp, leg.wrapUpEndedAt) }
        }
        life = CallLife()
        for fact in facts { life.advance(fact.step, at: fact.time, policy: policy, marks: &marks) }
        for i in life.legs.indices {
            let leg = life.legs[i]
            guard let known = wrapUps[Talk(operator: leg.operator, endedAt: leg.endedAt)] else { continue }
            life.legs[i].wrapUp = known.ms
            life.legs[i].wrapUpEndedAt = known.endedAt
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

/// How often and how long a caller waited in vain within 24 h, and was not reached since.
public struct WaitedBefore: Equatable, Sendable, Codable {
    public var times: Int
    /// All of it together. Milliseconds.
    public var waited: Int64
}

/// What the PBX was answered, to say it again when the event comes again, and to explain it.
public struct GivenAnswer: Equatable, Sendable, Codable {
    /// How many a call keeps: an IVR identifies a caller once or twice.
    static let keptMax = 8

    /// The place in the log of the event that asked.
    public var seq: Int64
    public var answer: OfferAnswer
    /// The reasoning behind the route; nil when there was none to decide.
    public var decision: Decision?

    package init(seq: Int64, answer: OfferAnswer, decision: Decision?) {
        self.seq = seq
        self.answer = answer
        self.decision = decision
    }
}
