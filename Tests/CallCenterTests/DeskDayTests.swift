import Testing

@testable import CallCenter

/// What a desk shows of the call in hand and beside it.
@Suite struct DeskDayTests {
    private func pop(_ floor: Floor) -> Pop? {
        floor.effects.compactMap { if case .pop(let pop, .update) = $0 { pop } else { nil } }.last
    }

    @Test("a pop says when it was answered, and since when the caller is on hold") func talkAndHold() throws {
        var floor = Floor()
        floor.apply([
            login("101"), offered("a", at: 0),
            call("a", .queued(queue: "support", position: nil, priority: nil), at: 0),
            call("a", .ringing(operator: "101", device: nil), at: 1_000),
        ])
        #expect(floor.centre.livePops(of: "101", at: morning + 2_000).first?.answeredAt == nil)
        floor.apply(call("a", .answered(operator: "101"), at: 5_000))
        #expect(pop(floor)?.answeredAt == morning + 5_000 && pop(floor)?.heldSince == nil)
        floor.apply(call("a", .held, at: 9_000))
        #expect(pop(floor)?.heldSince == morning + 9_000 && pop(floor)?.hold == 0)
        floor.apply(call("a", .resumed, at: 12_000))
        #expect(pop(floor)?.heldSince == nil && pop(floor)?.hold == 3_000)
        floor.apply(call("a", .ended(by: .caller, cause: nil), at: 20_000))
        let last = try #require(pop(floor))
        #expect(last.phase == .ended && last.answeredAt == morning + 5_000 && last.hold == 3_000)
    }

    @Test("an operator's day counts who waits in its own queues") func day() {
        var floor = Floor()
        floor.apply([
            login("101", queues: ["support"]), login("102"),
            offered("a", at: 0), call("a", .queued(queue: "support", position: nil, priority: nil), at: 0),
            call("a", .answered(operator: "101"), at: 5_000), call("a", .ended(by: .caller, cause: nil), at: 25_000),
            agent("101", .ready, at: 30_000),
            offered("b", at: 40_000), call("b", .queued(queue: "support", position: nil, priority: nil), at: 40_000),
            offered("c", at: 50_000), call("c", .queued(queue: "sales", position: nil, priority: nil), at: 50_000),
            call("b", .ringing(operator: "101", device: nil), at: 55_000),
            call("b", .unanswered(operator: "101", device: nil, reason: .timeout), at: 58_000),
        ])
        func day(_ who: String) -> OperatorDay {
            floor.centre.day(
                of: who, from: morning - 86_400_000, to: morning + 86_400_000, now: morning + 60_000)
        }
        #expect(day("101").queues == ["support"] && day("101").waiting == 1 && day("101").longestWait == 20_000)
        #expect(day("101").figures.answered == 1 && day("101").figures.unanswered == 1)
        #expect(day("101").figures.averageHandle == 25_000)
        #expect(day("102").queues == nil && day("102").waiting == 2 && day("102").longestWait == 20_000)
        #expect(day("777") == { var all = OperatorDay(); all.waiting = 2; all.longestWait = 20_000; return all }())
    }
}
