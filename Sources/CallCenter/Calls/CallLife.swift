/// The state machine of one call: its facts, in order, folded into visits and legs.
///
/// A fold and nothing else, so that a fact that comes late is put in its place and the life is told again. The state chart with
/// numbered arrows is in docs/architecture.md.
public struct CallLife: Equatable, Sendable, Codable {
    public enum State: String, Equatable, Sendable, Codable, CaseIterable {
        /// Nothing has been seen yet.
        case unseen
        /// Arrived; nobody rings and no queue holds it.
        case offered
        /// In a queue, or ringing at an operator.
        case waiting
        /// At least one operator talks with it.
        case talking
        /// Between two places: taken out of a queue or handed on, not yet anywhere else.
        case between
        case ended
    }

    public private(set) var state = State.unseen
    public private(set) var visits: [Visit] = []
    public internal(set) var legs: [Leg] = []
    public private(set) var endedAt: Timestamp?
    public private(set) var endedBy: EndedBy?
    /// False for a call first seen in its middle: its visits are counted, but kept out of waits and service levels.
    private var startSeen = false
    /// Where a call that is between two places came from, for the visit that the next ring opens.
    private var origin: Origin?

    private struct Origin: Equatable, Sendable, Codable {
        var queue: String?
        var since: Timestamp
        /// Handed to an operator after it was answered: the next leg belongs to the visit that was answered.
        var handedOn = false
    }

    init() {}

    /// A life that is over, as it was kept: told again by today's rules it might have ended otherwise.
    package init(kept visits: [Visit], legs: [Leg], endedAt: Timestamp?, endedBy: EndedBy?) {
        self.visits = visits
        self.legs = legs
        self.endedAt = endedAt
        self.endedBy = endedBy
        state = .ended
    }

    /// The visit that waits now.
    public var openVisit: Visit? { visits.last.flatMap { $0.outcome == nil ? $0 : nil } }
    private var waits: Bool { visits.last.map { $0.outcome == nil } ?? false }
    public var isOver: Bool { state == .ended }

    /// `answered` if any visit was, otherwise that of the last visit; nil while it is open or was never queued.
    public var outcome: Outcome? {
        if visits.contains(where: { $0.outcome == .answered }) { return .answered }
        return visits.last?.outcome
    }

