/// Figures that left memory, to be stored for years. Later bookings for the same interval come with another
/// `forgottenAt`, and are added.
public struct PastFigures: Equatable, Sendable {
    /// When they were removed; produced again by a replay, it is the same.
    public var forgottenAt: Timestamp
    /// What was counted, by interval, queue, tier and line.
    public var queues: [Ledger.Place: QueueFigures]
    /// By operator and start of the interval.
    public var operators: [String: [Timestamp: OperatorFigures]] = [:]
    /// Times in which a link to a PBX was down, as they were known then.
    public var gaps: [Centre.LinkGap] = []
    /// Times in which a PBX's clock differed, as they were known then.
    public var skews: [ClockSkew] = []

    /// Figures without operators, gaps and skews, which are added afterwards.
    public init(forgottenAt: Timestamp, queues: [Ledger.Place: QueueFigures] = [:]) {
        self.forgottenAt = forgottenAt
        self.queues = queues
    }

    package mutating func add(_ figures: QueueFigures, at place: Ledger.Place) {
        queues[place, default: .init()] += figures
    }
    package mutating func add(_ figures: OperatorFigures, of who: String, at start: Timestamp) {
        operators[who, default: [:]][start, default: .init()] += figures
    }

    /// Whether there is nothing to be stored.
    var isEmpty: Bool { queues.isEmpty && operators.isEmpty && gaps.isEmpty && skews.isEmpty }
}

extension Centre {
    /// When figures last left memory.
    public var figuresForgottenAt: Timestamp { forgottenAt }

    /// The figures that are still in memory, of the intervals that begin from `from` up to `to`. Call `settle(now)`
    /// first.
    public func figuresInMemory(from: Timestamp, to: Timestamp, now: Timestamp) -> PastFigures {
        var found = PastFigures(
            forgottenAt: now,
            queues: ledger.cells.filter { from <= $0.key.start && $0.key.start < to && !$0.value.isEmpty })
        found.operators = operators.compactMapValues { one in
            var parts = one.intervals(from: from, to: to)
            // The state that lasts, up to now.
            var at = max(one.since, from)
            while one.state != .loggedOut, at < min(to, now) {
                let start = at.interval(policy.grain), end = min(start + policy.grain, min(to, now))
                parts[start, default: .init()].spend(end - at, in: one.state)
                at = end
            }
            for (start, part) in ledger.outcomes(of: one.id, from: from, to: to) {
                parts[start, default: .init()].outcomes += part
            }
            return parts.isEmpty ? nil : parts
        }
        found.gaps = gaps.filter { $0.from < to && ($0.to ?? now) >= from }
        found.skews = skews.filter { $0.from < to && ($0.to ?? now) >= from }
        return found
    }

    /// Visits without an outcome, by what they are counted under, with the start of the interval in which they began.
    public func waitingVisits(from: Timestamp, to: Timestamp) -> [Ledger.Place] {
        open.compactMap { number in
            guard let call = calls[number], let visit = call.life.openVisit, from <= visit.start, visit.start < to
            else { return nil }
            return Ledger.Place(
                start: visit.start.interval(policy.grain), queue: visit.queue, tier: call.tier, line: call.line)
        }
    }
}
