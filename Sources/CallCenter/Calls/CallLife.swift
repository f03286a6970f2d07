/// The state machine of one call: a fold of its facts, in order, into visits and legs.
///
/// It has no other input, so a late fact is inserted at its position and the life is recomputed. The state chart with
/// numbered arrows is in docs/architecture.md.
public struct CallLife: Equatable, Sendable, Codable {
    /// Where a call is in its life; the arrows between the states are in docs/architecture.md.
    public enum State: String, Equatable, Sendable, Codable, CaseIterable {
        /// No fact yet.
        case unseen
        /// Arrived; no phone rings and it is in no queue.
        case offered
        /// An operator calls out; the far end has not answered yet.
        case dialing
        /// In a queue, or ringing at an operator.
        case waiting
        /// At least one operator is talking with the caller.
        case talking
        /// On a parking place.
        case parked
        /// Left a queue or was transferred, and has not arrived anywhere yet.
        case between
        /// It is over. An answer that is received later changes a visit's outcome, not this.
        case ended
    }

    /// The state after the last of the facts.
    public private(set) var state = State.unseen
    /// Its stays in queues, in the order in which they began.
    public private(set) var visits: [Visit] = []
    /// Operators' parts in it, in the order in which they began.
    public internal(set) var legs: [Leg] = []
    /// How many legs at the front have ended: what a step does to legs need not look at those. nil for none.
    private var closedLegs: Int?
    /// When it ended, on the PBX's clock; nil while it is open.
    public private(set) var endedAt: Timestamp?
    /// Who hung up, as the PBX said; nil when it said nothing.
    public private(set) var endedBy: EndedBy?
    /// Why it ended, in the PBX's words.
    public private(set) var cause: String?
    /// The operator who dialed it; nil for a call that came in.
    public private(set) var dialedBy: String?
    /// False for a call first seen in its middle: its visits are counted, but kept out of waits and service levels.
    private var startSeen = false
    /// Where a call in state `between` came from, for the visit that the next ring opens.
    private var origin: Origin?

    private struct Origin: Equatable, Sendable, Codable {
        var queue: String?
        var since: Timestamp
        /// Transferred to an operator after the answer: the next leg belongs to the answered visit.
        var handedOn = false
    }

    init() {}

    /// A life that is over, as it was stored: recomputed by today's rules it might have ended differently.
    package init(
        kept visits: [Visit], legs: [Leg], endedAt: Timestamp?, endedBy: EndedBy?, cause: String? = nil,
        dialedBy: String? = nil
    ) {
        self.cause = cause
        self.dialedBy = dialedBy
        self.visits = visits
        self.legs = legs
        self.endedAt = endedAt
        self.endedBy = endedBy
        state = .ended
    }

    private var waits: Bool { visits.last.map { $0.outcome == nil } ?? false }
    private var openLegs: ArraySlice<Leg> { legs[(closedLegs ?? 0)...] }
    private mutating func countClosedLegs() {
        var count = closedLegs ?? 0
        while count < legs.count, legs[count].endedAt != nil { count += 1 }
        closedLegs = count == 0 ? nil : count
    }

