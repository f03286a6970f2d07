/// Every figure of metrics.md for one period.
public struct Stats: Sendable {
    public var at: Timestamp
    public var from: Timestamp
    public var to: Timestamp
    public var centre: FigureSet
    public var queues: [String: FigureSet]
    public var tiers: [String: FigureSet]
    public var operators: [String: OperatorSet]
    /// Of all operators.
    public var outbound = OutboundFigures()
    /// Codes of the dispositions that are complaints, as they are configured now.
    public var complaints: Set<String>

    /// The figures of a queue, a tier, or the whole centre.
    public struct FigureSet: Sendable {
        public var figures = QueueFigures()
        public var service = ServiceCounts()
        /// Milliseconds.
        public var threshold: Int64
        public var variant: ServiceLevelVariant
        public var waiting = 0
        /// Those of them that began in the period: they are offered in it, and have no outcome yet.
        public var waitingInPeriod = 0
        public var ringing = 0
        public var waitingVIP = 0
        /// Age of the oldest waiting visit in milliseconds; 0 when none.
        public var longestWait: Int64 = 0
        /// The same of VIPs.
        public var longestVIPWait: Int64 = 0
        public var callbacksDue = 0
        /// Age of the oldest in milliseconds; nil when none.
        public var callbacksOldest: Int64?
        /// A link to a PBX was down within the period.
        public var incomplete = false
        /// Why they may be wrong.
        public var marks: [FigureMark] = []

        init(_ policy: QueuePolicy) {
            threshold = policy.serviceLevelThreshold
            variant = policy.serviceLevelVariant
        }
    }

    public struct OperatorSet: Sendable {
        public var name: String?
        public var device: String?
        public var queues: [String]?
        public var state: OperatorState
        public var since: Timestamp
        public var reason: String?
        /// Ids of the calls that ring at or are held by this operator.
        public var calls: [String]
        public var figures: OperatorFigures
        /// Why they may be wrong.
        public var marks: [FigureMark]
    }
}

extension Centre {
    /// The figures from `from` to `to`, both on interval boundaries, as they are at `now`. Call `settle(now)` first.
    public func stats(from: Timestamp, to: Timestamp, now: Timestamp) -> Stats {
        let wanted = from..<to
        // Local copies: otherwise each closure below would capture the whole centre.
        let policy = policy, calls = calls, ledger = ledger
        var centre = Stats.FigureSet(policy.queueDefault)
        var queues: [String: Stats.FigureSet] = [:]
        var tiers: [String: Stats.FigureSet] = [:]
        for name in policy.queues.keys { queues[name] = .init(policy.queue(name)) }
        for name in policy.tiers.keys { tiers[name] = .init(policy.queueDefault) }

        // Each interval is added up once, and what the sets share is their sum.
        for (split, sum) in ledger.sums(of: wanted) {
            let isCentre = split.queue == Ledger.wholeCentre
            let service =
                isCentre
                ? ServiceCounts()
                : ServiceCounts(sum, excludeShort: policy.queue(split.queue).excludeShortAbandons)
            // Calls are counted once in the centre and in their tier, and once in each queue they visited.
            func add(_ set: inout Stats.FigureSet, calls: Bool) {
                if calls { set.figures += sum } else { set.figures.addVisits(of: sum) }
                set.service += service
            }
            add(&tiers[split.tier, default: .init(policy.queueDefault)], calls: isCentre)
            if !isCentre { add(&queues[split.queue, default: .init(policy.queue(split.queue))], calls: true) }
        }
        for i in tiers.indices {
            centre.figures += tiers.values[i].figures
            centre.service += tiers.values[i].service
        }

        for number in open {
            // In place: a call is a kilobyte with dozens of references.
            guard let i = calls.index(forKey: number), let visit = calls.values[i].life.openVisit else { continue }
            let tier = calls.values[i].tier, vip = policy.isVIP(tier: tier)
            let rings = calls.values[i].life.legs.contains(where: \.isRinging)
            func add(_ set: inout Stats.FigureSet) {
                set.waiting += 1
                if wanted.contains(visit.start) { set.waitingInPeriod += 1 }
                if rings { set.ringing += 1 }
                if vip {
                    set.waitingVIP += 1
                    set.longestVIPWait = max(set.longestVIPWait, now - visit.start)
                }
                set.longestWait = max(set.longestWait, now - visit.start)
            }
            add(&centre)
            add(&queues[visit.queue, default: .init(policy.queue(visit.queue))])
            add(&tiers[tier, default: .init(policy.queueDefault)])
        }

        for due in callers.allDue() {
            func add(_ set: inout Stats.FigureSet) {
                set.callbacksDue += 1
                set.callbacksOldest = max(set.callbacksOldest ?? 0, now - due.at)
            }
            add(&centre)
            add(&queues[due.queue, default: .init(policy.queue(due.queue))])
            add(&tiers[due.tier, default: .init(policy.queueDefault)])
        }

        let marks = FigureMark.marks(gaps, skews, from: from, to: to)
        centre.mark(marks, from: from, to: to)
        for key in queues.keys { queues[key]?.mark(marks, from: from, to: to) }
        for key in tiers.keys { tiers[key]?.mark(marks, from: from, to: to) }
        var outbound = OutboundFigures()
        let operators = self.operators.mapValues { one in
            var figures = one.figures(from: from, to: to, now: now, grain: policy.grain)
            ledger.addOutcomes(of: one.id, in: wanted, to: &figures)
            outbound += figures.outbound
            return Stats.OperatorSet(
                name: one.name, device: one.device, queues: one.queues, state: one.state, since: one.since,
                reason: one.pauseReason, calls: one.callIDs(in: calls), figures: figures, marks: marks)
        }
        return Stats(
            at: now, from: from, to: to, centre: centre, queues: queues, tiers: tiers, operators: operators,
            outbound: outbound, complaints: policy.complaints)
    }
}
