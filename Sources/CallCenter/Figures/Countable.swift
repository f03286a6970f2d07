/// A countable thing: each can be opened to the list of the calls that make it up.
public enum Countable: String, Sendable, CaseIterable {
    // Visits, where they begin.
    /// All visits, where they began.
    case offered
    // Visits, where their outcome happens.
    /// Visits with this outcome, where they had it.
    case answered, abandoned
    /// Visits with this outcome, where they had it.
    case shortAbandoned = "short_abandoned"
    /// Visits with this outcome, where they had it.
    case overflowed, callback, blocked, unknown
    /// Calls that ended without a visit, where they ended.
    case notQueued = "not_queued"
    /// Visits without an outcome, where they began.
    case waiting
    /// Those of the waiting that ring at an operator.
    case waitingRinging = "waiting_ringing"
    /// Those of the waiting whose caller is a VIP.
    case waitingVIP = "waiting_vip"
    /// Answered visits, where the after-call work of all who talked has ended.
    case handled
    /// Each transfer and each hold of an answered visit, where it was answered.
    case transfers, holds
    /// Calls whose number is known, where they begin; in a queue, where they entered it first.
    case knownNumber = "known_number"
    /// Those of them whose caller also called within the 24 h before.
    case repeats = "repeat"

    // Calls that were answered, each once, where they were: in a queue or by an operator where that was first.
    /// Calls that an operator answered, where the first answer was.
    case answeredCalls = "answered_calls"
    /// Those of them with a note or a disposition.
    case documented
    /// Those of them with neither.
    case undocumented
    /// Those of them without a disposition.
    case withoutDisposition = "without_disposition"
    /// Those of them with a disposition; `Behind.disposition` says with which.
    case dispositions
    /// Those of them with a disposition that is a complaint.
    case complaints

    // What waits and service levels are made of: visits whose start was seen, where their outcome happens.
    /// Visits with any outcome, without the partial ones, where they ended. The waits are summed.
    case endedTimed = "ended_timed"
    /// Answered visits without the partial ones. The waits are summed.
    case answeredTimed = "answered_timed"
    /// Those of them that waited no longer than the threshold of the service level.
    case answeredWithin = "answered_within"
    /// Abandoned, with the short ones but in queues that leave those out.
    case abandonedTimed = "abandoned_timed"
    /// Those of `abandonedTimed` that waited no longer than the threshold of the service level.
    case abandonedWithin = "abandoned_within"
    /// Short abandons without the partial ones.
    case shortTimed = "short_timed"

    // Of one operator.
    /// Rings that the operator did not answer, where they ended.
    case unanswered
    /// Talks that the operator handed on, where that happened.
    case transfersOut = "transfers_out"
    /// Calls in whose talk, hold or after-call work some of the period was spent.
    case worked

    // Outbound, of the centre or of one operator.
    /// Calls that were dialed, where the dialing began.
    case dialed
    /// Those whose far end answered, where it did.
    case reached

    /// The visits with an outcome.
    public init(_ outcome: Outcome) {
        self =
            switch outcome {
            case .answered: .answered
            case .abandoned: .abandoned
            case .shortAbandoned: .shortAbandoned
            case .overflowed: .overflowed
            case .callback: .callback
            case .blocked: .blocked
            case .unknown: .unknown
            }
    }

    /// The outcome whose visits it counts; nil for anything else.
    var outcome: Outcome? {
        switch self {
        case .answered: .answered
        case .abandoned: .abandoned
        case .shortAbandoned: .shortAbandoned
        case .overflowed: .overflowed
        case .callback: .callback
        case .blocked: .blocked
        case .unknown: .unknown
        default: nil
        }
    }

    /// By the name of a figure in the API: what makes it up, or the part of a ratio that one looks for.
    public init?(figure name: String) {
        switch name {
        case "asa_ms", "wait_p50_ms", "wait_p90_ms", "wait_p95_ms", "wait_p99_ms": self = .answeredTimed
        case "average_wait_ms", "max_wait_ms": self = .endedTimed
        case "longest_wait_ms": self = .waiting
        case "abandon_rate": self = .abandoned
        case "service_level": self = .answeredWithin
        case "aht_ms", "talk_ms", "hold_ms", "wrap_up_ms": self = .handled
        case "repeat_rate": self = .repeats
        case "occupancy", "average_handle_ms": self = .worked
        case "complaint_rate": self = .complaints
        case "documented_rate": self = .documented
        default: self.init(rawValue: name)
        }
    }

    /// It is counted of one operator alone.
    public var isOfOperator: Bool {
        switch self {
        case .unanswered, .transfersOut, .worked: true
        default: false
        }
    }
}

