@testable import CallCenter
import Foundation
import Histogram
import Testing

@Suite struct FiguresTests {
    /// Our histogram has a resolution of 1 %; HdrHistogram with three digits is the reference.
    @Test("have the percentiles of HdrHistogram", arguments: [1, 2, 3, 10, 1_000, 20_000])
    func percentilesOfHdrHistogram(count: Int) {
        var random = Seeded(UInt64(count))
        for longest in [100, 10_000, 600_000, 86_400_000] as [Int64] {
            var ours = WaitHistogram()
            var theirs = Histogram<UInt64>(highestTrackableValue: 86_400_000, numberOfSignificantValueDigits: .three)
            for _ in 0..<count {
                // Many short ones, few long ones.
                let wait = Int64(Double(longest) * pow(Double.random(in: 0...1, using: &random), 3))
                ours.add(wait)
                theirs.record(UInt64(wait))
            }
            for percent in [50.0, 90, 95, 99, 100] {
                let expected = Double(theirs.valueAtPercentile(percent)), told = Double(ours.percentile(percent) ?? -1)
                #expect(abs(told - expected) <= max(1, expected * 0.011), "\(percent) % of \(count) up to \(longest)")
            }
        }
    }

    @Test("follow an operator who was ready before the limit, though we heard of it after it") func readyHeardLate() {
        var floor = Floor()
        floor.apply([
            login("101"), offered("a", at: 1_000), call("a", .answered(operator: "101"), at: 5_000),
            call("a", .ended(by: .caller, cause: nil), at: 65_000),
        ])
        #expect(floor.stats(after: 96_000).centre.figures.wrapUp == 30_000)
        floor.apply(agent("101", .ready, at: 75_000))
        let stats = floor.stats(after: 100_000)
        #expect(stats.centre.figures.wrapUp == 10_000)
        #expect(stats.operators["101"]?.figures.wrapUp == 10_000)
        #expect(stats.operators["101"]?.figures.loggedIn == 100_000)
        #expect(stats.operators["101"]?.since == morning + 75_000)
    }

    @Test("count the waits up to any bound") func waitsUpTo() {
        var waits = WaitHistogram()
        for second in Int64(1)...100 { waits.add(second * 1_000 - 500) }
        let counts = waits.counts(upTo: [0, 10_000, 50_000, 1_000_000])
        #expect(counts[0] == 0 && counts[3] == 100)
        #expect(abs(counts[1] - 10) <= 1 && abs(counts[2] - 50) <= 1)
    }

    /// What the daemon's clock does between two events is not part of a replay.
    @Test("are the same whether or not time was looked at between the events") func withoutTicks() {
        let day = [
            login("101"), offered("a", at: 1_000), call("a", .answered(operator: "101"), at: 5_000),
            call("a", .ended(by: .caller, cause: nil), at: 65_000),
            // The first event after the call has left memory.
            offered("b", at: 3_600_000), call("b", .ended(by: .caller, cause: nil), at: 3_605_000),
        ]
        var ticked = Floor(), replayed = Floor()
        for event in day {
            var effects: [Effect] = []
            for ms in stride(from: Int64(0), through: event.time - morning, by: 60_000)
            where (ticked.now ?? morning) <= morning + ms { ticked.centre.settle(morning + ms, effects: &effects) }
            ticked.now = event.time
            ticked.apply(event)
            replayed.apply(event)
        }
        let stats = ticked.stats(after: 3_700_000).centre.figures
        #expect(stats.wrapUp == 30_000)
        #expect(replayed.stats(after: 3_700_000).centre.figures == stats)
    }

