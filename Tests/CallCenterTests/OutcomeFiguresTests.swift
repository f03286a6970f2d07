import Testing

@testable import CallCenter

/// metrics.md, "Outcomes that operators give".
@Suite struct OutcomeFiguresTests {
    static let complaints: Set<String> = ["complaint", "angry"]

    static func wrote(_ id: String, _ what: Remark.What, by who: String? = "101", at ms: Int64) -> Event {
        event(.remark(call: id, RemarkEvent(by: who, what: .final(what))), at: ms)
    }

    static func floor() -> Floor {
        var policy = Policy()
        policy.dispositions = [
            .init(code: "resolved"), .init(code: "complaint", isComplaint: true),
            .init(code: "angry", isComplaint: true),
        ]
        var floor = Floor(policy: policy, world: ["+815000000001": [CustomerCard(id: 1, name: "A", tier: "vip")]])
        floor.apply([login("101"), login("102")])
        return floor
    }

    static func answer(_ floor: inout Floor, _ id: String, by who: String, from: String = "+815000000002", at ms: Int64)
    {
        floor.apply([
            offered(id, from: from, at: ms),
            call(id, .queued(queue: "support", position: nil, priority: nil), at: ms + 1),
            call(id, .answered(operator: who), at: ms + 1_000),
        ])
    }

    @Test func dispositionsAreCountedInTheCentreQueuesTiersAndOfOperators() {
        var floor = Self.floor()
        Self.answer(&floor, "a", by: "101", from: "+815000000001", at: 0)
        Self.answer(&floor, "b", by: "102", at: 10_000)
        Self.answer(&floor, "c", by: "102", at: 20_000)
        Self.answer(&floor, "d", by: "102", at: 30_000)
        floor.apply([
            Self.wrote("a", .disposition("complaint"), at: 40_000),
            Self.wrote("b", .disposition("resolved"), by: nil, at: 41_000),
            Self.wrote("c", .note("wants an invoice"), at: 42_000),
        ])
        let stats = floor.stats(after: 60_000)
        for set in [stats.centre, stats.queues["support"]] {
            let outcomes = set?.figures.outcomes
            #expect(outcomes?.dispositions == ["complaint": 1, "resolved": 1])
            #expect(outcomes?.complaintRate(stats.complaints) == 0.5)
            #expect(outcomes?.documentedRate == 0.75)
        }
        #expect(stats.tiers["vip"]?.figures.outcomes.complaintRate(stats.complaints) == 1)
        #expect(stats.tiers["unknown"]?.figures.outcomes.complaintRate(stats.complaints) == 0)
        #expect(stats.tiers["regular"]?.figures.outcomes.complaintRate(stats.complaints) == nil)
        #expect(stats.operators["101"]?.figures.outcomes.dispositions == ["complaint": 1])
        #expect(stats.operators["102"]?.figures.outcomes.dispositions == ["resolved": 1])
        #expect(stats.operators["102"]?.figures.outcomes.documentedRate == 2.0 / 3)
    }

    @Test func theNewestDispositionCountsAloneAndWhereTheAnswerWas() {
        var floor = Self.floor()
        Self.answer(&floor, "a", by: "101", at: 0)
        floor.apply(call("a", .ended(by: .caller, cause: nil), at: 60_000))
        let first = floor.centre.policy.grain
        // In the next interval, and with the later event received first.
        floor.apply([
            Self.wrote("a", .disposition("complaint"), at: first - 2_000),
            Self.wrote("a", .disposition("resolved"), at: first - 1_000),
            Self.wrote("a", .disposition("angry"), at: first - 1_500),
        ])
        floor.apply(Self.wrote("a", .note("one"), at: first + 1_000))
        let own = floor.centre.stats(from: morning, to: morning + first, now: morning + first).centre.figures.outcomes
        #expect(own.dispositions == ["resolved": 1] && own.documented == 1 && own.answeredCalls == 1)
        let next = floor.centre.stats(from: morning + first, to: morning + 2 * first, now: morning + 2 * first)
        #expect(next.centre.figures.outcomes.isEmpty)
    }