/// One count of a call in a figure. A call with two visits in a queue is counted there twice.
public struct Counted: Equatable, Sendable {
    /// Index of the visit in `CallLife.visits`; nil when the call itself is counted.
    public var visit: Int?
    /// When it counts.
    public var at: Timestamp
    /// The value that a sum over the figure adds. Milliseconds; nil for a count.
    public var ms: Int64?

    package init(visit: Int? = nil, at: Timestamp, ms: Int64? = nil) {
        self.visit = visit
        self.at = at
        self.ms = ms
    }
}

/// Selects the counts behind a figure: the one definition for calls in memory and in the history.
public struct Behind: Equatable, Sendable {
    /// What is counted.
    var what: Countable
    /// The part of the centre whose calls count.
    var filter: FiguresReport.Filter
    /// Counts from `from` up to `to`; nil for no bound.
    public var from: Timestamp?
    /// The moment before which it counts; nil for no bound.
    public var to: Timestamp?
    /// Of calls with this disposition alone.
    public var disposition: String?

    /// Copies its arguments.
    public init(
        _ what: Countable, _ filter: FiguresReport.Filter = .init(), from: Timestamp? = nil, to: Timestamp? = nil,
        disposition: String? = nil
    ) {
        self.disposition = disposition
        self.what = what
        self.filter = filter
        self.from = from
        self.to = to
    }

    /// - Parameter now: the end of states that still last.
    public func counts(of call: borrowing Call, _ policy: Policy, now: Timestamp) -> [Counted] {
        if let line = filter.line, call.line != line { return [] }
        if let tier = filter.tier, call.tier != tier { return [] }
        if let disposition, call.disposition != disposition { return [] }
        var found: [Counted] = []
        func count(_ at: Timestamp?, visit: Int? = nil, ms: Int64? = nil, times: Int = 1) {
            guard let at, from.map({ $0 <= at }) ?? true, to.map({ at < $0 }) ?? true else { return }
            for _ in 0..<times { found.append(Counted(visit: visit, at: at, ms: ms)) }
        }
        switch what {
        case .notQueued:
            if filter.queue == nil, call.life.isOver, !call.life.isOutbound, call.life.visits.isEmpty,
                matchesOperator(of: call)
            {
                count(call.life.endedAt)
            }
        case .knownNumber, .repeats:
            guard call.numberIsKnown, what == .knownNumber || call.isRepeat else { break }
            if let queue = filter.queue {
                if let i = call.life.visits.firstIndex(where: { $0.queue == queue }) {
                    count(call.life.visits[i].start, visit: i)
                }
            } else {
                count(call.startedAt)
            }
        case .answeredCalls, .documented, .undocumented, .withoutDisposition, .dispositions, .complaints:
            guard matches(call.disposition, isDocumented: call.isDocumented, policy),
                var answer = call.firstAnswer(in: filter.queue)
            else { break }
            if let who = filter.operator {
                guard let own = call.firstAnswer(in: filter.queue, by: who) else { break }
                answer = own
            }
            count(answer.at, visit: answer.visit)
        case .worked: countWork(of: call, now: now) { count($0, visit: $1, ms: $2) }
        case .unanswered, .transfersOut, .dialed, .reached:
            for one in call.marks(of: filter.operator, what, filter.queue) { count(one.time, visit: one.visit) }
        case .answered where filter.operator != nil:
            for one in call.marks(of: filter.operator, what, filter.queue) { count(one.time, visit: one.visit) }
        default:
            for i in call.life.visits.indices where filter.queue == nil || call.life.visits[i].queue == filter.queue {
                if filter.operator != nil,
                    !call.life.legs.contains(where: { $0.visit == i && $0.operator == filter.operator })
                {
                    continue
                }
                countVisit(i, of: call, policy) { count($0, visit: $1, ms: $2, times: $3) }
            }
        }
        return found
    }

    /// Of an answered call.
    private func matches(_ disposition: String?, isDocumented: Bool, _ policy: Policy) -> Bool {
        switch what {
        case .documented: isDocumented
        case .undocumented: !isDocumented
        case .withoutDisposition: disposition == nil
        case .dispositions: disposition != nil
        case .complaints: policy.dispositions.contains { $0.isComplaint && $0.code == disposition }
        default: true
        }
    }

    private func matchesOperator(of call: borrowing Call) -> Bool {
        filter.operator == nil || call.life.legs.contains { $0.operator == filter.operator }
    }

    private func countWork(of call: borrowing Call, now: Timestamp, _ count: (Timestamp?, Int?, Int64?) -> Void) {
        for leg in call.life.legs where filter.operator == nil || leg.operator == filter.operator {
            guard call.isOf(filter.queue, visit: leg.visit), let start = leg.answeredAt else { continue }
            let end = leg.wrapUpEndedAt ?? leg.endedAt ?? now, first = max(start, from ?? start),
                last = min(end, to ?? end)
            if first < last { count(first, leg.visit, last - first) }
        }
    }

