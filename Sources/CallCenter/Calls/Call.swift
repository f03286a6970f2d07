/// Identifies a call. Two sources may use the same id, so the source is part of it.
public struct CallKey: Hashable, Sendable, Codable {
    /// The PBX or bridge, as in `Event.source`.
    public var source: String
    /// The PBX's id of the call, unique within its source.
    public var call: String

    /// Copies its arguments.
    public init(source: String, call: String) {
        self.source = source
        self.call = call
    }
}

/// A call that is open, or that ended so recently that a late event may still change it.
public struct Call: Equatable, Sendable, Codable {
    /// What the PBX calls it.
    public let key: CallKey
    /// The call's own number, computed from the log position of its first event: later calls have larger numbers.
    public let number: Int64
    /// In the order of `CallFact.precedes`.
    public private(set) var facts: [CallFact] = []
    /// What the facts amount to: state, visits, legs.
    public internal(set) var life = CallLife()

    /// What the offer said; nil while none was received.
    public internal(set) var offered: CallEvent.Offered?
    /// Set for a call that an operator dialed.
    public internal(set) var dialed: CallEvent.Dialed?
    /// The result of the look-up; nil before the offer or the identification.
    public internal(set) var lookup: Lookup?
    /// Indices into `lookup.candidates`, likeliest first.
    public internal(set) var ranking: [Int] = []
    /// The newest routing decision, for `explain`.
    public internal(set) var decision: Decision?
    /// Storage of `given`; nil when empty.
    private var answers: [GivenAnswer]?
    /// What operators are warned of, the most urgent first.
    public internal(set) var alerts: [AlertKind] = []
    /// The pops of this call that are on operators' screens.
    public internal(set) var pops: [OpenPop] = []
    /// The operator who transferred the call last; nil when nobody did.
    public internal(set) var transferredFrom: String?
    /// The caller's earlier waits without an answer; nil when there were none.
    public internal(set) var waitedBefore: WaitedBefore?
    /// The look-up by the number alone; nil until somebody identified the caller.
    var byNumber: Lookup?
    /// Ids of the customers named by an identification; nil until then.
    var chosen: [Int64]?
    /// Storage of `drafts`; nil when empty.
    var typing: [Draft]?
    /// Storage of `popMoments`; nil when empty.
    var moments: [PopMoment]?
    /// Storage of `identifiedAt`; nil when empty.
    var identified: [Timestamp]?
    /// What look-ups outside said of the caller, in the order of their first answers.
    public var outside: [OutsideAnswer] { outsideAnswers ?? [] }
    /// Storage of `outside`; nil when empty.
    var outsideAnswers: [OutsideAnswer]?
    /// Storage of `remarks`; nil when empty.
    package internal(set) var written: [Remark]?
    /// The caller also called within the 24 h before (repeat rate).
    package internal(set) var isRepeat = false
    /// When the daemon last received an event about it.
    package internal(set) var lastHeard: Timestamp
    /// When the daemon first received an event about it; nil in a call stored by an older version.
    package let firstHeard: Timestamp?

    /// Leaves 4,096 numbers for each log position, as one snapshot may contain many calls.
    static func number(seq: Int64) -> Int64 { seq &* 4096 }

    init(key: CallKey, number: Int64, heard: Timestamp) {
        self.key = key
        self.number = number
        lastHeard = heard
        firstHeard = heard
    }

