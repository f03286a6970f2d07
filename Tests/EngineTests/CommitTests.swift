import CallCenter
import EventWire
import Testing

@testable import Engine

/// Which effects wait for the disk, and which do not.
@Suite struct CommitTests {
    /// A centre whose operator 101 is watched, and the customer who is assigned to 101.
    static func bench() async throws -> (bench: Bench, screen: Subscription) {
        var bench = try Bench()
        bench.world.cards["+815000000001"] = [CustomerCard(id: 5, name: "山田", tier: "regular", owner: "101")]
        bench.send(#"{"type":"operator.login","operator":"101","time":"\#(time(0))"}"#)
        let screen = try #require(
            bench.streams.attach(.own("101"), lastID: nil, now: morning, centre: bench.core.centre))
        _ = await StreamsTests.frames(screen)
        return (bench, screen)
    }
    static let offered =
        #"{"type":"call.offered","call":"c1","from":"+815000000001","to":null,"queue":"support","#
            + #""time":"\#(time(1_000))"}"#
    static let ringing = #"{"type":"call.ringing","call":"c1","operator":"101","time":"\#(time(2_000))"}"#

    func phases(_ screen: Subscription) async throws -> [String] {
        try #require(await StreamsTests.frames(screen)).filter { $0.name.hasPrefix("pop") }.map { frame in
            ["offered", "ringing", "answered"].first { frame.data.contains(#""phase":"\#($0)""#) } ?? frame.name
        }
    }

    @Test func aRingingPhonePopsBeforeTheCommitAndIsAnsweredAfterIt() async throws {
        var (bench, screen) = try await Self.bench()
        let answers = Answers()
        bench.core.process([batch([Self.offered], to: answers)])
        // No phone rings yet: the PBX gets its reply first.
        #expect(try await phases(screen) == [])
        bench.core.process([batch([Self.ringing], to: answers)])
        #expect(try await phases(screen) == ["offered", "ringing"])
        #expect(answers.lines.isEmpty)
        #expect(bench.log.committedSeq == 1)
        bench.core.finish()
        #expect(answers.lines.count == 2)
        #expect(bench.log.committedSeq == 3)
        #expect(try await phases(screen) == [])
    }

    @Test func aDecisionPopsOnceItIsOnDisk() async throws {
        var (bench, screen) = try await Self.bench()
        let answers = Answers()
        bench.core.process([batch([Self.offered], to: answers)])
        bench.core.finish()
        #expect(try await phases(screen) == ["offered"])
        #expect(answers.lines.count == 1)
    }

    @Test func whatComesDuringACommitGoesWithTheNext() async throws {
        var (bench, _) = try await Self.bench()
        let answers = Answers()
        bench.core.process([batch([Self.offered], to: answers)])
        bench.core.commit {}
        bench.core.process([batch([Self.ringing], to: answers)])
        // Not started, as a commit is running.
        bench.core.commit {}
        #expect(bench.core.isOwing)
        bench.core.completeCommit()
        #expect(answers.lines.count == 1)
        #expect(bench.core.isOwing)
        bench.core.commit {}
        bench.core.completeCommit()
        #expect(answers.lines.count == 2)
        #expect(!bench.core.isOwing)
        #expect(answers.lines[1].hasPrefix(#"{"ok":true,"seq":3"#))
    }

    /// Events after a failed commit depend on events that are not on disk.
    @Test func aCommitThatFailsTakesWhatCameBehindItAlong() async throws {
        var (bench, screen) = try await Self.bench()
        let before = bench.snapshot(at: morning + 5_000), answers = Answers()
        bench.core.process([batch([Self.offered], to: answers)])
        bench.core.commit {}
        bench.core.process([batch([Self.ringing], to: answers)])
        bench.log.refusesCommits = true
        bench.core.completeCommit()
        bench.restore()
        #expect(answers.lines.count == 2)
        #expect(answers.lines.allSatisfy { $0.hasPrefix(#"{"ok":false"#) && $0.contains("unavailable") })
        #expect(!bench.core.isOwing)
        #expect(bench.core.logState == .refuses)
        #expect(bench.snapshot(at: morning + 5_000) == before)
        bench.log.refusesCommits = false
        _ = try await phases(screen)
        #expect(bench.send(Self.offered, Self.ringing).allSatisfy { $0.hasPrefix(#"{"ok":true"#) })
        #expect(try await phases(screen) == ["offered", "ringing"])
    }
}
