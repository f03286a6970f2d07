import CallCenter
import Engine

/// Applies a log by the rules that really applied and, in lockstep, by new ones.
///
/// What was recorded after a decision is the consequence of that decision: who rang, who answered. Where the new rules
/// decide otherwise nobody knows what the phones would have done. So no answer is made up: each decision is compared by
/// itself, on the state of its moment, and the recorded facts stay what they are. The second centre is these facts by
/// the new rules: what is short, who is a VIP, when after-call work has ended, who is to be called back
/// (docs/decisions/0037-shadow-run.md).
struct Trial {
    /// How long before the period the second centre begins. Milliseconds: nothing that a decision or a figure uses is
    /// older, as lost callers are remembered for a week.
    static let ahead: Int64 = 8 * 86_400_000
    /// How often time alone is looked at, as the daemon does. Milliseconds.
    static let tickEvery: Int64 = 100

    let rules: Policy
    let period: Range<Timestamp>
    /// Calls and figures of this queue alone; nil for all.
    let queue: String?
    /// Called with each decision of the period that differs, in order.
    var onDifference: ((DecisionPair) -> Void)?

    private(set) var real: LogReplay
    private(set) var new: Centre
    private var isForked = false
    private var tickedAt = Timestamp(ms: .min)
    private var effects: [Effect] = []
    /// The calls about which something was decided, by number, until they leave memory.
    private var decided: [Int64: DecidedCall] = [:]
    private(set) var tally = Tally()
    private var figures = Both<[PastFigures]>(real: [], new: [])
    /// Visits of calls that went as the new rules would have sent them.
    private var standing: Recount
    /// How often the real rules changed within the period.
    private var changes = 0
    private var realRules: Policy?

    /// - Parameters:
    ///   - policies: all that ever applied, oldest first, each with the log position after which it applies.
    ///   - kept: the state to start from; nil starts with an empty one.
    ///   - rules: the new ones.
    init(
        policies: [(after: Int64, policy: Policy)], from kept: (seq: Int64, state: Checkpoint)? = nil, rules: Policy,
        period: Range<Timestamp>, queue: String? = nil
    ) {
        self.rules = rules
        self.period = period
        self.queue = queue
        real = LogReplay(policies: policies, from: kept, rules: rules)
        real.quiet()
        new = real.centre
        standing = Recount(policy: rules)
    }

    /// Applies the event of a line.
    mutating func apply(_ event: Event, _ line: LoggedLine, _ lookup: Lookup?) {
        let now = line.readAt
        if !isForked, now >= period.lowerBound - Trial.ahead { fork() }
        if isForked, now - tickedAt >= Trial.tickEvery { tick(now) }
        let happened = real.apply(event, seq: line.seq, readAt: now, lookup)
        guard isForked else { return }
        noteRules(at: now)
        let made = decision(on: event, line.seq)
        effects.removeAll(keepingCapacity: true)
        let own = new.apply(event, seq: line.seq, now: now, lookup: lookup, following: made, effects: &effects)
        if let made, let own { note(made, own, event) }
        collect(happened, at: now, \.real)
        collect(effects, at: now, \.new)
    }

    private mutating func fork() {
        isForked = true
        new = real.centre
        new.adopt(rules)
    }

    private mutating func noteRules(at now: Timestamp) {
        guard period.contains(now) else { return }
        if let before = realRules, before != real.centre.policy { changes += 1 }
        realRules = real.centre.policy
    }

    private mutating func tick(_ now: Timestamp) {
        tickedAt = now
        collect(real.tick(now), at: now, \.real)
        effects.removeAll(keepingCapacity: true)
        new.tick(now, effects: &effects)
        collect(effects, at: now, \.new)
    }

