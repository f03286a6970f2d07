import Testing

@testable import CallCenter

/// metrics.md, Outbound: what an operator dials.
@Suite struct OutboundTests {
    static let number = "+815000000001"
    static let customer = CustomerCard(id: 7, name: "山田", tier: "vip")

    static func dialed(_ id: String, to: String = number, by who: String = "101", at ms: Int64) -> Event {
        call(id, .dialed(.init(operator: who, to: to, from: "+81300000000")), at: ms)
    }

    /// Dialed, reached unless `reachedAfter` is nil, over at `end`.
    static func outbound(
        _ id: String, to: String = number, at ms: Int64, reachedAfter: Int64? = 5_000, end: Int64
    ) -> [Event] {
        var events = [dialed(id, to: to, at: ms)]
        if let reachedAfter { events.append(call(id, .answered(operator: nil), at: ms + reachedAfter)) }
        events.append(call(id, .ended(by: .operator, cause: reachedAfter == nil ? "17" : "16"), at: end))
        return events
    }

    @Test("the operator's screen and state follow the call") func screen() {
        var floor = Floor(world: [Self.number: [Self.customer]])
        floor.apply(login("101"))
        let answer = floor.apply(Self.dialed("a", at: 1_000))
        #expect(answer?.customer?.id == 7 && answer?.alerts == [.vip] && answer?.route == nil)
        #expect(floor.pops == ["pop 101 dialing"])
        #expect(floor.centre.operators["101"]?.state == .dialing)
        floor.apply(call("a", .answered(operator: nil), at: 6_000))
        #expect(floor.pops == ["pop.update 101 answered"])
        #expect(floor.centre.operators["101"]?.state == .talking)
        floor.apply(call("a", .ended(by: .caller, cause: "16"), at: 66_000))
        #expect(floor.pops == ["pop.update 101 ended"])
        // No queue, no limit of after-call work.
        #expect(floor.centre.operators["101"]?.state == .available)
        let call = floor.centre.call(CallKey(source: "pbx", call: "a"))
        #expect(call?.result == "reached" && call?.life.cause == "16" && call?.life.visits == [])
        #expect(call?.touchpoint(at: morning).direction == .outbound)
    }

    @Test("it makes no visit, and is in no figure of a queue") func figures() {
        var floor = Floor()
        floor.apply(
            [login("101")] + Self.outbound("a", at: 1_000, end: 66_000)
                + Self.outbound("b", at: 100_000, reachedAfter: nil, end: 120_000))
        let stats = floor.stats(after: 3_600_000), one = stats.operators["101"]?.figures
        #expect(stats.centre.figures.offered == 0 && stats.centre.figures.callsKnown == 0 && stats.queues.isEmpty)
        #expect(stats.outbound.dialed == 2 && stats.outbound.reached == 1 && stats.outbound.talk == 60_000)
        #expect(one?.outbound == stats.outbound && one?.answered == 0 && one?.talk == 60_000)
        #expect(one?.outbound.dialing == 25_000)
        let there = 3_600_000.0
        #expect(one?.occupancy.map { abs($0 - 85_000 / there) < 0.000_001 } == true)
        #expect(one?.averageHandle == nil)
    }

    @Test("an outbound talk is not in the average handle of the calls that came in") func averageHandle() {
        var floor = Floor()
        floor.apply(
            [login("101")] + Self.outbound("a", at: 1_000, end: 66_000) + [
                offered("b", at: 100_000), call("b", .answered(operator: "101"), at: 101_000),
                call("b", .ended(by: .caller, cause: nil), at: 111_000), agent("101", .ready, at: 112_000),
            ])
        #expect(floor.stats(after: 3_600_000).operators["101"]?.figures.averageHandle == 11_000)
    }

    @Test("who dialed answers it too, in the words of some PBXs") func answeredByTheDialer() {
        var floor = Floor()
        floor.apply([login("101"), Self.dialed("a", at: 1_000), call("a", .answered(operator: "101"), at: 3_000)])
        #expect(floor.centre.call(CallKey(source: "pbx", call: "a"))?.life.reachedAt == morning + 3_000)
        #expect(floor.stats(after: 10_000).centre.figures.offered == 0)
    }

    @Test("held, handed to a colleague, and back") func transferred() {
        var floor = Floor()
        floor.apply([
            login("101"), login("102"), Self.dialed("a", at: 0), call("a", .answered(operator: nil), at: 1_000),
            call("a", .held, at: 2_000), call("a", .resumed, at: 5_000),
            call("a", .transferred(to: .operator("102"), kind: .blind), at: 11_000),
            call("a", .ringing(operator: "102", device: nil), at: 11_500),
            call("a", .answered(operator: "102"), at: 13_000),
            call("a", .ended(by: .caller, cause: nil), at: 20_000),
        ])
        let stats = floor.stats(after: 60_000)
        #expect(stats.outbound.talk == 10_000 - 3_000 + 7_000 && stats.outbound.hold == 3_000)
        #expect(stats.operators["101"]?.figures.transfersOut == 1)
        #expect(stats.centre.figures.offered == 0)
        #expect(stats.operators.values.allSatisfy { $0.state == .available })
    }