    /// - Parameter marks: takes what the step means for operators.
    mutating func advance(_ step: CallStep, at time: Timestamp, policy: Policy, marks: inout [OperatorMark.Draft]) {
        if state == .unseen {
            switch step {
            case .offered, .queued: startSeen = true
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
        case .ringing(let who):
            ring(who, at: time, marks: &marks)
        case .unanswered(let who, _):
            endRing(who, at: time, marks: &marks)
        case .answered(let who):
            answer(who, at: time, marks: &marks)
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
        case .ended(let by):
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

    private mutating func enter(_ queue: String, at time: Timestamp, policy: Policy, marks: inout [OperatorMark.Draft]) {
        if waits {
            if visits[visits.count - 1].queue == queue { return }
            leaveQueue(.overflowed, at: time, marks: &marks)
        }
        for i in legs.indices where legs[i].isTalking {
            endTalk(i, .transferred, at: time, policy: policy, marks: &marks)
        }
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
        guard !waits, state != .talking, origin?.handedOn != true else { return }
        visits.append(Visit(queue: origin?.queue ?? Visit.directQueue, start: origin?.since ?? time, partial: !startSeen))
        origin = nil
    }

    // MARK: Ringing

    private mutating func ring(_ who: String, at time: Timestamp, marks: inout [OperatorMark.Draft]) {
        if legs.contains(where: { $0.operator == who && $0.endedAt == nil }) { return }
        openUnqueuedVisit(at: time)
        var leg = Leg(operator: who, visit: visits.count - 1)
        leg.ringAt = time
        legs.append(leg)
        marks.append(.init(who, time, .ring))
        if state != .talking { state = waits ? .waiting : .between }
    }

    private mutating func endRing(_ who: String, at time: Timestamp, marks: inout [OperatorMark.Draft]) {
        if let i = legs.lastIndex(where: { $0.operator == who && $0.isRinging }) {
            legs[i].endedAt = time
            legs[i].end = .unanswered
            marks.append(.init(who, time, .ringEnd))
            marks.append(.init(who, time, .unanswered))
        } else if !legs.contains(where: { $0.operator == who && $0.isTalking }) {
            marks.append(.init(who, time, .unanswered))
        }
    }

    private mutating func endRings(_ end: Leg.End, at time: Timestamp, marks: inout [OperatorMark.Draft]) {
        for i in legs.indices where legs[i].isRinging {
            legs[i].endedAt = time
            legs[i].end = end
            marks.append(.init(legs[i].operator, time, .ringEnd))
        }
    }

    // MARK: Talking

    private mutating func answer(_ who: String, at time: Timestamp, marks: inout [OperatorMark.Draft]) {
        if legs.contains(where: { $0.operator == who && $0.isTalking }) { return }
        openUnqueuedVisit(at: time)
        if waits { visits[visits.count - 1].close(.answered, at: time) }
        let i = legs.lastIndex { $0.operator == who && $0.isRinging } ?? newLeg(who)
        legs[i].answeredAt = time
        marks.append(.init(who, time, .talk))
        endRings(.elsewhere, at: time, marks: &marks)
        origin = nil
        state = .talking
    }

    private mutating func newLeg(_ who: String) -> Int {
        legs.append(Leg(operator: who, visit: max(0, visits.count - 1)))
        return legs.count - 1
    }

    /// metrics.md: "an answer that arrives after the end of its call makes an abandoned visit an answered one". Where its time is
    /// after the end as well, the talk had no length.
    private mutating func answerAfterTheEnd(_ who: String, policy: Policy, marks: inout [OperatorMark.Draft]) {
        guard let endedAt, let last = visits.last, last.outcome == .abandoned || last.outcome == .shortAbandoned else { return }
        visits[visits.count - 1].close(.answered, at: endedAt)
        let i = newLeg(who)
        legs[i].answeredAt = endedAt
        marks.append(.init(who, endedAt, .talk))
        endTalk(i, .ended, at: endedAt, policy: policy, marks: &marks)
    }

    private mutating func hold(at time: Timestamp, marks: inout [OperatorMark.Draft]) {
        guard let i = legs.lastIndex(where: { $0.isTalking && $0.heldSince == nil }) else { return }
        legs[i].heldSince = time
        visits[legs[i].visit].holds += 1
        marks.append(.init(legs[i].operator, time, .hold))
    }

    private mutating func resume(at time: Timestamp, marks: inout [OperatorMark.Draft]) {
        guard let i = legs.lastIndex(where: { $0.isTalking && $0.heldSince != nil }) else { return }
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
        // When a call ended unseen nobody knows when the talk did, so no after-call work is invented for it.
        let limit = end == .vanished ? 0 : policy.queue(visits[legs[i].visit].queue).wrapUpLimit
        marks.append(.init(legs[i].operator, time, .leave(leg: i, wrapUpLimit: limit, transferred: end == .transferred)))
    }

    private mutating func transfer(
        to target: TransferTarget, _ kind: TransferKind, at time: Timestamp, policy: Policy,
        marks: inout [OperatorMark.Draft]
    ) {
        guard let from = legs.lastIndex(where: { leg in
            guard leg.isTalking else { return false }
            if case .operator(let next) = target { return leg.operator != next }
            return true
        }) else {
            if waits { leaveQueue(.overflowed, at: time, marks: &marks) }
            if state == .unseen { state = .between }
            if case .queue(let queue) = target { origin = Origin(queue: queue, since: time) }
            return
        }
        let visit = legs[from].visit
        visits[visit].transfers += 1
        endTalk(from, .transferred, at: time, policy: policy, marks: &marks)
        if case .operator(let next) = target, kind == .attended, !legs.contains(where: { $0.operator == next && $0.endedAt == nil }) {
            // The consultation was another call: from here on the next operator talks with this caller.
            let i = newLeg(next)
            legs[i].visit = visit
            legs[i].answeredAt = time
            marks.append(.init(next, time, .talk))
        }
        guard !legs.contains(where: \.isTalking) else { return }
        state = .between
        switch target {
        case .queue(let queue): origin = Origin(queue: queue, since: time)
        case .operator, .number: origin = Origin(queue: nil, since: time, handedOn: true)
        }
    }

    // MARK: The end

    private mutating func finish(
        by: EndedBy?, ringEnd: Leg.End, talkEnd: Leg.End, at time: Timestamp, policy: Policy,
        marks: inout [OperatorMark.Draft]
    ) {
        endRings(ringEnd, at: time, marks: &marks)
        for i in legs.indices where legs[i].isTalking {
            endTalk(i, talkEnd, at: time, policy: policy, marks: &marks)
        }
        endedAt = time
        endedBy = by
        state = .ended
    }
}
