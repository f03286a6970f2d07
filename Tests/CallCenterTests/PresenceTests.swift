import Testing

@testable import CallCenter

/// Who has logged out stays so until a login: nobody is routed there.
@Suite struct PresenceTests {
    @Test("a logout during a call counts from its end, also when the call was held and resumed after it")
    func logoutDuringACall() {
        var floor = Floor()
        floor.apply([
            login("101"), offered("a", at: 0),
            call("a", .queued(queue: "support", position: nil, priority: nil), at: 0),
            call("a", .answered(operator: "101"), at: 5_000), agent("101", .logout, at: 10_000),
            call("a", .held, at: 15_000),
            call("a", .resumed, at: 20_000),
        ])
        #expect(floor.centre.operators["101"]?.state == .talking)
        floor.apply(call("a", .ended(by: .caller, cause: nil), at: 30_000))
        #expect(floor.centre.operators["101"]?.state == .loggedOut)
        #expect(floor.centre.operators["101"]?.since == morning + 30_000)
    }

    @Test("a call that comes to the phone of one who has logged out logs nobody in") func directCall() {
        var floor = Floor()
        floor.apply([
            login("101"), agent("101", .logout, at: 1_000), offered("a", at: 10_000),
            call("a", .ringing(operator: "101", device: nil), at: 11_000),
            call("a", .answered(operator: "101"), at: 15_000),
        ])
        #expect(floor.centre.operators["101"]?.state == .talking)
        floor.apply(call("a", .ended(by: .caller, cause: nil), at: 30_000))
        #expect(floor.centre.operators["101"]?.state == .loggedOut)
        floor.apply(agent("101", .login(name: nil, device: nil, queues: nil), at: 40_000))
        #expect(floor.centre.operators["101"]?.state == .available)
    }

    @Test("one of whom nothing but a call was ever told is at work after it") func firstSeenInACall() {
        var floor = Floor()
        floor.apply([
            offered("a", at: 0), call("a", .ringing(operator: "101", device: nil), at: 1_000),
            call("a", .unanswered(operator: "101", device: nil, reason: .timeout), at: 9_000),
        ])
        #expect(floor.centre.operators["101"]?.state == .available)
    }

    @Test("a call that ended before any queue says so in the customer's history") func notQueued() {
        var floor = Floor()
        floor.apply([offered("a", at: 0), call("a", .ended(by: .caller, cause: nil), at: 3_000)])
        let call = floor.centre.call(CallKey(source: "pbx", call: "a"))
        #expect(call?.touchpoint(at: morning).outcome == "not_queued")
    }
}