    /// The decision that an event led to. A repeated offer gets the answer of the first one: nothing is decided then.
    private func decision(on event: Event, _ seq: Int64) -> Decision? {
        guard case .call(let id, let body) = event.body else { return nil }
        switch body {
        case .offered, .identified: break
        default: return nil
        }
        let call = real.centre.call(CallKey(source: event.source, call: id))
        return call?.given.last { $0.seq == seq }?.decision
    }

    private mutating func note(_ made: Decision, _ own: Decision, _ event: Event) {
        guard case .call(let id, _) = event.body else { return }
        let key = CallKey(source: event.source, call: id)
        guard let call = real.centre.call(key) else { return }
        let policy = real.centre.policy
        let pair = DecisionPair(
            call: key, queue: call.life.openVisit?.queue ?? call.offered?.queue, customer: call.customer,
            tier: call.tier, real: made, new: own,
            isVIP: Both(real: policy.isVIP(tier: call.tier), new: rules.isVIP(tier: call.tier)),
            known: Both(
                real: call.operatorsWhoKnow(by: policy, at: made.at),
                new: call.operatorsWhoKnow(by: rules, at: made.at)),
            alerts: Both(real: call.alerts, new: new.call(key)?.alerts ?? []))
        let counts = period.contains(made.at) && (queue == nil || pair.queue == queue)
        decided[call.number, default: DecidedCall()].note(pair, counts: counts)
        guard counts else { return }
        tally.note(pair)
        if !pair.difference.isEmpty { onDifference?(pair) }
    }

    private mutating func collect(_ effects: [Effect], at now: Timestamp, _ side: WritableKeyPath<Both<Int>, Int>) {
        let isReal = side == \.real
        for effect in effects {
            switch effect {
            case .alert(let alert) where period.contains(now) && (queue == nil || alert.queue == queue):
                tally.supervisors[alert.kind, default: Both(real: 0, new: 0)][keyPath: side] += 1
            case .history(.figures(let past)):
                if isReal { figures.real.append(past) } else { figures.new.append(past) }
            case .history(.call(let gone)) where !isReal: close(gone.call)
            default: break
            }
        }
    }

    /// Counts a call in its final version.
    private mutating func close(_ call: Call) {
        let decided = decided.removeValue(forKey: call.number)
        let follows = decided?.follows(call) ?? true
        if follows { standing.add(call) }
        if let decided { tally.close(decided, call, follows: follows) }
    }

    /// Ends the trial: what was told of calls so far is final.
    ///
    /// - Parameter now: when the newest event was read.
    mutating func finish(at now: Timestamp) -> TrialFigures {
        if !isForked { fork() }
        tick(now)
        let from = period.lowerBound, to = period.upperBound
        let before = real.centre.figuresInMemory(from: from, to: to, now: now)
        figures.real.append(before)
        figures.new.append(new.figuresInMemory(from: from, to: to, now: now))
        for call in new.callsInMemory.sorted(by: { $0.number < $1.number }) { close(call) }
        return TrialFigures(
            rules: Both(real: realRules ?? real.centre.policy, new: rules), changes: changes, tally: tally,
            figures: figures, standing: standing.figures(gaps: before.gaps, skews: before.skews), period: period,
            queue: queue)
    }
}

/// What was decided about a call.
struct DecidedCall {
    /// The newest decision of the period; nil when its decisions are outside of it.
    private(set) var last: DecisionPair?
    private var followsUntil = Timestamp(ms: .max)
    /// In what any of its decisions differs.
    private(set) var difference: RouteDifference = []

    mutating func note(_ pair: DecisionPair, counts: Bool) {
        if counts { last = pair }
        followsUntil = min(followsUntil, pair.followsUntil)
        difference.formUnion(pair.difference)
    }

    /// Whether what is recorded of the call is what would have happened to it.
    func follows(_ call: Call) -> Bool {
        guard followsUntil < Timestamp(ms: .max) else { return true }
        guard let end = call.life.visits.first?.outcomeAt ?? call.life.endedAt else { return false }
        return end <= followsUntil
    }
}
