import Testing

@testable import CallCenter

/// Ended calls are kept for late events, and leave by the clock.
@Suite struct EvictionTests {
    private static let ended = 60_000

    private static func floor() -> Floor {
        var floor = Floor()
        floor.apply([
            login("101"), offered("a", at: 0),
            call("a", .queued(queue: "support", position: nil, priority: nil), at: 10),
            call("a", .ended(by: .caller, cause: nil), at: Int64(ended)),
        ])
        return floor
    }

    private static func leave(_ effects: [Effect]) -> [String] {
        effects.compactMap { effect in
            if case .history(.call(let gone)) = effect { gone.call.key.call } else { nil }
        }
    }

    @Test func anEndedCallLeavesWithoutAnEvent() {
        var floor = Self.floor(), effects: [Effect] = []
        let due = morning + Int64(Self.ended) + Centre.lingerMax
        floor.centre.tick(due, effects: &effects)
        #expect(Self.leave(effects) == [] && floor.centre.callsInMemory.count == 1)
        floor.centre.tick(due + 1, effects: &effects)
        #expect(Self.leave(effects) == ["a"] && floor.centre.callsInMemory.isEmpty)
    }

    @Test func anEventReadBeforeTheCallLeftIsAppliedAfterIt() {
        var live = Self.floor(), effects: [Effect] = []
        let due = morning + Int64(Self.ended) + Centre.lingerMax + 1
        live.centre.tick(due + 500, effects: &effects)
        // Its batch was read before the tick.
        let late = call("a", .ended(by: .caller, cause: "late"), at: Int64(Self.ended) + 1)
        live.now = live.centre.moment(due - 100)
        #expect(live.now == due)
        live.apply(late)
        var replay = Self.floor()
        replay.now = live.now
        replay.apply(late)
        #expect(replay.centre.checkpoint == live.centre.checkpoint)
        #expect(replay.centre.callsInMemory.count == 1)
    }

    @Test func noMoreEndedCallsAreKeptThanTheBound() {
        var floor = Floor()
        for i in 0..<(Centre.lingeringMax + 100) {
            floor.apply(call("c\(i)", .ended(by: .caller, cause: nil), at: Int64(i)))
        }
        #expect(floor.centre.callsInMemory.count <= Centre.lingeringMax + 1)
    }
}