    @Test("put into a queue, it makes a visit there like any other") func queued() {
        var floor = Floor()
        floor.apply([
            login("101"), Self.dialed("a", at: 0), call("a", .answered(operator: nil), at: 1_000),
            call("a", .transferred(to: .queue("sales"), kind: .blind), at: 5_000),
            call("a", .queued(queue: "sales", position: nil, priority: nil), at: 5_100),
            call("a", .ended(by: .caller, cause: nil), at: 9_000),
        ])
        let figures = floor.stats(after: 60_000).queues["sales"]?.figures
        #expect(figures?.offered == 1 && figures?.abandoned == 1 && figures?.callsKnown == 0)
    }

    // MARK: Callbacks

    private static let abandoned = [
        offered("lost", at: 10_000), call("lost", .queued(queue: "support", position: nil, priority: nil), at: 10_000),
        call("lost", .ended(by: .caller, cause: nil), at: 40_000),
    ]

    @Test("a call that reaches the caller ends the callback; one that does not is a try") func callback() {
        var floor = Floor()
        floor.apply([login("101")] + Self.abandoned + Self.outbound("t", at: 60_000, reachedAfter: nil, end: 80_000))
        #expect(floor.centre.callbacks.map(\.e164) == [Self.number])
        #expect(floor.centre.callbacks.first?.tries.map(\.operator) == ["101"])
        #expect(floor.stats(after: 90_000).centre.callbacksDue == 1)
        floor.apply(Self.outbound("r", at: 100_000, reachedAfter: 2_000, end: 130_000))
        #expect(floor.centre.callbacks.isEmpty && floor.stats(after: 140_000).centre.callbacksDue == 0)
        let done = floor.centre.callbacksDone(after: morning)
        #expect(done.map(\.recall) == [62_000])
        #expect(done.first?.tries.map(\.reachedAt) == [nil, morning + 102_000])
    }

    @Test("a try that is heard of before the lost call counts all the same") func late() {
        var floor = Floor()
        floor.apply(Self.outbound("r", at: 100_000, end: 130_000) + Self.abandoned)
        #expect(floor.centre.callbacks.isEmpty)
        #expect(floor.centre.callbacksDone(after: morning).count == 1)
    }

    @Test("who asked to be called back is on the list from that moment on") func requested() {
        var floor = Floor()
        floor.apply([
            offered("a", at: 0), call("a", .queued(queue: "support", position: nil, priority: nil), at: 0),
            call("a", .dequeued(queue: "support", reason: .callback), at: 20_000),
        ])
        #expect(floor.centre.callbacks.map { $0.calls.map(\.kind) } == [[.requested]])
        floor.apply(call("a", .ended(by: .caller, cause: nil), at: 25_000))
        #expect(floor.centre.callbacks.first?.calls.map(\.at) == [morning + 20_000])
        let figures = floor.stats(after: 60_000).queues["support"]
        #expect(figures?.figures.callback == 1 && figures?.figures.abandoned == 0 && figures?.callbacksDue == 1)
    }

    /// metrics.md counts visits: the caller was lost after the answer, and not reached since.
    @Test("who was answered, handed to another queue and gave up there is on the list") func lostInTheSecondQueue() {
        var floor = Floor()
        func queued(_ queue: String, at ms: Int64) -> Event {
            call("a", .queued(queue: queue, position: nil, priority: nil), at: ms)
        }
        floor.apply([
            login("101"), offered("a", at: 0), queued("support", at: 0),
            call("a", .answered(operator: "101"), at: 5_000),
            call("a", .transferred(to: .queue("sales"), kind: .blind), at: 20_000), queued("sales", at: 20_500),
            call("a", .ended(by: .caller, cause: nil), at: 60_500),
        ])
        #expect(floor.centre.callbacks.map { $0.calls.map(\.queue) } == [["sales"]])
        #expect(floor.centre.callbacks.first?.calls.map(\.waited) == [40_000])
        let stats = floor.stats(after: 70_000)
        #expect(stats.queues["sales"]?.callbacksDue == 1 && stats.queues["support"]?.callbacksDue == 0)
        floor.apply(Self.outbound("r", at: 100_000, reachedAfter: 2_000, end: 130_000))
        #expect(floor.centre.callbacks.isEmpty)
        #expect(floor.centre.callbacksDone(after: morning).map(\.recall) == [41_500])
    }

    @Test("a request stays on the list when the call goes on and nobody takes it; a later answer ends it")
    func requestedAndGoingOn() {
        var floor = Floor()
        func queued(_ queue: String, at ms: Int64) -> Event {
            call("a", .queued(queue: queue, position: nil, priority: nil), at: ms)
        }
        floor.apply([
            offered("a", at: 0), queued("support", at: 0),
            call("a", .dequeued(queue: "support", reason: .callback), at: 20_000),
            queued("sales", at: 21_000), call("a", .dequeued(queue: "sales", reason: .key), at: 30_000),
        ])
        #expect(floor.centre.callbacks.map { $0.calls.map(\.kind) } == [[.requested]])
        floor.apply([queued("sales", at: 40_000), call("a", .answered(operator: "101"), at: 50_000)])
        #expect(floor.centre.callbacks.isEmpty)
        #expect(floor.centre.callbacksDone(after: morning).map(\.recall) == [30_000])
    }