    @Test func answeredVisit() {
        var floor = Floor()
        floor.apply([
            login("101"), offered("a", at: 1_000),
            call("a", .queued(queue: "support", position: nil, priority: nil), at: 1_500),
            call("a", .ringing(operator: "101", device: nil), at: 4_000),
            call("a", .answered(operator: "101"), at: 6_000),
            call("a", .held, at: 10_000), call("a", .resumed, at: 13_000),
            call("a", .ended(by: .caller, cause: nil), at: 26_000),
            agent("101", .ready, at: 30_000),
        ])
        let figures = floor.stats(after: 60_000).queues["support"]?.figures
        #expect(figures?.offered == 1)
        #expect(figures?.answered == 1)
        #expect(figures?.asa == 4_500)
        #expect(figures?.talk == 17_000)
        #expect(figures?.hold == 3_000)
        #expect(figures?.wrapUp == 4_000)
        #expect(figures?.aht == 24_000)
        #expect(figures?.holds == 1)
        let one = floor.stats(after: 60_000).operators["101"]
        #expect(one?.state == .available)
        #expect(one?.figures.talk == 17_000)
        #expect(one?.figures.occupancy == 24.0 / 60.0)
    }

    @Test func wrapUpEndsAtItsLimit() {
        var floor = Floor()
        floor.apply([
            login("101"), offered("a", at: 0), call("a", .ringing(operator: "101", device: nil), at: 0),
            call("a", .answered(operator: "101"), at: 1_000), call("a", .ended(by: nil, cause: nil), at: 2_000),
        ])
        #expect(floor.stats(after: 10_000).operators["101"]?.state == .wrapUp)
        #expect(floor.stats(after: 10_000).centre.figures.handled == 0)
        #expect(floor.stats(after: 40_000).operators["101"]?.state == .available)
        #expect(floor.stats(after: 40_000).centre.figures.wrapUp == 30_000)
    }

    @Test(
        arguments: [
            (1_000, Outcome.shortAbandoned), (5_000, .shortAbandoned), (5_001, .abandoned),
        ] as [(Int64, Outcome)])
    func shortAbandonIsUpToTheThreshold(wait: Int64, outcome: Outcome) {
        var policy = Policy()
        policy.queueDefault.shortAbandon = 5_000
        var floor = Floor(policy: policy)
        floor.apply([
            offered("a", at: 0), call("a", .queued(queue: "support", position: nil, priority: nil), at: 0),
            call("a", .ended(by: .caller, cause: nil), at: wait),
        ])
        #expect(floor.centre.call(CallKey(source: "pbx", call: "a"))?.life.outcome == outcome)
    }

    /// The check that metrics.md gives: A 1000, B 60, A≤T 860, B≤T 20, S 10.
    @Test func fiveServiceLevels() {
        var counts = ServiceCounts()
        counts.answered = 1_000
        counts.answeredWithin = 860
        counts.abandoned = 60
        counts.abandonedWithin = 20
        counts.short = 10
        let shown = ServiceLevelVariant.allCases.map { counts.level($0).map { ($0 * 1_000).rounded() / 10 } }
        #expect(shown == [81.1, 82.7, 83.0, 86.0, 82.1])
        #expect(ServiceLevelVariant.allCases.allSatisfy { ServiceCounts().level($0) == nil })
    }

    @Test func callbackIsDueUntilReached() {
        var floor = Floor()
        floor.apply([
            offered("a", at: 0), call("a", .queued(queue: "support", position: nil, priority: nil), at: 0),
            call("a", .ended(by: .caller, cause: nil), at: 50_000),
        ])
        #expect(floor.stats(after: 60_000).centre.callbacksDue == 1)
        #expect(floor.stats(after: 60_000).centre.callbacksOldest == 10_000)
        floor.apply([
            offered("b", at: 70_000), call("b", .ringing(operator: "101", device: nil), at: 71_000),
            call("b", .answered(operator: "101"), at: 72_000),
        ])
        #expect(floor.stats(after: 80_000).centre.callbacksDue == 0)
        #expect(floor.stats(after: 80_000).centre.figures.repeatRate == 0.5)
    }

