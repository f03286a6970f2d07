import CallCenter
import Testing

@testable import Engine

/// The disk refuses: nothing is acknowledged, nothing is half taken, and it goes on by itself.
@Suite struct DiskFailureTests {
    func lines(_ n: Int) -> [String] {
        [
            #"{"type":"call.offered","id":"o\#(n)","call":"c\#(n)","from":"+8150000000\#(10 + n)","to":null,"queue":"support","time":"\#(time(Int64(n) * 1_000))"}"#,
            #"{"type":"call.queued","id":"q\#(n)","call":"c\#(n)","queue":"support","time":"\#(time(Int64(n) * 1_000 + 100))"}"#,
            #"{"type":"call.ringing","id":"r\#(n)","call":"c\#(n)","operator":"101","time":"\#(time(Int64(n) * 1_000 + 200))"}"#,
        ]
    }

    @Test(arguments: [false, true]) func nothingOfABatchIsTakenAndTheNextOneIs(atAppend: Bool) throws {
        var bench = try Bench()
        bench.send(#"{"type":"operator.login","operator":"101"}"#)
        bench.send(lines(1))
        let before = bench.told(at: morning + 60_000)
        if atAppend { bench.log.refusesAppends = true } else { bench.log.refusesCommits = true }
        for _ in 0..<3 {
            let replies = bench.send(lines(2) + ["no json", #"{"type":"ping"}"#])
            #expect(replies.count == 5)
            for reply in replies.prefix(3) {
                #expect(reply.hasPrefix(#"{"ok":false,"id":""#) && reply.contains(#""code":"unavailable""#), "\(reply)")
            }
            #expect(replies[3].contains(#""code":"malformed""#))
            #expect(bench.core.isUnwritable)
            #expect(bench.told(at: morning + 60_000) == before)
            #expect(bench.log.lines.count == 4)
        }
        bench.log.refusesAppends = false
        bench.log.refusesCommits = false
        // Sent again with the same ids, they are new: nothing was taken.
        let replies = bench.send(lines(2))
        #expect(replies.allSatisfy { $0.hasPrefix(#"{"ok":true,"seq":"#) && !$0.contains("duplicate") })
        #expect(!bench.core.isUnwritable)
        var straight = try Bench()
        straight.send(#"{"type":"operator.login","operator":"101"}"#)
        for n in 1...2 { straight.send(lines(n)) }
        #expect(bench.told(at: morning + 60_000) == straight.told(at: morning + 60_000))
        #expect(try Bench(log: bench.log).told(at: morning + 60_000) == straight.told(at: morning + 60_000))
    }

    /// The pop goes before the commit, so the first failure is seen; nobody's screen flickers with each attempt after it.
    @Test func attemptsShowNothingUntilOneSucceeds() async throws {
        var bench = try Bench()
        bench.send(#"{"type":"operator.login","operator":"101"}"#)
        let client = try #require(bench.streams.attach(.own("101"), lastID: nil, now: morning, centre: bench.core.centre))
        _ = await StreamsTests.frames(client)
        bench.log.refusesCommits = true
        bench.send(lines(2))
        _ = await StreamsTests.frames(client)
        for _ in 0..<3 { bench.send(lines(2)) }
        #expect(bench.send(#"{"type":"ping"}"#) == [#"{"ok":true}"#])
        #expect(bench.core.isUnwritable)
        #expect(await StreamsTests.frames(client) == [])
        #expect(bench.kept.calls == [])
        bench.log.refusesCommits = false
        bench.send(lines(2) + lines(2))
        #expect(try #require(await StreamsTests.frames(client)).map(\.name).contains("pop"))
        #expect(bench.log.lines.count == 4)
    }

    @Test func whatComesTwiceInTheBatchThatSucceedsIsOne() throws {
        var bench = try Bench(), straight = try Bench()
        bench.log.refusesCommits = true
        bench.send(lines(3) + lines(3))
        bench.log.refusesCommits = false
        let batch = lines(3) + [#"{"type":"ping","id":"p"}"#, "no json"] + lines(3)
        #expect(bench.send(batch) == straight.send(batch))
        #expect(bench.told(at: morning + 60_000) == straight.told(at: morning + 60_000))
    }

    @Test func aStateThatCannotBeReadAnewIsReadLater() throws {
        var bench = try Bench()
        bench.send(lines(1))
        let before = bench.told(at: morning + 60_000)
        bench.log.refusesCommits = true
        bench.log.refusesReplay = true
        bench.send(lines(2))
        bench.log.refusesCommits = false
        // Nothing is taken on top of a state that the log does not say.
        #expect(bench.send(lines(2)).allSatisfy { $0.contains("unavailable") })
        bench.core.keepCheckpoint(always: true)
        #expect(bench.log.keptSeq == 0)
        bench.log.refusesReplay = false
        #expect(bench.send(#"{"type":"ping"}"#) == [#"{"ok":true}"#])
        #expect(bench.told(at: morning + 60_000) == before)
        #expect(bench.send(lines(2)).allSatisfy { $0.hasPrefix(#"{"ok":true"#) })
    }

    @Test func rulesThatCannotBeWrittenAreNotAdopted() throws {
        var bench = try Bench(), policy = Policy()
        policy.queueDefault.serviceLevelThreshold = 5_000
        bench.log.refusesCommits = true
        #expect(throws: MemoryLog.Failure.self) { try bench.core.adopt(policy) }
        #expect(bench.core.centre.policy == Policy())
        bench.log.refusesCommits = false
        try bench.core.adopt(policy)
        try bench.core.adopt(policy)
        #expect(bench.core.centre.policy == policy)
        #expect(bench.log.rules.count == 2)
    }
}
