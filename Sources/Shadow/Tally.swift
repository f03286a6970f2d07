import CallCenter

/// Sums over the decisions of a trial.
struct Tally: Equatable {
    /// Where calls went by reason, and where they would have gone.
    struct Change: Hashable {
        var from: Way
        var to: Way
    }
    struct Way: Hashable {
        /// The action that the PBX is told.
        var action: String
        var reason: Route.Reason

        init(_ route: Route) {
            action = Destination(route.action).word
            reason = route.reason
        }
    }
    /// What an operator was offered, and would have been.
    struct Load: Equatable {
        /// Calls sent to this operator.
        var alone = Both(real: 0, new: 0)
        /// Calls sent to a group in which this operator was free.
        var inGroup = Both(real: 0, new: 0)
    }
    /// VIPs by one of the two configurations.
    struct VIPs: Equatable {
        var calls = 0
        /// Sent to an operator who knows them.
        var sent = Both(real: 0, new: 0)
        /// Answered first by one who knows them, as it is recorded.
        var reached = 0
        /// Those of them of whom the new rules change nothing.
        var reachedStands = 0
        /// VIPs of whom the new rules change something: nobody knows whom they would have reached.
        var unknown = 0
    }

    private(set) var decisions = 0
    private(set) var alike = 0
    /// Decisions that differ in each; one may differ in several.
    private(set) var differ: [RouteDifference: Int] = [:]
    private(set) var changes: [Change: Int] = [:]
    private(set) var operators: [String: Load] = [:]
    /// Decisions about calls of a queue, and those that send the call into a queue at once.
    private(set) var queues: [String: (decisions: Int, atOnce: Both<Int>)] = [:]
    private(set) var alerts: [AlertKind: Both<Int>] = [:]
    var supervisors: [AlertKind: Both<Int>] = [:]
    /// By the tiers of then, and by the new ones.
    private(set) var vips = Both(real: VIPs(), new: VIPs())
    /// Calls of whom nobody knows what would have happened, by the gravest difference.
    private(set) var unknown: [RouteDifference: Int] = [:]

    static let kinds: [RouteDifference] = [.destination, .wait, .priority, .reason]

    mutating func note(_ pair: DecisionPair) {
        decisions += 1
        let difference = pair.difference
        if difference.isEmpty { alike += 1 }
        for kind in Tally.kinds where difference.contains(kind) { differ[kind, default: 0] += 1 }
        if difference.contains(.destination) || difference.contains(.reason) {
            changes[Change(from: Way(pair.real.route), to: Way(pair.new.route)), default: 0] += 1
        }
        count(pair.real.route, pair, \.real)
        count(pair.new.route, pair, \.new)
        queues[pair.queue ?? Visit.directQueue, default: (0, Both(real: 0, new: 0))].decisions += 1
        for kind in Set(pair.alerts.real + pair.alerts.new) {
            var both = alerts[kind] ?? Both(real: 0, new: 0)
            if pair.alerts.real.contains(kind) { both.real += 1 }
            if pair.alerts.new.contains(kind) { both.new += 1 }
            alerts[kind] = both
        }
    }

    private mutating func count(_ route: Route, _ pair: DecisionPair, _ side: WritableKeyPath<Both<Int>, Int>) {
        switch route.action {
        case .operator(let who, _, _, _): operators[who, default: Load()].alone[keyPath: side] += 1
        case .group(_, let members, _):
            for who in members { operators[who, default: Load()].inGroup[keyPath: side] += 1 }
        case .queue(let queue):
            let name = queue ?? pair.queue ?? Visit.directQueue
            queues[name, default: (0, Both(real: 0, new: 0))].atOnce[keyPath: side] += 1
        case .reject: break
        }
    }

    /// Counts a call in its final version.
    mutating func close(_ decided: DecidedCall, _ call: Call, follows: Bool) {
        guard let last = decided.last else { return }
        if !follows, let gravest = Tally.kinds.first(where: decided.difference.contains) {
            unknown[gravest, default: 0] += 1
        }
        let first = call.life.legs.compactMap { leg in leg.answeredAt.map { (at: $0, who: leg.operator) } }
            .min { $0.at < $1.at }?.who
        func add(_ vips: inout VIPs, _ known: [String]) {
            vips.calls += 1
            if case .operator = last.real.route.action { vips.sent.real += 1 }
            if case .operator = last.new.route.action { vips.sent.new += 1 }
            let isReached = first.map(known.contains) ?? false
            if isReached { vips.reached += 1 }
            if !follows { vips.unknown += 1 } else if isReached { vips.reachedStands += 1 }
        }
        if last.isVIP.real { add(&vips.real, last.known.real) }
        if last.isVIP.new { add(&vips.new, last.known.new) }
    }

    static func == (a: Tally, b: Tally) -> Bool {
        a.decisions == b.decisions && a.alike == b.alike && a.differ == b.differ && a.changes == b.changes
            && a.operators == b.operators && a.alerts == b.alerts && a.supervisors == b.supervisors && a.vips == b.vips
            && a.unknown == b.unknown && a.queues.mapValues(\.decisions) == b.queues.mapValues(\.decisions)
            && a.queues.mapValues(\.atOnce) == b.queues.mapValues(\.atOnce)
    }
}
