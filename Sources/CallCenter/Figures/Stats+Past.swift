extension Stats {
    /// Adds figures that have left memory up to `forgottenAt`, and corrections of calls that have: those of the period.
    ///
    /// An operator of whom nothing but past figures is known has no state, and is left out.
    public mutating func add(past: [PastFigures]) {
        for past in past {
            for (place, cell) in past.queues where from <= place.start && place.start < to { add(cell, at: place) }
            for (who, parts) in past.operators {
                for (start, part) in parts where from <= start && start < to {
                    operators[who]?.figures += part
                    outbound += part.outbound
                }
            }
            for gap in past.gaps where !gaps.contains(gap) { gaps.append(gap) }
            for skew in past.skews where !skews.contains(skew) { skews.append(skew) }
        }
        mark()
    }

    /// A call is counted once in the centre and in its tier, and once in each queue it visited.
    private mutating func add(_ cell: QueueFigures, at place: Ledger.Place) {
        let isCentre = place.queue == Ledger.wholeCentre
        let service =
            isCentre
            ? ServiceCounts()
            : ServiceCounts(cell, excludeShort: policy.queue(place.queue).excludeShortAbandons)
        centre.add(cell, service, calls: isCentre)
        tiers[place.tier, default: .init(policy.queueDefault)].add(cell, service, calls: isCentre)
        if !isCentre { queues[place.queue, default: .init(policy.queue(place.queue))].add(cell, service, calls: true) }
    }

    /// Sets the marks of all figures.
    mutating func mark() {
        let marks = FigureMark.marks(gaps, skews, from: from, to: to)
        centre.mark(marks, from: from, to: to)
        for key in queues.keys { queues[key]?.mark(marks, from: from, to: to) }
        for key in tiers.keys { tiers[key]?.mark(marks, from: from, to: to) }
        // Operators are many, and mostly there is nothing to be marked.
        if !marks.isEmpty { for key in operators.keys { operators[key]?.marks = marks } }
    }
}

extension Stats.FigureSet {
    /// Adds what was counted in an interval.
    ///
    /// - Parameter calls: whether figures of calls are added, or of visits alone.
    mutating func add(_ sum: QueueFigures, _ service: ServiceCounts, calls: Bool) {
        if calls { figures += sum } else { figures.addVisits(of: sum) }
        self.service += service
    }
}