    @Test func aCallCountsOnceInTheCentreAndOnceInEachQueueAndOfEachOperator() {
        var floor = Self.floor()
        Self.answer(&floor, "a", by: "101", at: 0)
        floor.apply([
            call("a", .transferred(to: .queue("sales"), kind: .blind), at: 5_000),
            call("a", .queued(queue: "sales", position: nil, priority: nil), at: 5_001),
            call("a", .answered(operator: "102"), at: 9_000),
            call("a", .transferred(to: .queue("support"), kind: .blind), at: 15_000),
            call("a", .queued(queue: "support", position: nil, priority: nil), at: 15_001),
            call("a", .answered(operator: "101"), at: 19_000),
        ])
        floor.apply(Self.wrote("a", .disposition("resolved"), at: 20_000))
        let stats = floor.stats(after: 30_000)
        #expect(stats.centre.figures.answered == 3)
        let sets = [stats.centre.figures, stats.queues["support"]?.figures, stats.queues["sales"]?.figures]
        for figures in sets { #expect(figures?.outcomes.answeredCalls == 1 && figures?.outcomes.withDisposition == 1) }
        for who in ["101", "102"] { #expect(stats.operators[who]?.figures.outcomes.documentedRate == 1) }
    }

    @Test func whatNobodyAnsweredIsInNone() {
        var floor = Self.floor()
        floor.apply([
            offered("a", at: 0), call("a", .queued(queue: "support", position: nil, priority: nil), at: 1),
            call("a", .ended(by: .caller, cause: nil), at: 9_000),
            Self.wrote("a", .disposition("complaint"), at: 9_500),
            call("o", .dialed(.init(operator: "101", to: "+815000000009")), at: 10_000),
            call("o", .answered(operator: nil), at: 11_000), Self.wrote("o", .disposition("complaint"), at: 12_000),
        ])
        #expect(floor.stats(after: 30_000).centre.figures.outcomes.isEmpty)
        #expect(floor.stats(after: 30_000).operators["101"]?.figures.outcomes.isEmpty == true)
        #expect(floor.stats(after: 30_000).centre.figures.outcomes.documentedRate == nil)
    }

    @Test func aDraftDocumentsNothing() {
        var floor = Self.floor()
        Self.answer(&floor, "a", by: "101", at: 0)
        floor.apply(event(.remark(call: "a", RemarkEvent(by: "101", what: .draft("wants"))), at: 2_000))
        #expect(floor.stats(after: 30_000).centre.figures.outcomes.documentedRate == 0)
    }

    @Test func theyAreKeptAsNumbersAndThoseOfBeforeAreRead() throws {
        var outcomes = OutcomeFigures()
        outcomes.answeredCalls = 7
        outcomes.documented = 5
        outcomes.dispositions = ["": 1, "complaint": -2, "苦情・配送の遅れ": 3, "resolved": 40]
        #expect(OutcomeFigures(numbers: outcomes.numbers) == outcomes)
        #expect(OutcomeFigures(numbers: Array(outcomes.numbers.dropLast())) == nil)
        var queue = QueueFigures(), one = OperatorFigures()
        queue.answered = 3
        one.answered = 2
        one.busy = 9
        // As they were before there were outcomes.
        #expect(QueueFigures(numbers: queue.numbers)?.outcomes.isEmpty == true)
        #expect(one.numbers.count == 14 && OperatorFigures(numbers: one.numbers) == one)
        queue.outcomes = outcomes
        one.outcomes = outcomes
        #expect(QueueFigures(numbers: queue.numbers) == queue)
        #expect(OperatorFigures(numbers: one.numbers) == one)
    }

    @Test func aRemarkOnACallThatLeftMemoryIsACorrection() throws {
        var floor = Self.floor(), gone: [Call] = []
        Self.answer(&floor, "a", by: "101", from: "+815000000001", at: 0)
        floor.apply([
            call("a", .ended(by: .caller, cause: nil), at: 5_000), Self.wrote("a", .disposition("resolved"), at: 6_000),
            event(.pbxConnected, at: Centre.lingerMax + 10_000),
        ])
        for case .history(.call(let one)) in floor.effects { gone.append(one.call) }
        let before = try #require(gone.first)
        var after = before
        after.write(Remark(seq: 99, at: morning + 4_000_000, by: nil, what: .disposition("complaint")))
        var stats = floor.stats(after: 5_000_000)
        #expect(stats.centre.figures.outcomes.dispositions == ["resolved": 1])
        let late = try #require(PastFigures(correcting: before, by: after))
        stats.add(past: [late])
        let all = [
            stats.centre.figures.outcomes, stats.tiers["vip"]?.figures.outcomes,
            stats.queues["support"]?.figures.outcomes,
            stats.operators["101"]?.figures.outcomes,
        ]
        for one in all {
            #expect(one?.dispositions == ["complaint": 1] && one?.documented == 1 && one?.answeredCalls == 1)
        }
        #expect(PastFigures(correcting: after, by: after) == nil)
    }
}
