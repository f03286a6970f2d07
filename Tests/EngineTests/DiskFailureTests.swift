import CallCenter
import Testing

@testable import Engine

/// The disk fails: no event is acknowledged or half applied, and the engine recovers by itself.
@Suite struct DiskFailureTests {
    func lines(_ n: Int) -> [String] {
        [
            #"{"type":"call.offered","id":"o\#(n)","call":"c\#(n)","from":"+8150000000\#(10 + n)","to":null,"#
                + #""queue":"support","time":"\#(time(Int64(n) * 1_000))"}"#,
            #"{"type":"call.queued","id":"q\#(n)","call":"c\#(n)","queue":"support","#
                + #""time":"\#(time(Int64(n) * 1_000 + 100))"}"#,
            #"{"type":"call.ringing","id":"r\#(n)","call":"c\#(n)","operator":"101","#
                + #""time":"\#(time(Int64(n) * 1_000 + 200))"}"#,
        ]
    }

    @Test(arguments: [false, true]) func nothingOfABatchIsTakenAndTheNextOneIs(atAppend: Bool) throws {
        var bench = try Bench()
        bench.send(#"{"type":"operator.login","operator":"101"}"#)
        bench.send(lines(1))
        let before = bench.snapshot(at: morning + 60_000)
        if atAppend { bench.log.refusesAppends = true } else { bench.log.refusesCommits = true }
        for _ in 0..<3 {
            let replies = bench.send(lines(2) + ["no json", #"{"type":"ping"}"#])
            #expect(replies.count == 5)
            for reply in replies.prefix(3) {
                #expect(reply.hasPrefix(#"{"ok":false,"id":""#) && reply.contains(#""code":"unavailable""#), "\(reply)")
            }
            #expect(replies[3].contains(#""code":"malformed""#))
            #expect(bench.core.logState == .refuses)
            #expect(bench.snapshot(at: morning + 60_000) == before)
            #expect(bench.log.lines.count == 4)
        }
        bench.log.refusesAppends = false
        bench.log.refusesCommits = false
        // Sent again with the same ids, they are new: nothing was accepted.
        let replies = bench.send(lines(2))
        #expect(replies.allSatisfy { $0.hasPrefix(#"{"ok":true,"seq":"#) && !$0.contains("duplicate") })
        #expect(bench.core.logState == .writable)
        var straight = try Bench()
        straight.send(#"{"type":"operator.login","operator":"101"}"#)
        for n in 1...2 { straight.send(lines(n)) }
        #expect(bench.snapshot(at: morning + 60_000) == straight.snapshot(at: morning + 60_000))
        #expect(try Bench(log: bench.log).snapshot(at: morning + 60_000) == straight.snapshot(at: morning + 60_000))
    }

    /// A pop is sent before its commit, so the first failure is visible; later attempts show nothing on any screen.
    @Test func attemptsShowNothingUntilOneSucceeds() async throws {
        var bench = try Bench()
        bench.send(#"{"type":"operator.login","operator":"101"}"#)
        let client = try #require(
            bench.streams.attach(.own("101"), lastID: nil, now: morning, centre: bench.core.centre))
        _ = await StreamsTests.frames(client)
        bench.log.refusesCommits = true
        bench.send(lines(2))
        _ = await StreamsTests.frames(client)
        for _ in 0..<3 { bench.send(lines(2)) }
        #expect(bench.send(#"{"type":"ping"}"#) == [#"{"ok":true}"#])
        #expect(bench.core.logState == .refuses)
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
        #expect(bench.snapshot(at: morning + 60_000) == straight.snapshot(at: morning + 60_000))
    }

    @Test func aStateThatCannotBeReadAnewIsReadLater() throws {
        var bench = try Bench()
        bench.send(lines(1))
        let before = bench.snapshot(at: morning + 60_000)
        bench.log.refusesCommits = true
        bench.log.refusesReplay = true
        bench.send(lines(2))
        bench.log.refusesCommits = false
        // No event is accepted while the state differs from the log.
        #expect(bench.send(lines(2)).allSatisfy { $0.contains("unavailable") })
        bench.core.checkpointIfDue(always: true)
        #expect(bench.log.checkpointedSeq == 0)
        bench.log.refusesReplay = false
        bench.restore()
        #expect(bench.send(#"{"type":"ping"}"#) == [#"{"ok":true}"#])
        #expect(bench.snapshot(at: morning + 60_000) == before)
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

    /// A screen shows the pop of a call that was never acknowledged: the next call at its log position must have
    /// another pop id.
    @Test func aPlaceThatIsGivenOutAgainIsAnotherPopAndScreensAreReset() async throws {
        var bench = try Bench()
        bench.send(#"{"type":"operator.login","operator":"101"}"#, #"{"type":"operator.login","operator":"102"}"#)
        let client = try #require(
            bench.streams.attach(.own("101"), lastID: nil, now: morning, centre: bench.core.centre))
        let over = try #require(
            bench.streams.attach(.operators(["101", "102"]), lastID: nil, now: morning, centre: bench.core.centre))
        for one in [client, over] { _ = await StreamsTests.frames(one) }
        bench.log.refusesCommits = true
        bench.core.process([batch(lines(2), to: Answers())])
        bench.core.finish()
        let shown = try #require(await StreamsTests.frames(client))
        let lost = try #require(shown.last { $0.name.hasPrefix("pop") })
        let lostID = try #require(Self.pop(lost))
        bench.log.refusesCommits = false
        bench.restore()
        // Whoever watches starts again from empty, also somebody who was away for a moment.
        for one in [client, over] {
            let frames = try #require(await StreamsTests.frames(one))
            #expect(frames.first?.name == "reset" && frames.allSatisfy { !$0.name.hasPrefix("pop") })
        }
        let back = bench.streams.attach(.own("101"), lastID: lost.id, now: morning, centre: bench.core.centre)
        #expect(await StreamsTests.frames(back)?.first?.name == "reset")
        // Another call gets the log position, read in the same millisecond of the machine's clock.
        #expect(bench.send(lines(3)).allSatisfy { $0.hasPrefix(#"{"ok":true,"seq":"#) })
        let pop = try #require(await StreamsTests.frames(client)?.last { $0.name.hasPrefix("pop") })
        let newID = try #require(Self.pop(pop))
        #expect(lostID.prefix { $0 != "-" } == newID.prefix { $0 != "-" }, "the place is the same: \(lostID), \(newID)")
        #expect(lostID != newID)
        #expect(!bench.core.centre.hasShown(lostID, to: "101") && bench.core.centre.hasShown(newID, to: "101"))
        // A replay gives the same ids.
        let again = try Bench(log: bench.log)
        #expect(again.core.centre.checkpoint == bench.core.centre.checkpoint)
    }

    private static func pop(_ frame: StreamsTests.Frame) -> String? {
        frame.data.firstRange(of: #""pop":""#).map { String(frame.data[$0.upperBound...].prefix { $0 != "\"" }) }
    }

    /// A replay takes seconds: it runs on another thread, while this one refuses events and serves everything else.
    @Test func theStateIsMadeAnewBesideTheThread() throws {
        var bench = try Bench()
        bench.send(lines(1))
        bench.log.refusesCommits = true
        let answers = Answers()
        bench.core.process([batch(lines(2), to: answers)])
        bench.core.finish()
        let begun = bench.core.beginRestoring(), second = bench.core.beginRestoring()
        let work = try #require(begun)
        #expect(second == nil, "one at a time")
        bench.log.refusesCommits = false
        bench.core.process([batch(lines(2), to: answers)])
        #expect(answers.lines.count == 6 && answers.lines.allSatisfy { $0.contains("unavailable") })
        bench.core.checkpointIfDue(always: true)
        #expect(bench.log.checkpointedSeq == 0, "what is not in the log is in no checkpoint")
        #expect(bench.core.logState == .refuses)
        bench.core.endRestoring(Result { try work() })
        #expect(bench.send(lines(2)).allSatisfy { $0.hasPrefix(#"{"ok":true"#) })
        #expect(bench.core.logState == .writable)
    }

    @Test func rulesThatAreConfiguredMeanwhileHoldAfterwards() throws {
        var bench = try Bench(), policy = Policy()
        bench.send(lines(1))
        bench.log.refusesCommits = true
        bench.core.process([batch(lines(2), to: Answers())])
        bench.core.finish()
        let begun = bench.core.beginRestoring()
        let work = try #require(begun)
        bench.log.refusesCommits = false
        policy.queueDefault.serviceLevelThreshold = 5_000
        try bench.core.adopt(policy)
        bench.core.endRestoring(Result { try work() })
        #expect(bench.core.centre.policy == policy)
        try bench.core.adopt(policy)
        #expect(bench.log.rules.count == 2)
    }
}