    /// - Parameter marks: the step's effects on operators are appended here.
    mutating func advance(_ step: CallStep, at time: Timestamp, policy: Policy, marks: inout [OperatorMark.Draft]) {
        countClosedLegs()
        if state == .unseen {
            switch step {
            case .offered, .queued, .dialed: startSeen = true
            default: break
            }
        }
        if state == .ended {
            if case .answered(let who) = step { answerAfterTheEnd(who, policy: policy, marks: &marks) }
            return
        }
        switch step {
        case .offered(let queue):
            if state == .unseen {
                state = .offered
                origin = Origin(queue: queue, since: time)
            }
        case .dialed(let who):
            dial(who, at: time, marks: &marks)
        case .alive:
            if state == .unseen { state = .between }
        case .rejected:
            // A call that is in a queue already when its offer arrives was not held back by our answer.
            guard state == .offered, visits.isEmpty else { return }
            var visit = Visit(queue: origin?.queue ?? Visit.directQueue, start: time, partial: false)
            visit.close(.blocked, at: time)
            visits.append(visit)
        case .queued(let queue):
            enter(queue, at: time, policy: policy, marks: &marks)
        case .ringing(let who, let device):
            ring(who, device, at: time, marks: &marks)
        case .unanswered(let who, let reason, let device):
            endRing(who, device, reason, at: time, marks: &marks)
        case .answered(let who):
            if openLegs.contains(where: { $0.operator == who && $0.isDialing }) {
                reach(at: time, marks: &marks)
            } else {
                answer(who, .talk, at: time, marks: &marks)
            }
        case .reached:
            if state == .unseen { state = .between }
            reach(at: time, marks: &marks)
        case .parked(let who, _):
            park(who, at: time, policy: policy, marks: &marks)
        case .retrieved(let who, _):
            // Parked before any operator had answered: retrieving the call counts as the answer.
            answer(who, waits ? .talk : .retrieve, at: time, marks: &marks)
        case .held:
            hold(at: time, marks: &marks)
        case .resumed:
            resume(at: time, marks: &marks)
        case .transferred(let target, let kind):
            transfer(to: target, kind, at: time, policy: policy, marks: &marks)
        case .dequeued(let queue, let reason):
            guard waits, queue == nil || visits[visits.count - 1].queue == queue else { return }
            visits[visits.count - 1].dequeued = reason
            leaveQueue(reason == .callback ? .callback : .overflowed, at: time, marks: &marks)
        case .ended(let by, let cause):
            self.cause = cause
            if waits, let visit = visits.last {
                let limit = policy.queue(visit.queue).shortAbandon
                let short = limit > 0 && !visit.partial && time - visit.start <= limit
                visits[visits.count - 1].close(short ? .shortAbandoned : .abandoned, at: time)
            }
            finish(by: by, ringEnd: .callerLeft, talkEnd: .ended, at: time, policy: policy, marks: &marks)
        case .vanished:
            if waits { visits[visits.count - 1].close(.unknown, at: time) }
            finish(by: nil, ringEnd: .vanished, talkEnd: .vanished, at: time, policy: policy, marks: &marks)
        }
    }

    // MARK: Waiting

    private mutating func enter(_ queue: String, at time: Timestamp, policy: Policy, marks: inout [OperatorMark.Draft])
    {
        if waits {
            if visits[visits.count - 1].queue == queue { return }
            leaveQueue(.overflowed, at: time, marks: &marks)
        }
        for i in openLegs.indices where legs[i].isTalking {
            endTalk(i, .transferred, at: time, policy: policy, marks: &marks)
        }
        endDialing(.transferred, at: time, marks: &marks)
        visits.append(Visit(queue: queue, start: time, partial: !startSeen))
        origin = nil
        state = .waiting
    }

    private mutating func leaveQueue(_ outcome: Outcome, at time: Timestamp, marks: inout [OperatorMark.Draft]) {
        visits[visits.count - 1].close(outcome, at: time)
        endRings(.elsewhere, at: time, marks: &marks)
        origin = Origin(queue: nil, since: time)
        state = .between
    }

    /// Opens the visit of a call that rings or is answered without having been queued.
    private mutating func openUnqueuedVisit(at time: Timestamp) {
        guard !waits, state != .talking, !isOutbound, origin?.handedOn != true else { return }
        visits.append(
            Visit(queue: origin?.queue ?? Visit.directQueue, start: origin?.since ?? time, partial: !startSeen))
        origin = nil
    }

    // MARK: Ringing

    private mutating func ring(
        _ who: String, _ device: String?, at time: Timestamp, marks: inout [OperatorMark.Draft]
    ) {
        if let i = openLegs.lastIndex(where: { $0.operator == who && $0.endedAt == nil }) {
            if let device, legs[i].isRinging, legs[i].devices?.contains(device) != true {
                legs[i].devices = (legs[i].devices ?? []) + [device]
            }
            return
        }
        openUnqueuedVisit(at: time)
        var leg = Leg(operator: who, visit: visits.isEmpty ? nil : visits.count - 1)
        leg.ringAt = time
        leg.devices = device.map { [$0] }
        legs.append(leg)
        marks.append(.init(who, time, .ring))
        if state != .talking, state != .parked, state != .dialing { state = waits ? .waiting : .between }
    }

