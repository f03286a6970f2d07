import Testing

@testable import CallCenter

/// The figures of a period are sums of sums. Here each set is summed by itself, interval by interval.
@Suite struct StatsSumTests {
    private struct Sums {
        var figures = QueueFigures()
        var service = ServiceCounts()
    }

    /// The sums of the intervals from `from` up to `to` whose places are `wanted`, as metrics.md defines them.
    private static func sums(
        _ centre: Centre, from: Timestamp, to: Timestamp, countsCalls: Bool, _ wanted: (Ledger.Place) -> Bool
    ) -> Sums {
        var sums = Sums()
        for (place, cell) in centre.ledger.cells where from <= place.start && place.start < to && wanted(place) {
            if place.queue == Ledger.wholeCentre {
                sums.figures += cell
                continue
            }
            if countsCalls { sums.figures += cell } else { sums.figures.addVisits(of: cell) }
            sums.service += ServiceCounts(
                cell, excludeShort: centre.policy.queue(place.queue).excludeShortAbandons)
        }
        return sums
    }

    private static func text(_ sets: [String: some Any]) -> [String] {
        sets.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    }

    @Test(arguments: 1...8) func everySetIsTheSumOfItsIntervals(seed: UInt64) {
        var random = Seeded(seed), policy = Policy()
        policy.queues["support"] = policy.queueDefault
        policy.queues["support"]?.excludeShortAbandons = true
        policy.queues["nobody calls"] = policy.queueDefault
        var floor = Floor(policy: policy)
        for event in PropertyTests.traffic(&random, calls: 120) { floor.apply(event) }
        let day: Int64 = 86_400_000
        let periods = [(morning - day, morning + day), (morning, morning + 900_000), (morning + day, morning + day)]
        for (from, to) in periods {
            let centre = floor.centre, now = morning + 7_200_000, stats = centre.stats(from: from, to: to, now: now)
            // Read in place they are the same, and the state is what it was.
            var own = floor.centre
            let inPlace = own.statsInPlace(from: from, to: to, now: now)
            #expect(own.checkpoint == centre.checkpoint)
            #expect("\(inPlace.centre)" == "\(stats.centre)")
            #expect(Self.text(inPlace.queues) == Self.text(stats.queues))
            #expect(Self.text(inPlace.tiers) == Self.text(stats.tiers))
            #expect(Self.text(inPlace.operators) == Self.text(stats.operators))
            #expect(inPlace.outbound == stats.outbound)
            func check(_ set: Stats.FigureSet, _ name: String, countsCalls: Bool, _ wanted: (Ledger.Place) -> Bool) {
                let expected = Self.sums(centre, from: from, to: to, countsCalls: countsCalls, wanted)
                #expect(set.figures == expected.figures, "\(name), seed \(seed)")
                #expect(set.service == expected.service, "\(name), seed \(seed)")
            }
            check(stats.centre, "centre", countsCalls: false) { _ in true }
            for (tier, set) in stats.tiers { check(set, "tier \(tier)", countsCalls: false) { $0.tier == tier } }
            for (queue, set) in stats.queues { check(set, "queue \(queue)", countsCalls: true) { $0.queue == queue } }
            #expect(stats.queues["nobody calls"]?.figures == QueueFigures())
            #expect(stats.queues[Ledger.wholeCentre] == nil)
            for (id, one) in stats.operators {
                let written = centre.ledger.outcomes(of: id, from: from, to: to).values
                    .reduce(into: OutcomeFigures()) { $0 += $1 }
                #expect(one.figures.outcomes == written, "operator \(id), seed \(seed)")
                #expect(
                    one.calls == centre.operators[id]?.activeCalls.compactMap { centre.calls[$0]?.key.call },
                    "operator \(id), seed \(seed)")
            }
        }
        #expect(floor.centre.ledger.cells.count > 10)
    }

    /// Adding to nothing shares the buckets, and adding to them afterwards leaves the other sum alone.
    @Test func aSumOfOneIsACopy() {
        var one = QueueFigures(), sum = QueueFigures()
        one.waits.add(5_000)
        one.longest.add(5_000)
        sum += one
        #expect(sum == one)
        sum.waits.add(7_000)
        sum.longest.add(7_000)
        #expect(one.waitPercentile(100).map { $0 < 5_100 } == true && one.maxWait == 5_000)
        #expect(sum.maxWait == 7_000 && sum.waits.total == 2)
        var empty = WaitHistogram()
        empty += WaitHistogram()
        #expect(empty == WaitHistogram())
    }
}
