import CallCenter
import Testing

@testable import Engine

/// Changes by time alone are reproduced by a replay, although no event reported them.
@Suite struct MomentTests {
    @Test func anEventThatWasReadBeforeTheClockWasLookedAtIsAppliedAfterIt() throws {
        var policy = Policy()
        policy.queueDefault.wrapUpLimit = 5_000
        let world = World()
        world.cards["+815000000001"] = [CustomerCard(id: 1, name: "客", owner: "101")]
        var bench = try Bench(world: world, policy: policy)
        let call = #""call":"c1","queue":"support""#
        bench.send(
            #"{"type":"operator.login","operator":"101","time":"\#(time(0))"}"#,
            #"{"type":"call.queued",\#(call),"time":"\#(time(1_000))"}"#,
            #"{"type":"call.answered","call":"c1","operator":"101","time":"\#(time(2_000))"}"#,
            #"{"type":"call.ended","call":"c1","by":"caller","time":"\#(time(3_000))"}"#, readAt: morning + 3_000)
        // Read while the after-call work lasted, and handled when a tick had ended it.
        bench.core.tick(morning + 8_000)
        let reply = bench.send(
            #"{"type":"call.offered","call":"c2","from":"+815000000001","to":"0300000000","queue":"support"}"#,
            readAt: morning + 7_500)
        #expect(
            reply.first?.contains(#""reason":"assigned_operator""#) == true
                && reply.first?.contains(#""action":"operator""#) == true)
        #expect(bench.log.lines.last?.line.readAt == morning + 8_000)
        // It carried no time of its own, and has the one under which it is in the log.
        #expect(bench.core.centre.call(CallKey(source: "pbx", call: "c2"))?.startedAt == morning + 8_000)
        // The next one need not wait for a clock that was set back.
        bench.send(#"{"type":"operator.paused","operator":"101"}"#, readAt: morning + 7_600)
        #expect(bench.log.lines.last?.line.readAt == morning + 7_600)
        let again = try Bench(log: bench.log, policy: policy)
        #expect(again.core.centre.checkpoint == bench.core.centre.checkpoint)
    }
}
