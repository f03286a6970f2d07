import CallCenter
import EventWire
import Synchronization
import Testing

@testable import Engine

/// A log that several machines share: following it, leading it, and a commit that is late.
@Suite struct SharedLogTests {
    static func login(_ who: String) -> String {
        #"{"type":"operator.login","operator":"\#(who)","time":"\#(time(0))"}"#
    }
    static func offered(_ call: String, id: String? = nil) -> String {
        let id = id.map { #""id":"\#($0)","# } ?? ""
        return #"{\#(id)"type":"call.offered","call":"\#(call)","from":"+815000000001","to":null,"queue":"support","#
            + #""time":"\#(time(1_000))"}"#
    }
    static func ringing(_ call: String) -> String {
        #"{"type":"call.ringing","call":"\#(call)","operator":"101","time":"\#(time(2_000))"}"#
    }

    /// A node that leads, with nothing waiting.
    static func leader(_ log: MemoryLog = MemoryLog()) throws -> Bench {
        var bench = try Bench(log: log, role: .follows)
        #expect(try bench.core.lead(epoch: 4, Policy()))
        bench.commit()
        return bench
    }

    // MARK: Following

    @Test func aFollowerShowsWhatTheLeaderAppended() async throws {
        var bench = try Bench(role: .follows)
        let screen = try #require(
            bench.streams.attach(.own("101"), lastID: nil, now: morning, centre: bench.core.centre))
        _ = await StreamsTests.frames(screen)
        let caller = World().lookup(.number("+815000000001", .allowed))
        let rows = FollowedRows(
            SharedRow([Self.login("101"), Self.offered("c1"), Self.ringing("c1")], after: 0), lookups: [2: caller])
        #expect(bench.core.beginFollowing(rows.rows) {} == nil)
        try bench.core.finishFollowing(rows)
        #expect(bench.core.committedSeq == 3)
        let pops = try #require(await StreamsTests.frames(screen)).filter { $0.name == "pop" }
        #expect(pops.contains { $0.data.contains(#""phase":"ringing""#) })
        // The same state as where the events were pushed.
        var alone = try Bench()
        alone.send(Self.login("101"), Self.offered("c1"), Self.ringing("c1"))
        #expect(bench.snapshot(at: morning + 5_000) == alone.snapshot(at: morning + 5_000))
    }

    @Test func aFollowerTakesNoEvents() throws {
        var bench = try Bench(role: .follows)
        let answers = Answers()
        bench.core.process([batch([Self.login("101")], to: answers)])
        #expect(answers.lines.count == 1)
        #expect(answers.lines[0].contains(#""code":"unavailable""#))
        #expect(bench.core.lastSeq == 0)
    }

    @Test func rowsThatDoNotContinueTheCopyAreRefused() throws {
        var bench = try Bench(role: .follows)
        let rows = FollowedRows(SharedRow([Self.login("101")], after: 5))
        #expect(bench.core.beginFollowing(rows.rows) {} == .gap(committed: 0))
        var leading = try Self.leader()
        #expect(leading.core.beginFollowing(rows.rows) {} == .leads)
    }

    @Test func rulesApplyAtTheirPosition() throws {
        var bench = try Bench(role: .follows), policy = Policy()
        policy.queueDefault.serviceLevelThreshold += 7_000
        let rows = FollowedRows(SharedRow([Self.login("101")], after: 0), policies: [1: policy])
        #expect(bench.core.beginFollowing(rows.rows) {} == nil)
        try bench.core.finishFollowing(rows)
        #expect(bench.core.centre.policy == policy)
    }

    /// An event that the former leader acknowledged is a duplicate for the next one.
    @Test func whatWasFollowedIsKnownWhenItIsSentAgain() throws {
        var bench = try Bench(role: .follows)
        let rows = FollowedRows(SharedRow([Self.offered("c1", id: "e1")], after: 0))
        #expect(bench.core.beginFollowing(rows.rows) {} == nil)
        try bench.core.finishFollowing(rows)
        #expect(try bench.core.lead(epoch: 2, Policy()))
        bench.commit()
        let answers = Answers()
        bench.core.process([batch([Self.offered("c1", id: "e1")], to: answers)])
        bench.commit()
        #expect(answers.lines.count == 1)
        #expect(answers.lines[0].hasPrefix(#"{"ok":true,"seq":1,"duplicate":true"#))
    }

    // MARK: Leading

    @Test func theRulesOfANewLeaderAreInTheLog() throws {
        let bench = try Self.leader()
        #expect(bench.log.epoch == 4)
        #expect(bench.log.sharedRules == [Policy()])
        #expect(bench.core.committedSeq == 1)
    }