    /// Ends the ring of one device of the operator, or of all. A ring that ends because a colleague answered is no
    /// missed ring.
    private mutating func endRing(
        _ who: String, _ device: String?, _ reason: UnansweredReason?, at time: Timestamp,
        marks: inout [OperatorMark.Draft]
    ) {
        let isMissed = reason != .elsewhere
        if let i = openLegs.lastIndex(where: { $0.operator == who && $0.isRinging }) {
            if let device, let ringing = legs[i].devices {
                let left = ringing.filter { $0 != device }
                legs[i].devices = left
                if !left.isEmpty { return }
            }
            legs[i].endedAt = time
            legs[i].end = isMissed ? .unanswered : .elsewhere
            marks.append(.init(who, time, .ringEnd))
            if isMissed { marks.append(.init(who, time, .unanswered)) }
        } else if isMissed, !hasSettled(ringOf: who) {
            marks.append(.init(who, time, .unanswered))
        }
    }

    private mutating func endRings(_ end: Leg.End, at time: Timestamp, marks: inout [OperatorMark.Draft]) {
        for i in openLegs.indices where legs[i].isRinging {
            legs[i].endedAt = time
            legs[i].end = end
            marks.append(.init(legs[i].operator, time, .ringEnd))
        }
    }

    // MARK: Talking

    private mutating func answer(
        _ who: String, _ mark: OperatorMark.Kind, at time: Timestamp, marks: inout [OperatorMark.Draft]
    ) {
        if openLegs.contains(where: { $0.operator == who && $0.isTalking }) { return }
        openUnqueuedVisit(at: time)
        if waits { visits[visits.count - 1].close(.answered, at: time) }
        let i = openLegs.lastIndex { $0.operator == who && $0.isRinging } ?? newLeg(who)
        legs[i].answeredAt = time
        marks.append(.init(who, time, mark))
        endRings(.elsewhere, at: time, marks: &marks)
        origin = nil
        state = .talking
    }

    private mutating func newLeg(_ who: String) -> Int {
        legs.append(Leg(operator: who, visit: visits.isEmpty ? nil : visits.count - 1))
        return legs.count - 1
    }

    /// metrics.md: "an answer that arrives after the end of its call makes an abandoned visit an answered one". Where
    /// its time is after the end as well, the talk had no length.
    private mutating func answerAfterTheEnd(_ who: String, policy: Policy, marks: inout [OperatorMark.Draft]) {
        guard let endedAt, let last = visits.last, last.outcome == .abandoned || last.outcome == .shortAbandoned else {
            return
        }
        visits[visits.count - 1].close(.answered, at: endedAt)
        let i = newLeg(who)
        legs[i].answeredAt = endedAt
        marks.append(.init(who, endedAt, .talk))
        endTalk(i, .ended, at: endedAt, policy: policy, marks: &marks)
    }

    private mutating func hold(at time: Timestamp, marks: inout [OperatorMark.Draft]) {
        guard let i = openLegs.lastIndex(where: { $0.isTalking && $0.heldSince == nil }) else { return }
        legs[i].heldSince = time
        if let visit = legs[i].visit { visits[visit].holds += 1 }
        marks.append(.init(legs[i].operator, time, .hold))
    }

    private mutating func resume(at time: Timestamp, marks: inout [OperatorMark.Draft]) {
        guard let i = openLegs.lastIndex(where: { $0.isTalking && $0.heldSince != nil }) else { return }
        closeHold(i, at: time)
        marks.append(.init(legs[i].operator, time, .unhold))
    }

    private mutating func closeHold(_ i: Int, at time: Timestamp) {
        guard let since = legs[i].heldSince else { return }
        legs[i].hold += max(0, time - since)
        legs[i].heldSince = nil
    }

    private mutating func endTalk(
        _ i: Int, _ end: Leg.End, at time: Timestamp, policy: Policy, marks: inout [OperatorMark.Draft]
    ) {
        closeHold(i, at: time)
        legs[i].endedAt = time
        legs[i].end = end
        guard let visit = legs[i].visit else {
            // metrics.md: the limit of after-call work is the queue's, and a dialed call has been in none.
            legs[i].wrapUp = 0
            legs[i].wrapUpEndedAt = time
            let left = OperatorMark.Kind.leaveOutbound(
                talk: legs[i].talk ?? 0, hold: legs[i].hold, transferred: end == .transferred)
            marks.append(.init(legs[i].operator, time, left))
            return
        }
        // When the end of a call was not seen, the end of the talk is unknown too, so no after-call work is added.
        let limit = end == .vanished ? 0 : policy.queue(visits[visit].queue).wrapUpLimit
        marks.append(
            .init(legs[i].operator, time, .leave(leg: i, wrapUpLimit: limit, transferred: end == .transferred)))
    }

