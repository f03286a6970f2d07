import CallCenter
import Testing

@testable import Engine

/// A start gives the state that was there when the daemon stopped.
@Suite struct RestoreTests {
    /// Random lines in the order of their times: every kind of life a call can have, at a handful of operators.
    static func traffic(_ random: inout Seeded, calls: Int) -> [(at: Int64, line: String)] {
        var lines: [(at: Int64, line: String)] = (101...106).map {
            (0, #"{"type":"operator.login","operator":"\#($0)","time":"\#(time(0))"}"#)
        }
        for n in 0..<calls {
            var at = Int64.random(in: 1_000...3_600_000, using: &random)
            let who = Int.random(in: 101...106, using: &random)
            func add(_ type: String, _ rest: String = "", within most: Int64) {
                lines.append(
                    (
                        at,
                        #"{"type":"\#(type)","id":"\#(type)\#(n).\#(lines.count)","call":"c\#(n)","time":"\#(time(at))"#
                            + #""\#(rest)}"#
                    ))
                at += Int64.random(in: 1...most, using: &random)
            }
            add(
                "call.offered", #","from":"+8150000000\#(10 + n % 40)","to":"0300000000","queue":"support""#,
                within: 400)
            add("call.queued", #","queue":"support""#, within: 30_000)
            if n % 5 == 0 {
                add("call.dequeued", #","queue":"support","reason":"overflow""#, within: 100);
                add("call.queued", #","queue":"sales""#, within: 9_000)
            }
            if n % 4 != 0 {
                add("call.ringing", #","operator":"\#(who)""#, within: 5_000)
                if n % 3 == 0 {
                    add("call.unanswered", #","operator":"\#(who)""#, within: 900);
                    add("call.ringing", #","operator":"\#(who)""#, within: 5_000)
                }
                add("call.answered", #","operator":"\#(who)""#, within: 60_000)
                if n % 2 == 0 { add("call.held", within: 9_000); add("call.resumed", within: 9_000) }
            }
            // Some are still alive at the end.
            if n % 9 != 0 { add("call.ended", #","by":"caller""#, within: 1_000) }
        }
        return lines.sorted { $0.at < $1.at }
    }

    static let cards: [String: [CustomerCard]] = {
        var cards: [String: [CustomerCard]] = [:]
        for i in 0..<30 {
            cards["+8150000000\(10 + i)"] = (0...(i % 3)).map {
                CustomerCard(
                    id: Int64(i * 10 + $0), name: "客\(i)", tier: i % 4 == 0 ? "vip" : "regular",
                    owner: i % 2 == 0 ? "10\(1 + i % 6)" : nil)
            }
        }
        return cards
    }()

    @Test(arguments: 1...6) func startIsGoingOn(_ run: Int) throws {
        var random = Seeded("startIsGoingOn \(run)")
        let lines = Self.traffic(&random, calls: 150)
        let world = World()
        world.cards = Self.cards
        var bench = try Bench(world: world)
        let keptAt = Int.random(in: 0..<lines.count, using: &random),
            changedAt = Int.random(in: 0..<lines.count, using: &random)
        var rest = lines[...], sent = 0
        while !rest.isEmpty {
            let count = min(rest.count, Int.random(in: 1...20, using: &random))
            bench.send(rest.prefix(count).map(\.line), readAt: morning + rest[rest.startIndex + count - 1].at)
            rest = rest.dropFirst(count)
            if (sent..<sent + count).contains(changedAt) {
                var policy = Policy()
                policy.queueDefault.serviceLevelThreshold = 3_000
                policy.queueDefault.wrapUpLimit = 7_000
                try bench.core.adopt(policy)
            }
            if (sent..<sent + count).contains(keptAt) { bench.core.checkpointIfDue(always: true) }
            sent += count
        }
        let now = morning + 3_700_000, live = bench.snapshot(at: now)
        #expect(live.contains { $0.contains("Pop(") })
        #expect(bench.log.checkpointedSeq > 0 && bench.log.checkpointedSeq <= bench.log.lastSeq)
        // Nobody is asked again: what was known then is in the log.
        let policy = bench.core.centre.policy
        let fromKept = try Bench(log: bench.log, policy: policy)
        #expect(fromKept.snapshot(at: now) == live)
        #expect(fromKept.core.centre.checkpoint == bench.core.centre.checkpoint)
        bench.log.forgetCheckpoint()
        let fromLog = try Bench(log: bench.log, policy: policy)
        #expect(fromLog.snapshot(at: now) == live)
        #expect(fromLog.world.questions == 0)
        #expect(Set(fromLog.kept.calls).isSuperset(of: bench.kept.calls))
    }

    @Test func aStopKeepsTheStateAndAStartReadsTheRest() throws {
        var bench = try Bench()
        bench.send(#"{"type":"operator.login","operator":"101"}"#)
        bench.core.checkpointIfDue()
        #expect(bench.log.checkpointedSeq == 0)
        bench.core.checkpointIfDue(always: true)
        #expect(bench.log.checkpointedSeq == 1)
        bench.send(#"{"type":"operator.paused","operator":"101","reason":"lunch"}"#)
        let again = try Bench(log: bench.log)
        #expect(again.core.centre.operators["101"]?.state == .paused)
    }
}