    @Test func aCommitThatFailsEndsTheLeadership() throws {
        let log = MemoryLog()
        var bench = try Self.leader(log)
        let before = bench.snapshot(at: morning + 5_000), answers = Answers()
        log.refusesCommits = true
        bench.core.process([batch([Self.login("101")], to: answers)])
        bench.commit()
        #expect(answers.lines.count == 1)
        #expect(answers.lines.allSatisfy { $0.contains(#""code":"unavailable""#) })
        #expect(bench.core.role == .follows)
        bench.restore()
        log.refusesCommits = false
        #expect(bench.snapshot(at: morning + 5_000) == before)
        // It follows from where its copy ends.
        let rows = FollowedRows(SharedRow([Self.login("102")], after: log.committedSeq, epoch: 5))
        #expect(bench.core.beginFollowing(rows.rows) {} == nil)
        try bench.core.finishFollowing(rows)
        #expect(bench.core.centre.operators["102"] != nil)
    }

    // MARK: A commit that is late

    /// A leader whose commit has been running for too long.
    static func late(_ lines: [String], sender: AnyObject, to answers: Answers) async throws -> Bench {
        let log = MemoryLog()
        var bench = try leader(log)
        log.slow = SlowDisk()
        bench.core.process([batch(lines, from: sender, to: answers)])
        bench.core.commit {}
        let deadline = ContinuousClock.now + .seconds(10)
        while !bench.core.isLate, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(20)) }
        try #require(bench.core.isLate)
        return bench
    }
    final class Sender {}

    @Test func aLateCommitGivesTheRouteAndNoAcknowledgement() async throws {
        let answers = Answers(), sender = Sender()
        var bench = try await Self.late([Self.offered("c1", id: "e1")], sender: sender, to: answers)
        #expect(bench.core.logState == .late)
        #expect(answers.lines.isEmpty)
        bench.core.tick(morning + 2_000)
        #expect(answers.lines.count == 1)
        #expect(answers.lines[0].hasPrefix(#"{"ok":false"#))
        #expect(answers.lines[0].contains(#""code":"unavailable""#))
        #expect(answers.lines[0].contains(#""route":{"action":"queue""#))
        // Sent again it is known, and still not acknowledged.
        bench.core.process([batch([Self.offered("c1", id: "e1")], from: sender, to: answers)])
        #expect(answers.lines.count == 2)
        #expect(answers.lines[1].contains(#""code":"unavailable""#))
        // What is new is decided on at once.
        bench.core.process([batch([Self.offered("c2", id: "e2")], from: sender, to: answers)])
        #expect(answers.lines.count == 3)
        #expect(answers.lines[2].contains(#""call":"c2""#))
        // The database is back: nobody is answered twice, and both events are there once.
        bench.core.completeCommit()
        bench.commit()
        #expect(bench.core.logState == .writable)
        #expect(answers.lines.count == 3)
        bench.core.process([batch([Self.offered("c1", id: "e1"), Self.offered("c2", id: "e2")], to: answers)])
        bench.commit()
        #expect(answers.lines.dropFirst(3).map { $0.prefix(37) } == [
            #"{"ok":true,"seq":2,"duplicate":true,""#, #"{"ok":true,"seq":3,"duplicate":true,""#,
        ])
        #expect(bench.core.committedSeq == 3)
    }

    /// Nobody could tell it from a new event if it was sent again.
    @Test func anEventWithoutAnIDWaitsForTheCommitAndKeepsItsOrder() async throws {
        let answers = Answers(), sender = Sender()
        var bench = try await Self.late([Self.offered("c1")], sender: sender, to: answers)
        bench.core.tick(morning + 2_000)
        #expect(answers.lines.isEmpty)
        // The connection's next event has an id, and is answered behind it.
        bench.core.process([batch([Self.offered("c2", id: "e2")], from: sender, to: answers)])
        #expect(answers.lines.isEmpty)
        // Another connection's event without an id is not applied at all.
        let others = Answers()
        bench.core.process([batch([Self.offered("c3")], from: Sender(), to: others)])
        #expect(others.lines.count == 1)
        #expect(others.lines[0].contains(#""code":"unavailable""#))
        bench.core.completeCommit()
        bench.commit()
        #expect(answers.lines.map { $0.prefix(18) } == [#"{"ok":true,"seq":2"#, #"{"ok":true,"seq":3"#])
        #expect(bench.core.committedSeq == 3)
    }

    @Test func whatWaitsForALateCommitIsBounded() async throws {
        let answers = Answers(), sender = Sender()
        var bench = try await Self.late([Self.offered("c1", id: "e1")], sender: sender, to: answers)
        let line = Self.offered("c2", id: "e2").utf8.count
        bench.core.waitingBytesMax = 3 * line
        for call in 2...5 {
            bench.core.process([batch([Self.offered("c\(call)", id: "e\(call)")], from: sender, to: answers)])
        }
        // Two more have room: they are decided on, and sent again by the PBX. The others are not taken.
        let routed = answers.lines.filter { $0.contains(#""route""#) }
        #expect(routed.count == 3 && answers.lines.count == 5)
        #expect(answers.lines.allSatisfy { $0.contains(#""code":"unavailable""#) })
        #expect(bench.core.lastSeq == 4)
        bench.core.completeCommit()
        bench.commit()
        #expect(bench.core.committedSeq == 4)
        // There is room again.
        bench.core.process([batch([Self.offered("c5", id: "e5")], from: sender, to: answers)])
        bench.commit()
        #expect(answers.lines.last?.hasPrefix(#"{"ok":true,"seq":5"#) == true)
    }

    // MARK: Changes of records

    private final class Told: Sendable {
        private let state = Mutex<[EventReply]>([])
        var all: [EventReply] { state.withLock { $0 } }
        func append(_ reply: EventReply) { state.withLock { $0.append(reply) } }
        var refusals: [ChangeRefusal] {
            all.compactMap { if case .notKept(let refusal, _) = $0 { refusal } else { nil } }
        }
    }

    private static func change(_ told: Told) -> EventBatch {
        EventBatch(change: Array("change".utf8), .records, readAt: morning) { told.append($0) }
    }

    @Test func aChangeOnItsWayMayBeInTheLogWhenTheLeadIsLost() throws {
        let log = MemoryLog(), told = Told()
        var bench = try Self.leader(log)
        log.refusesCommits = true
        bench.core.process([Self.change(told)])
        bench.core.commit {}
        bench.core.process([Self.change(told)])
        bench.core.completeCommit()
        #expect(told.refusals == [.unknown, .untaken], "the second one was never appended")
        // And a node that follows takes none.
        bench.restore()
        bench.core.process([Self.change(told)])
        #expect(told.refusals.last == .following && told.all.count == 3)
    }

    @Test func aChangeIsNotTakenWhileTheDatabaseIsAway() async throws {
        let answers = Answers(), sender = Sender(), told = Told()
        var bench = try await Self.late([Self.offered("c1", id: "e1")], sender: sender, to: answers)
        bench.core.process([Self.change(told)])
        #expect(told.refusals == [.late])
        bench.core.completeCommit()
        bench.core.process([Self.change(told)])
        bench.commit()
        #expect(told.all.last == .accepted(seq: 3, isDuplicate: false, answer: nil))
    }

    /// A note, or a pause: whoever asked for it has an answer, and it is there once.
    @Test func anEventOfOurOwnIsAnsweredThatItIsNotKnownYet() async throws {
        let log = MemoryLog(), told = Told()
        var bench = try Self.leader(log)
        log.slow = SlowDisk()
        let logout = Event(
            source: "desk", time: morning, timeIsGiven: true, body: .operator("101", .logout))
        bench.core.process([EventBatch(logout, readAt: morning) { told.append($0) }, Self.change(told)])
        bench.core.commit {}
        let deadline = ContinuousClock.now + .seconds(10)
        while !bench.core.isLate, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(20)) }
        bench.core.tick(morning + 2_000)
        #expect(told.refusals == [.unknown], "the change goes on waiting: its writer has a bound of its own")
        bench.core.completeCommit()
        bench.commit()
        #expect(told.all.count == 2)
        #expect(told.all.last == .accepted(seq: 3, isDuplicate: false, answer: nil))
        #expect(bench.core.committedSeq == 3)
    }

    @Test func aLateCommitThatFailsRefusesWhatWasNotAnswered() async throws {
        let answers = Answers(), sender = Sender()
        var bench = try await Self.late([Self.offered("c1", id: "e1")], sender: sender, to: answers)
        bench.core.tick(morning + 2_000)
        bench.core.process([batch([Self.offered("c2")], from: sender, to: answers)])
        bench.log.refusesCommits = true
        bench.core.completeCommit()
        #expect(bench.core.logState == .refuses)
        #expect(answers.lines.count == 2)
        #expect(answers.lines.allSatisfy { $0.hasPrefix(#"{"ok":false"#) })
        bench.log.refusesCommits = false
        bench.restore()
        #expect(bench.core.centre.isInbound(CallKey(source: "pbx", call: "c1")) == false)
    }
}

extension Bench {
    /// Commits what waits, as the engine's thread does.
    mutating func commit() {
        while core.isOwing {
            core.commit {}
            core.completeCommit()
        }
    }
}

private func batch(_ lines: [String], from sender: AnyObject, to answers: Answers) -> EventBatch {
    var batch = EventBatch(readAt: morning, sender: ObjectIdentifier(sender)) { answers.append($0) }
    for line in lines { Array(line.utf8).withUnsafeBytes { batch.append(.line($0), defaultSource: "pbx") } }
    return batch
}