    private mutating func transfer(
        to target: TransferTarget, _ kind: TransferKind, at time: Timestamp, policy: Policy,
        marks: inout [OperatorMark.Draft]
    ) {
        guard
            let from = openLegs.lastIndex(where: { leg in
                guard leg.isTalking else { return false }
                if case .operator(let next) = target { return leg.operator != next }
                return true
            })
        else {
            if waits { leaveQueue(.overflowed, at: time, marks: &marks) }
            endDialing(.transferred, at: time, marks: &marks)
            if state == .unseen || state == .dialing { state = .between }
            if case .queue(let queue) = target { origin = Origin(queue: queue, since: time) }
            return
        }
        let visit = legs[from].visit
        if let visit { visits[visit].transfers += 1 }
        endTalk(from, .transferred, at: time, policy: policy, marks: &marks)
        if case .operator(let next) = target, kind == .attended,
            !openLegs.contains(where: { $0.operator == next && $0.endedAt == nil })
        {
            // The consultation was a call of its own: the next operator now talks with this caller.
            let i = newLeg(next)
            legs[i].visit = visit
            legs[i].answeredAt = time
            marks.append(.init(next, time, .talk))
        }
        guard !openLegs.contains(where: \.isTalking) else { return }
        state = .between
        switch target {
        case .queue(let queue): origin = Origin(queue: queue, since: time)
        case .operator, .number: origin = Origin(queue: nil, since: time, handedOn: true)
        }
    }

    // MARK: Parking

    /// The operator parks the call and leaves it; the visit stays answered.
    private mutating func park(_ who: String, at time: Timestamp, policy: Policy, marks: inout [OperatorMark.Draft]) {
        if let i = openLegs.lastIndex(where: { $0.operator == who && $0.isTalking }) {
            endTalk(i, .parked, at: time, policy: policy, marks: &marks)
        }
        guard !openLegs.contains(where: \.isTalking), !waits else { return }
        origin = Origin(queue: nil, since: time, handedOn: !visits.isEmpty || isOutbound)
        state = .parked
    }

    // MARK: Dialing

    private mutating func dial(_ who: String, at time: Timestamp, marks: inout [OperatorMark.Draft]) {
        guard state == .unseen || state == .between, visits.isEmpty, dialedBy == nil else { return }
        dialedBy = who
        state = .dialing
        var leg = Leg(operator: who, visit: nil)
        leg.dialedAt = time
        legs.append(leg)
        marks.append(.init(who, time, .dial))
    }

    private mutating func reach(at time: Timestamp, marks: inout [OperatorMark.Draft]) {
        guard let i = openLegs.lastIndex(where: \.isDialing) else { return }
        legs[i].answeredAt = time
        marks.append(.init(legs[i].operator, time, .reach))
        endRings(.elsewhere, at: time, marks: &marks)
        state = .talking
    }

    private mutating func endDialing(_ end: Leg.End, at time: Timestamp, marks: inout [OperatorMark.Draft]) {
        for i in openLegs.indices where legs[i].isDialing {
            legs[i].endedAt = time
            legs[i].end = end
            marks.append(.init(legs[i].operator, time, .dialEnd))
        }
    }

    // MARK: The end

    private mutating func finish(
        by: EndedBy?, ringEnd: Leg.End, talkEnd: Leg.End, at time: Timestamp, policy: Policy,
        marks: inout [OperatorMark.Draft]
    ) {
        endRings(ringEnd, at: time, marks: &marks)
        endDialing(talkEnd, at: time, marks: &marks)
        for i in openLegs.indices where legs[i].isTalking {
            endTalk(i, talkEnd, at: time, policy: policy, marks: &marks)
        }
        endedAt = time
        endedBy = by
        state = .ended
    }
}