    /// A call that left the live state, as it was stored.
    package init(
        key: CallKey, number: Int64, facts: [CallFact], life: CallLife, offered: CallEvent.Offered?, lookup: Lookup?,
        ranking: [Int], decision: Decision?, alerts: [AlertKind], transferredFrom: String?, isRepeat: Bool,
        lastHeard: Timestamp, remarks: [Remark],
        dialed: CallEvent.Dialed? = nil, given: [GivenAnswer] = [], popMoments: [PopMoment] = [],
        firstHeard: Timestamp? = nil, identifiedAt: [Timestamp] = []
    ) {
        self.firstHeard = firstHeard
        identified = identifiedAt.isEmpty ? nil : identifiedAt
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

    /// The id of the pop that an operator gets for this call. A log position is assigned a second time when a commit
    /// failed, and a screen may still show the earlier call that had it. The time of the first event is part of the id,
    /// so that the two ids differ.
    func popID(of who: String) -> String {
        var id = String(number)
        if let firstHeard {
            id += "-"
            id += firstHeard.base36
        }
        id += "."
        id += who
        return id
    }

    /// The likeliest customer.
    public var candidate: Candidate? { ranking.first.flatMap { first in lookup.map { $0.candidates[first] } } }
    /// The likeliest customer's card; nil when nobody matches.
    public var customer: CustomerCard? { candidate?.customer }
    /// The tier that the figures are split by; `unknown` when nobody matches.
    public var tier: String { ranking.first.flatMap { lookup?.candidates[$0].customer.tier } ?? Call.unknownTier }
    /// Does not copy the customer's record.
    package var customerID: Int64? { ranking.first.flatMap { lookup?.candidates[$0].customer.id } }
    /// The tier of a caller whom nobody in the records matches.
    static let unknownTier = "unknown"

    /// The identified customer, if a look-up by the number alone would not find that customer.
    public var customerWithoutNumber: Int64? {
        guard let id = customerID, chosen?.contains(id) == true, let byNumber else { return nil }
        return byNumber.candidates.contains { $0.customer.id == id } ? nil : id
    }

    /// The number called: the centre's line, or what an operator dialed.
    public var called: String? { life.isOutbound ? dialed?.to : offered?.to }

    /// The dialled number, by which figures are split; empty when unknown.
    var line: String { offered?.to ?? "" }

    /// Event time of the earliest fact, on the PBX's clock; nil while there is none.
    public var startedAt: Timestamp? { facts.first?.time }
    /// Its start was not seen.
    public var isPartial: Bool {
        switch facts.first?.step {
        case .offered, .queued, .dialed, nil: false
        default: true
        }
    }
    /// When somebody answered: the first operator, or the far end of a dialed call.
    public var answeredAt: Timestamp? {
        var first: Timestamp?
        for i in life.legs.indices { if let at = life.legs[i].answeredAt { first = min(first ?? at, at) } }
        return first
    }

    /// The outcome in one word (metrics.md): that of its visits, `not_queued` when it ended without any, `reached` and
    /// `not_reached` of a dialed call; nil while there is none.
    public var result: String? {
        guard life.visits.isEmpty else { return life.outcome?.rawValue }
        guard life.isOutbound else { return life.isOver ? "not_queued" : nil }
        if life.reachedAt != nil { return "reached" }
        return life.isOver ? "not_reached" : nil
    }

    /// The replies to the PBX about this call, oldest first.
    public var given: [GivenAnswer] { answers ?? [] }

    /// Stores a reply. The first one and the newest ones are kept, `GivenAnswer.keptMax` in total.
    mutating func record(_ answer: GivenAnswer) {
        var all = given
        all.append(answer)
        if all.count > GivenAnswer.keptMax { all.remove(at: 1) }
        answers = all
    }

    /// Changes the stored replies.
    mutating func replaceGiven(_ change: (inout GivenAnswer) -> Void) {
        guard var all = answers else { return }
        for i in all.indices { change(&all[i]) }
        answers = all
    }

    /// Changes the steps of its facts where no figure depends on it.
    mutating func replaceSteps(_ change: (inout CallStep) -> Void) {
        for i in facts.indices { change(&facts[i].step) }
    }

    /// Inserts a fact at its position. True when it is the newest; false when the life has to be recomputed.
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

    /// Recomputes the life from its facts. Wrap-ups already known are kept until the operators' timelines say
    /// otherwise.
    mutating func recompute(policy: Policy, marks: inout [OperatorMark.Draft]) {
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

/// A pop on an operator's screen.
public struct OpenPop: Equatable, Sendable, Codable {
    public var id: String
    /// Whose screen it is on, by operator id.
    public var `operator`: String
    /// What it shows: the call is offered, rings, is talked in.
    var phase: Pop.Phase
    /// When the phone began to ring, for the alert about unseen VIP pops; nil before that.
    public var ringingSince: Timestamp?
    /// Whether the screen reported that the operator looked at it.
    var seen = false
    /// The operator who handed the call to this one; nil when nobody did.
    var transferredFrom: String?
}

/// How often and how long a caller waited without an answer within 24 h and since the last contact.
public struct WaitedBefore: Equatable, Sendable, Codable {
    /// How many calls; 1 and up.
    var times: Int
    /// Sum of the waits. Milliseconds.
    public var waited: Int64
}

/// A reply to the PBX: repeated when the same event comes again, and shown by `explain`.
public struct GivenAnswer: Equatable, Sendable, Codable {
    /// Replies stored for one call: an IVR identifies a caller once or twice.
    static let keptMax = 8

    /// The log position of the requesting event.
    public var seq: Int64
    /// What the PBX was told.
    public var answer: OfferAnswer
    /// The reasoning behind the route; nil when there was none to decide.
    public var decision: Decision?

    package init(seq: Int64, answer: OfferAnswer, decision: Decision?) {
        self.seq = seq
        self.answer = answer
        self.decision = decision
    }
}