    private func countVisit(
        _ i: Int, of call: borrowing Call, _ policy: Policy, _ count: (Timestamp?, Int?, Int64?, Int) -> Void
    ) {
        let visit = call.life.visits[i]
        if let outcome = what.outcome {
            if visit.outcome == outcome { count(visit.outcomeAt, i, nil, 1) }
            return
        }
        let rules = policy.queue(visit.queue), wait = visit.wait ?? 0, isWithin = wait <= rules.serviceLevelThreshold
        let isShort = visit.outcome == .shortAbandoned,
            isAbandoned = visit.outcome == .abandoned || (isShort && !rules.excludeShortAbandons)
        switch what {
        case .offered: count(visit.start, i, nil, 1)
        case .waiting: if visit.outcome == nil { count(visit.start, i, nil, 1) }
        case .waitingRinging:
            if visit.outcome == nil, call.life.legs.contains(where: \.isRinging) { count(visit.start, i, nil, 1) }
        case .waitingVIP: if visit.outcome == nil, policy.isVIP(tier: call.tier) { count(visit.start, i, nil, 1) }
        case .handled:
            guard visit.outcome == .answered, let handle = call.handles[i] else { return }
            count(handle.at, i, handle.talk + handle.hold + handle.wrapUp, 1)
        case .transfers: if visit.outcome == .answered { count(visit.outcomeAt, i, nil, visit.transfers) }
        case .holds: if visit.outcome == .answered { count(visit.outcomeAt, i, nil, visit.holds) }
        case _ where visit.partial || visit.outcome == nil: return
        case .endedTimed: count(visit.outcomeAt, i, wait, 1)
        case .answeredTimed: if visit.outcome == .answered { count(visit.outcomeAt, i, wait, 1) }
        case .answeredWithin: if visit.outcome == .answered, isWithin { count(visit.outcomeAt, i, wait, 1) }
        case .abandonedTimed: if isAbandoned { count(visit.outcomeAt, i, wait, 1) }
        case .abandonedWithin: if isAbandoned, isWithin { count(visit.outcomeAt, i, wait, 1) }
        case .shortTimed: if isShort { count(visit.outcomeAt, i, wait, 1) }
        default: return
        }
    }
}

extension Call {
    /// The caller's number is known; what an operator dialed is no call of that number's owner.
    package var numberIsKnown: Bool { !life.isOutbound && lookup?.caller.e164.flatMap(CallerMemory.key) != nil }

    fileprivate func isOf(_ queue: String?, visit: Int?) -> Bool {
        guard let queue else { return true }
        return visit.map { life.visits.indices.contains($0) && life.visits[$0].queue == queue } ?? false
    }

    /// What an operator's figures count of the call, with the visits that it belongs to: recomputed from the facts, as
    /// a PBX may tell of the end of a ring that it never said had begun.
    fileprivate func marks(of who: String?, _ what: Countable, _ queue: String?) -> [(time: Timestamp, visit: Int?)] {
        guard
            who == nil || life.legs.contains(where: { $0.operator == who }) || facts.contains(where: { $0.misses(who) })
        else { return [] }
        var life = CallLife(), found: [(time: Timestamp, visit: Int?)] = []
        let policy = Policy()
        for fact in facts {
            var marks: [OperatorMark.Draft] = []
            life.advance(fact.step, at: fact.time, policy: policy, marks: &marks)
            for mark in marks where who == nil || mark.operator == who {
                guard mark.kind.isCounted(as: what) else { continue }
                let leg = life.legs.last {
                    $0.operator == mark.operator && [$0.ringAt, $0.answeredAt, $0.endedAt].contains(mark.time)
                }
                let visit = leg?.visit ?? life.visits.indices.last
                if isOf(queue, visit: visit) { found.append((mark.time, visit)) }
            }
        }
        return found
    }
}

extension CallFact {
    fileprivate func misses(_ who: String?) -> Bool {
        if case .unanswered(let other, _, _) = step { other == who } else { false }
    }
}

extension OperatorMark.Kind {
    /// As `Operator` books it.
    fileprivate func isCounted(as what: Countable) -> Bool {
        switch (self, what) {
        case (.talk, .answered), (.unanswered, .unanswered), (.dial, .dialed), (.reach, .reached): true
        case (.leave(_, _, transferred: true), .transfersOut), (.leaveOutbound(_, _, transferred: true), .transfersOut):
            true
        default: false
        }
    }
}
