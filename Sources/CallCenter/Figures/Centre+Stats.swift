extension Centre {
    /// The figures from `from` to `to`, both on interval boundaries, as they are at `now`. Call `settle(now)` first.
    public func stats(from: Timestamp, to: Timestamp, now: Timestamp) -> Stats {
        var waits = Waits(period: from..<to, now: now)
        for number in open {
            if var call = calls[number] { waits.add(&call) }
        }
        let reader = OperatorReader(self, from: from, to: to, now: now)
        let sets = operators.mapValues { one in
            var one = one
            return reader.set(&one) { number in calls[number]?.key.call }
        }
        return stats(from: from, to: to, now: now, waits, sets)
    }

    /// The same, and calls and operators are read where they are: a value that is read out of a dictionary is a copy,
    /// and copying a call touches dozens of objects. Nothing is changed.
    ///
    /// While another copy of the calls exists, those that are read are copied instead.
    public mutating func statsInPlace(from: Timestamp, to: Timestamp, now: Timestamp) -> Stats {
        var waits = Waits(period: from..<to, now: now)
        let reader = OperatorReader(self, from: from, to: to, now: now)
        var calls = CallTable(), operators: [String: Operator] = [:]
        swap(&calls, &self.calls)
        swap(&operators, &self.operators)
        defer {
            swap(&calls, &self.calls)
            swap(&operators, &self.operators)
        }
        for number in open { if let i = calls.place(of: number) { waits.add(&calls[i]) } }
        func id(_ call: inout Call) -> String { call.key.call }
        var sets: [String: Stats.OperatorSet] = Dictionary(minimumCapacity: operators.count)
        // Not by `indices`, which would be a second user of the dictionary.
        var i = operators.startIndex
        while i != operators.endIndex {
            let set = reader.set(&operators.values[i]) { number in
                calls.place(of: number).map { id(&calls[$0]) }
            }
            sets[operators.keys[i]] = set
            operators.formIndex(after: &i)
        }
        return stats(from: from, to: to, now: now, waits, sets)
    }

    private func stats(
        from: Timestamp, to: Timestamp, now: Timestamp, _ waits: Waits, _ operators: [String: Stats.OperatorSet]
    ) -> Stats {
        let policy = policy
        var centre = Stats.FigureSet(policy.queueDefault)
        var queues: [String: Stats.FigureSet] = [:]
        var tiers: [String: Stats.FigureSet] = [:]
        for name in policy.queues.keys { queues[name] = .init(policy.queue(name)) }
        for name in policy.tiers.keys { tiers[name] = .init(policy.queueDefault) }

        // Each interval is added up once, and what the sets share is their sum.
        for (split, sum) in ledger.sums(of: from..<to) {
            let isCentre = split.queue == Ledger.wholeCentre
            let service =
                isCentre
                ? ServiceCounts()
                : ServiceCounts(sum, excludeShort: policy.queue(split.queue).excludeShortAbandons)
            // Calls are counted once in the centre and in their tier, and once in each queue they visited.
            tiers[split.tier, default: .init(policy.queueDefault)].add(sum, service, calls: isCentre)
            if !isCentre {
                queues[split.queue, default: .init(policy.queue(split.queue))].add(sum, service, calls: true)
            }
        }
        for tier in tiers.values {
            centre.figures += tier.figures
            centre.service += tier.service
        }

        for (split, count) in waits.counts {
            let isVIP = policy.isVIP(tier: split.tier)
            count.add(to: &centre, isVIP: isVIP)
            count.add(to: &queues[split.queue, default: .init(policy.queue(split.queue))], isVIP: isVIP)
            count.add(to: &tiers[split.tier, default: .init(policy.queueDefault)], isVIP: isVIP)
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

        var outbound = OutboundFigures()
        for one in operators.values { outbound += one.figures.outbound }
        var stats = Stats(
            at: now, from: from, to: to, centre: centre, queues: queues, tiers: tiers, operators: operators,
            outbound: outbound, complaints: policy.complaints, forgottenAt: forgottenAt, policy: policy, gaps: gaps,
            skews: skews)
        stats.mark()
        return stats
    }
}

/// The visits that wait now, by queue and tier: hundreds of calls wait in a few of them.
private struct Waits {
    struct Count {
        var visits = 0
        var inPeriod = 0
        var ringing = 0
        /// Age of the oldest. Milliseconds.
        var longest: Int64 = 0

        func add(to set: inout Stats.FigureSet, isVIP: Bool) {
            set.waiting += visits
            set.waitingInPeriod += inPeriod
            set.ringing += ringing
            set.longestWait = max(set.longestWait, longest)
            guard isVIP else { return }
            set.waitingVIP += visits
            set.longestVIPWait = max(set.longestVIPWait, longest)
        }
    }
    let period: Range<Timestamp>
    let now: Timestamp
    private(set) var counts: [Ledger.Split: Count] = [:]

    init(period: Range<Timestamp>, now: Timestamp) {
        self.period = period
        self.now = now
    }

    /// - Parameter call: read where it is.
    mutating func add(_ call: inout Call) {
        guard let visit = call.life.openVisit else { return }
        let split = Ledger.Split(queue: visit.queue, tier: call.tier)
        let rings = call.life.legs.contains(where: \.isRinging)
        var count = counts[split] ?? Count()
        count.visits += 1
        if period.contains(visit.start) { count.inPeriod += 1 }
        if rings { count.ringing += 1 }
        count.longest = max(count.longest, now - visit.start)
        counts[split] = count
    }
}

/// Reads operators' figures.
private struct OperatorReader {
    private let from: Timestamp
    private let to: Timestamp
    private let now: Timestamp
    private let grain: Int64
    private let ledger: Ledger

    init(_ centre: Centre, from: Timestamp, to: Timestamp, now: Timestamp) {
        self.from = from
        self.to = to
        self.now = now
        grain = centre.policy.grain
        ledger = centre.ledger
    }

    /// - Parameters:
    ///   - one: read where it is.
    ///   - id: the id of a call at the PBX; nil for one that has left memory.
    func set(_ one: inout Operator, id: (Int64) -> String?) -> Stats.OperatorSet {
        var figures = one.figures(from: from, to: to, now: now, grain: grain)
        ledger.addOutcomes(of: one.id, in: from..<to, to: &figures)
        return Stats.OperatorSet(
            name: one.name, device: one.device, queues: one.queues, state: one.state, since: one.since,
            reason: one.pauseReason, calls: one.callIDs(id), figures: figures, marks: [])
    }
}