    @Test func anAnswerAfterTheEndMakesAnAbandonedVisitAnAnsweredOne() {
        var floor = Floor()
        floor.apply([
            offered("a", at: 0), call("a", .ringing(operator: "101", device: nil), at: 1_000),
            call("a", .ended(by: .caller, cause: nil), at: 9_000),
        ])
        #expect(floor.stats(after: 9_000).centre.figures.abandoned == 1)
        floor.apply(call("a", .answered(operator: "101"), at: 4_000))
        let figures = floor.stats(after: 60_000).centre.figures
        #expect(figures.abandoned == 0)
        #expect(figures.answered == 1)
        #expect(figures.asa == 4_000)
        #expect(figures.talk == 5_000)
        #expect(floor.stats(after: 60_000).centre.callbacksDue == 0)
    }

    @Test func aCallSeenFirstInItsMiddleIsKeptOutOfWaits() {
        var floor = Floor()
        floor.apply([
            call("a", .answered(operator: "101"), at: 5_000), call("a", .ended(by: nil, cause: nil), at: 6_000),
        ])
        let figures = floor.stats(after: 60_000).centre.figures
        #expect(figures.offered == 1)
        #expect(figures.answered == 1)
        #expect(figures.asa == nil)
        #expect(figures.waitPercentile(50) == nil)
    }

    @Test func whatASnapshotMissesIsUnknown() {
        var floor = Floor()
        floor.apply([
            offered("a", at: 0), call("a", .queued(queue: "support", position: nil, priority: nil), at: 0),
            offered("b", at: 0),
            call("b", .queued(queue: "support", position: nil, priority: nil), at: 0),
            event(
                .snapshot(
                    .init(
                        calls: [.init(call: "b", state: .queued, offered: .init(from: nil), queue: "support")],
                        operators: [])), at: 9_000),
        ])
        let set = floor.stats(after: 9_000).centre
        #expect(set.figures.unknown == 1)
        #expect(set.figures.abandoned == 0)
        #expect(set.waiting == 1)
    }

    @Test func transferIntoAnotherQueueMakesASecondVisit() {
        var floor = Floor()
        floor.apply([
            offered("a", at: 0), call("a", .queued(queue: "support", position: nil, priority: nil), at: 0),
            call("a", .answered(operator: "101"), at: 2_000),
            call("a", .transferred(to: .queue("sales"), kind: .blind), at: 5_000),
            call("a", .queued(queue: "sales", position: nil, priority: nil), at: 5_100),
            call("a", .ended(by: .caller, cause: nil), at: 8_000),
        ])
        let stats = floor.stats(after: 60_000)
        #expect(stats.queues["support"]?.figures.answered == 1)
        #expect(stats.queues["support"]?.figures.transfers == 1)
        #expect(stats.queues["sales"]?.figures.abandoned == 1)
        #expect(floor.centre.call(CallKey(source: "pbx", call: "a"))?.life.outcome == .answered)
        // Figures of a queue count visits: the caller gave up in sales, and was not reached since.
        #expect(stats.queues["sales"]?.callbacksDue == 1 && stats.queues["support"]?.callbacksDue == 0)
    }

    /// A PBX whose clock was never set: its login of the year 2000 must not make an interval for every quarter of an
    /// hour since.
    @Test func aLoginOfAnotherCenturyIsBookedForItsLastDays() {
        var floor = Floor()
        let longAgo: Int64 = -26 * 366 * 86_400_000
        floor.apply([
            login("101", at: longAgo), agent("101", .paused(reason: nil), at: 0), agent("101", .resumed, at: 60_000),
        ])
        var settled: [Effect] = []
        floor.centre.settle(morning + 120_000, effects: &settled)
        let all = floor.centre.stats(from: Timestamp(ms: 0), to: morning + 86_400_000, now: morning + 120_000)
        let figures = all.operators["101"]?.figures
        #expect((figures?.loggedIn ?? .max) <= 5 * 86_400_000)
        #expect((figures?.loggedIn ?? 0) > 3 * 86_400_000)
        #expect(figures?.paused == 60_000)
    }
}