    @Test("how long it took is from the first loss since the contact before, however often the caller is reached")
    func reachedTwiceByHand() {
        func contact(at ms: Int64) -> Event {
            event(.callbackDone(CallbackDone(from: Self.number, by: nil, note: nil)), at: ms)
        }
        var floor = Floor()
        floor.apply(Self.abandoned + [contact(at: 60_000)])
        floor.apply([
            offered("b", at: 100_000), call("b", .queued(queue: "support", position: nil, priority: nil), at: 100_000),
            call("b", .ended(by: .caller, cause: nil), at: 130_000), contact(at: 150_000),
        ])
        #expect(floor.centre.callbacksDone(after: morning).map(\.recall) == [20_000])
    }

    @Test("a call to another number of the customer counts, also when it is heard of first") func anotherNumber() {
        let other = "+815000000002"
        let world: World = [Self.number: [Self.customer], other: [Self.customer]]
        let reached = Self.outbound("r", to: other, at: 100_000, end: 130_000)
        for events in [Self.abandoned + reached, reached + Self.abandoned] {
            var floor = Floor(world: world)
            floor.apply(events)
            #expect(floor.centre.callbacks.isEmpty)
            #expect(floor.centre.callbacksDone(after: morning).map(\.e164) == [Self.number])
        }
    }

    @Test("the first claim holds until it is given back") func claims() {
        var floor = Floor()
        floor.apply(Self.abandoned)
        func claim(_ who: String?, at ms: Int64) -> Event {
            event(.callbackClaim(CallbackClaim(from: Self.number, by: who)), at: ms)
        }
        floor.apply([claim("101", at: 50_000), claim("102", at: 51_000)])
        #expect(floor.centre.callback(from: Self.number)?.claim == .init(by: "101", since: morning + 50_000))
        floor.apply([claim(nil, at: 52_000), claim("102", at: 53_000)])
        #expect(floor.centre.callback(from: Self.number)?.claim?.by == "102")
        // A callback that is done takes its claim with it.
        floor.apply(Self.outbound("r", at: 60_000, end: 70_000))
        floor.apply([
            offered("again", at: 100_000),
            call("again", .queued(queue: "support", position: nil, priority: nil), at: 100_000),
            call("again", .ended(by: .caller, cause: nil), at: 130_000),
        ])
        #expect(floor.centre.callback(from: Self.number)?.claim == nil)
        #expect(floor.centre.callback(from: Self.number)?.calls.map(\.at) == [morning + 130_000])
    }

    @Test("a claim runs out, and then the next one holds") func claimsRunOut() {
        var floor = Floor()
        floor.apply(Self.abandoned)
        func claim(_ who: String?, at ms: Int64) -> Event {
            event(.callbackClaim(CallbackClaim(from: Self.number, by: who)), at: ms)
        }
        let limit = 1_800_000 as Int64
        #expect(floor.centre.policy.claimLimit == limit)
        floor.apply([claim("101", at: 50_000), claim("102", at: 50_000 + limit - 1)])
        let first = floor.centre.callback(from: Self.number)?.claim
        #expect(first == .init(by: "101", since: morning + 50_000))
        #expect(first?.isValid(at: morning + 50_000 + limit - 1, limit: limit) == true)
        #expect(first?.isValid(at: morning + 50_000 + limit, limit: limit) == false)
        #expect(first?.isValid(at: morning + 50_000 + limit, limit: nil) == true, "without a limit it stays")
        floor.apply(claim("102", at: 50_000 + limit))
        #expect(floor.centre.callback(from: Self.number)?.claim == .init(by: "102", since: morning + 50_000 + limit))
        // Nobody who comes later takes it from the second one.
        floor.apply(claim("101", at: 51_000 + limit))
        #expect(floor.centre.callback(from: Self.number)?.claim?.by == "102")
    }

    @Test("a caller who gave up before pops with how long and how often") func abandonedBefore() {
        var floor = Floor()
        floor.apply(
            [login("101")] + Self.abandoned + [
                offered("twice", at: 60_000),
                call("twice", .queued(queue: "support", position: nil, priority: nil), at: 60_000),
                call("twice", .ended(by: .caller, cause: nil), at: 95_000),
            ])
        floor.apply(offered("now", at: 100_000))
        floor.apply(call("now", .ringing(operator: "101", device: nil), at: 101_000))
        let texts = floor.effects.compactMap { effect -> String? in
            guard case .pop(let pop, _) = effect else { return nil }
            return pop.alerts.first { $0.kind == .abandonedBefore }?.text
        }
        #expect(texts == ["24時間以内に2回つながらず（お待ち 計1:05）、まだ折り返していません"])
    }
}
