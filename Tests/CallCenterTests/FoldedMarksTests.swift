import Testing

@testable import CallCenter

/// An operator's oldest marks are folded into sums. A late fact of a call that has marks among them changes its life,
/// and must not count these a second time.
@Suite struct FoldedMarksTests {
    /// One call at 101, given to 102 after a minute, where it goes on.
    private static func longCall() -> [Event] {
        [
            offered("long", at: 1_000),
            call("long", .queued(queue: "support", position: nil, priority: nil), at: 1_100),
            call("long", .ringing(operator: "101", device: nil), at: 2_000),
            call("long", .answered(operator: "101"), at: 5_000),
            call("long", .transferred(to: .operator("102"), kind: .attended), at: 65_000),
            call("long", .answered(operator: "102"), at: 65_100),
        ]
    }

    /// So many calls at 101, a minute each, from the second minute on.
    private static func calls(_ count: Int) -> [Event] {
        (0..<count).flatMap { n in
            let at = Int64(n + 2) * 60_000
            return [
                offered("c\(n)", at: at), call("c\(n)", .ringing(operator: "101", device: nil), at: at + 1_000),
                call("c\(n)", .answered(operator: "101"), at: at + 3_000),
                call("c\(n)", .ended(by: .caller, cause: nil), at: at + 40_000),
            ]
        }
    }

    @Test(arguments: [
        CallEvent.held, .resumed, .ringing(operator: "103", device: nil),
        .queued(queue: "support", position: nil, priority: nil),
    ]) func aPartThatIsFoldedIsCountedOnce(late: CallEvent) throws {
        var floor = Floor()
        floor.apply([login("101"), login("102")])
        floor.apply(Self.longCall())
        floor.apply(Self.calls(200))
        let end: Int64 = 203 * 60_000
        let before = try #require(floor.stats(after: end).operators["101"])
        #expect(before.figures.answered == 201 && before.state == .available)
        floor.now = morning + end
        floor.apply(call("long", late, at: 30_000))
        let after = try #require(floor.stats(after: end).operators["101"])
        #expect(after.figures == before.figures)
        #expect(after.state == .available && after.calls.isEmpty)
        #expect(floor.stats(after: end).operators["102"]?.state == .talking)
    }

    /// One call alone with more marks than are kept.
    @Test func aCallOfManyHoldsIsCountedOnce() throws {
        var floor = Floor()
        floor.apply(login("101"))
        floor.apply([offered("c", at: 1_000), call("c", .answered(operator: "101"), at: 2_000)])
        for n in 0..<400 {
            let at = Int64(n) * 2_000 + 10_000
            floor.apply([call("c", .held, at: at), call("c", .resumed, at: at + 1_000)])
        }
        let end: Int64 = 900_000
        let before = try #require(floor.stats(after: end).operators["101"]).figures
        #expect(before.answered == 1 && before.hold == 400_000 && before.talk == end - 2_000 - 400_000)
        floor.now = morning + end
        floor.apply(call("c", .ringing(operator: "102", device: nil), at: 5_000))
        let after = try #require(floor.stats(after: end).operators["101"])
        #expect(after.figures == before && after.state == .talking)
        floor.apply(call("c", .ended(by: .caller, cause: nil), at: end))
        #expect(floor.stats(after: end).operators["101"]?.figures.answered == 1)
    }
}
