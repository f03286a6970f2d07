/// Past figures, summed by step and by group.
public struct FiguresReport: Sendable {
    /// By what rows are grouped; `centre` has one row a step.
    public enum Grouping: String, Sendable, CaseIterable { case centre, queue, tier, line, `operator` }

    /// Which visits are counted; nil counts all.
    public struct Filter: Equatable, Sendable {
        /// By the queue's name.
        public var queue: String?
        /// By the tier that a visit counts under.
        public var tier: String?
        /// By the number called.
        public var line: String?
        /// By the operator's id; of operators' rows alone.
        public var `operator`: String?

        /// Counts all.
        public init() {}
        var isOfVisits: Bool { queue != nil || tier != nil || line != nil }

        func includes(_ place: Ledger.Place) -> Bool {
            (queue == nil || place.queue == queue) && (tier == nil || place.tier == tier)
                && (line == nil || place.line == line)
        }
    }

    /// One step of the time, one queue, tier, line or operator.
    public struct Row: Sendable {
        /// The beginning of the step.
        public var from: Timestamp
        /// The end of the step, which is the beginning of the next.
        public var to: Timestamp
        /// `centre`, or the name of what it is grouped by.
        public var key: String
        /// What was counted.
        public var figures: Figures
        /// Why they may be wrong.
        public var marks: [FigureMark]
        /// What operators dialed; of the whole centre alone.
        public var outbound: OutboundFigures?

        /// What a row has: figures of visits, or of an operator.
        public enum Figures: Sendable {
            /// The figures of a queue, a tier, a line or the whole centre.
            case visits(Stats.FigureSet)
            /// The figures of an operator.
            case `operator`(OperatorFigures)
        }
    }

    private let policy: Policy
    private let grouping: Grouping
    private let filter: Filter
    /// Where the steps begin, and where the last one ends.
    private let bounds: [Timestamp]
    private var sets: [[String: Stats.FigureSet]]
    private var operators: [[String: OperatorFigures]]
    /// By step; empty when a part of the centre is asked for.
    private var outbound: [OutboundFigures] = []
    private var gaps: [Centre.LinkGap] = []
    private var skews: [ClockSkew] = []

    /// - Parameter bounds: at least two, ascending.
    public init(policy: Policy, by grouping: Grouping, filter: Filter, bounds: [Timestamp]) {
        self.policy = policy
        self.grouping = grouping
        self.filter = filter
        self.bounds = bounds
        sets = .init(repeating: [:], count: max(0, bounds.count - 1))
        operators = sets.map { _ in [:] }
        if grouping == .centre {
            for i in sets.indices { sets[i]["centre"] = .init(policy.queueDefault) }
            if !filter.isOfVisits { outbound = sets.map { _ in .init() } }
        }
    }

    /// Codes of the dispositions that are complaints.
    public var complaints: Set<String> { policy.complaints }

    /// Adds the figures of some intervals; each interval and place once.
    public mutating func add(_ figures: PastFigures) {
        gaps += figures.gaps
        skews += figures.skews
        if grouping == .operator {
            for (who, parts) in figures.operators where filter.operator == nil || filter.operator == who {
                for (start, part) in parts {
                    guard let step = step(of: start) else { continue }
                    operators[step][who, default: .init()] += part
                }
            }
            return
        }
        for (place, cell) in figures.queues where filter.includes(place) {
            guard let step = step(of: place.start) else { continue }
            add(cell, at: place, to: step)
        }
    }

    /// What operators dialed counts in the whole centre's figures, and in no queue's, tier's or line's.
    public mutating func addOutbound(of figures: PastFigures) {
        guard !outbound.isEmpty else { return }
        for (who, parts) in figures.operators where filter.operator == nil || filter.operator == who {
            for (start, part) in parts {
                guard let step = step(of: start) else { continue }
                outbound[step] += part.outbound
            }
        }
    }

    /// A call is counted once in the centre, its tier and its line, and once in each queue it visited.
    private mutating func add(_ cell: QueueFigures, at place: Ledger.Place, to step: Int) {
        let isOfCalls = place.queue == Ledger.wholeCentre
        if isOfCalls, grouping == .queue || filter.queue != nil { return }
        var set = sets[step][key(of: place)] ?? newSet(place)
        if isOfCalls {
            set.figures += cell
        } else {
            if grouping == .queue || filter.queue != nil {
                set.figures += cell
            } else {
                set.figures.addVisits(of: cell)
            }
            set.service += ServiceCounts(cell, excludeShort: policy.queue(place.queue).excludeShortAbandons)
        }
        sets[step][key(of: place)] = set
    }

    /// Adds visits without an outcome: they count as offered.
    public mutating func add(waiting: [Ledger.Place]) {
        guard grouping != .operator else { return }
        for place in waiting where filter.includes(place) {
            guard let step = step(of: place.start) else { continue }
            var set = sets[step][key(of: place)] ?? newSet(place)
            set.waiting += 1
            set.waitingInPeriod += 1
            sets[step][key(of: place)] = set
        }
    }

    /// The figures of a queue, or of what is no queue, in which nothing happened.
    public static func emptySet(_ policy: Policy, _ filter: Filter) -> Stats.FigureSet {
        .init(filter.queue.map(policy.queue) ?? policy.queueDefault)
    }

    private func newSet(_ place: Ledger.Place) -> Stats.FigureSet {
        .init(grouping == .queue ? policy.queue(place.queue) : filter.queue.map(policy.queue) ?? policy.queueDefault)
    }

    private func key(of place: Ledger.Place) -> String {
        switch grouping {
        case .centre, .operator: "centre"
        case .queue: place.queue
        case .tier: place.tier
        case .line: place.line
        }
    }

    private func step(of start: Timestamp) -> Int? {
        var low = 0, high = bounds.count
        while low < high {
            let middle = (low + high) / 2
            if bounds[middle] <= start { low = middle + 1 } else { high = middle }
        }
        return low > 0 && low < bounds.count ? low - 1 : nil
    }

    /// Sorted by time, then by name. A group without events has no row, except the whole centre.
    public var rows: [Row] {
        var rows: [Row] = []
        for i in sets.indices {
            let from = bounds[i], to = bounds[i + 1]
            let marks = FigureMark.marks(gaps, skews, from: from, to: to)
            for (key, set) in sets[i].sorted(by: { $0.key < $1.key }) {
                var set = set
                set.mark(marks, from: from, to: to)
                rows.append(
                    Row(
                        from: from, to: to, key: key, figures: .visits(set), marks: set.marks,
                        outbound: outbound.isEmpty ? nil : outbound[i]))
            }
            for (who, figures) in operators[i].sorted(by: { $0.key < $1.key }) {
                rows.append(Row(from: from, to: to, key: who, figures: .operator(figures), marks: marks))
            }
        }
        return rows
    }
}
