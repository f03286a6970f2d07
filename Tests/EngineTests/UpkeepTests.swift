import CallCenter
import Testing

@testable import Engine

/// When a checkpoint is due, failed checkpoints, and missing history entries.
@Suite struct UpkeepTests {
    func logins(_ range: Range<Int>) -> [String] { range.map { #"{"type":"operator.login","operator":"o\#($0)"}"# } }

    @Test func aCheckpointThatFailsIsSaidAndTheMarkStays() throws {
        var bench = try Bench()
        bench.send(logins(0..<3))
        bench.core.checkpointIfDue(always: true)
        #expect(bench.core.checkpointSeq == 3)
        bench.log.refusesCheckpoints = true
        bench.send(logins(3..<5))
        bench.core.checkpointIfDue(always: true)
        #expect(bench.core.checkpointSeq == 3, "what is behind it may not be cut off")
        #expect(bench.core.health.checkpointFailures == 1)
        #expect(bench.core.health.checkpointProblem != nil)
        #expect(bench.core.health.behindCheckpoint == 2)
        bench.log.refusesCheckpoints = false
        bench.core.checkpointIfDue(always: true)
        #expect(bench.core.checkpointSeq == 5)
        #expect(bench.core.health.checkpointProblem == nil)
        #expect(bench.core.health.behindCheckpoint == 0)
    }

    @Test func oneThatFailedIsTriedAgainAndNotAtOnce() {
        var upkeep = Upkeep(retention: 0), checkpoints = CheckpointStatus()
        let now = Engine.now()
        upkeep.note(events: Upkeep.startBudget, bytes: 0)
        #expect(upkeep.isCheckpointDue(events: 100, now: now))
        upkeep.began(at: 100, now: now)
        checkpoints.failures = 1
        upkeep.note(checkpoints, now: now)
        #expect(!upkeep.isCheckpointDue(events: 100, now: now))
        #expect(upkeep.isCheckpointDue(events: 100, now: now + Upkeep.again))
        upkeep.began(at: 100, now: now)
        checkpoints.checkpointedSeq = 100
        upkeep.note(checkpoints, now: now)
        #expect(!upkeep.isCheckpointDue(events: 1, now: now + Upkeep.again))
    }

    /// A snapshot of thousands of endpoints costs a start as much as thousands of small events.
    @Test func whatAStartWouldTakeDecidesAndNotTheNumberOfEvents() {
        var upkeep = Upkeep(retention: 0)
        let now = Engine.now()
        for _ in 0..<10 { upkeep.note(events: 1, bytes: 20_000_000) }
        #expect(upkeep.isCheckpointDue(events: 10, now: now))
        upkeep = Upkeep(retention: 0)
        upkeep.note(events: 900, bytes: 90_000)
        #expect(!upkeep.isCheckpointDue(events: 900, now: now + 3_600_000))
        #expect(upkeep.isCheckpointDue(events: 1_000, now: now + 3_600_000), "a quiet day is kept as well")
    }

    @Test func whatIsBeingKeptCountsNoMoreWhenItIsKept() {
        var upkeep = Upkeep(retention: 0), checkpoints = CheckpointStatus()
        let now = Engine.now()
        upkeep.note(events: Upkeep.startBudget, bytes: 0)
        upkeep.began(at: 1, now: now)
        upkeep.note(events: Upkeep.startBudget, bytes: 0)
        checkpoints.checkpointedSeq = 1
        upkeep.note(checkpoints, now: now)
        #expect(upkeep.cost == Upkeep.startBudget * 4, "what came meanwhile still counts")
    }

    /// The loop waits for no commit: the state that a commit writes to disk is kept when it is there.
    @Test func aCheckpointThatIsDueWaitsForNoCommit() throws {
        var bench = try Bench()
        bench.send(logins(0..<2))
        bench.core.upkeep.note(events: Upkeep.startBudget, bytes: 0)
        let answers = Answers()
        bench.core.process([batch(logins(2..<3), to: answers), batch(logins(3..<4), to: answers)])
        bench.core.checkpointIfDue()
        #expect(bench.log.committedSeq == 2 && bench.log.checkpointedSeq == 0)
        bench.core.commit {}
        bench.core.process([batch(logins(4..<6), to: answers)])
        bench.core.completeCommit()
        #expect(answers.lines.count == 2)
        #expect(bench.log.checkpointedSeq == 4, "and not what is owed since")
        bench.core.finish()
        let again = try Bench(log: bench.log)
        #expect(again.core.centre.checkpoint == bench.core.centre.checkpoint)
        #expect(again.core.centre.operators.count == 6)
    }

    @Test func aCommitThatFailsKeepsNoState() throws {
        var bench = try Bench()
        bench.core.upkeep.note(events: Upkeep.startBudget, bytes: 0)
        bench.core.process([batch(logins(2..<3), to: Answers()), batch(logins(3..<4), to: Answers())])
        bench.core.checkpointIfDue()
        bench.core.commit {}
        bench.log.refusesCommits = true
        bench.core.completeCommit()
        #expect(bench.log.checkpointedSeq == 0 && bench.core.isLost)
    }

    /// Records that were restored from an older backup, or rebuilt, beside a log that goes on.
    @Test func theHistoryIsToldWhatItLacksBeforeTheCheckpoint() throws {
        var random = Seeded("history")
        var bench = try Bench()
        let lines = RestoreTests.traffic(&random, calls: 60)
        for line in lines { bench.send([line.line], readAt: morning + line.at) }
        bench.core.checkpointIfDue(always: true)
        let ended = Set(bench.kept.ended)
        #expect(ended.count > 40)
        let whole = try Bench(log: bench.log)
        #expect(whole.kept.ended.isEmpty, "the history is complete")
        #expect(Set(try Bench(log: bench.log, through: 0).kept.ended) == ended)
        let half = try Bench(log: bench.log, through: Int64(lines.count / 2))
        #expect(!half.kept.ended.isEmpty && Set(half.kept.ended).isStrictSubset(of: ended))
        #expect(half.kept.through == Int64(lines.count))
        #expect(half.core.centre.checkpoint == bench.core.centre.checkpoint)
    }

    /// What the history had before a crash is not written again; what came later is.
    @Test func aStartWritesTheHistoryFromWhereItEnds() throws {
        var random = Seeded("from where it ends")
        var bench = try Bench(), earlier: Set<String> = []
        let lines = RestoreTests.traffic(&random, calls: 60), half = lines.count / 2
        for (n, line) in lines.enumerated() {
            bench.send([line.line], readAt: morning + line.at)
            #expect(bench.kept.reached.withLock { $0 } <= bench.log.committedSeq)
            if n + 1 == half { earlier = Set(bench.kept.ended) }
        }
        let all = Set(bench.kept.ended)
        let whole = try Bench(log: bench.log, through: Int64(lines.count))
        #expect(whole.kept.ended.isEmpty && whole.kept.calls.isEmpty)
        #expect(whole.core.centre.checkpoint == bench.core.centre.checkpoint)
        let rest = Set(try Bench(log: bench.log, through: Int64(half)).kept.ended)
        #expect(rest.count < all.count && !rest.isEmpty)
        #expect(rest.union(earlier) == all)
    }

    /// A replay for the history that fails is tried again, and no checkpoint relies on it before.
    @Test func aFailedReplayLeavesTheHistoryLacking() throws {
        var random = Seeded("failed replay")
        var bench = try Bench()
        let lines = RestoreTests.traffic(&random, calls: 30)
        bench.kept.isFull = true
        for line in lines { bench.send([line.line], readAt: morning + line.at) }
        #expect(bench.kept.ended.isEmpty)
        bench.kept.isFull = false
        bench.log.refusesReplay = true
        bench.core.repairHistory()
        bench.restore()
        #expect(bench.kept.lacksEntries && bench.core.isLost)
        bench.log.heal()
        bench.restore()
        bench.send(#"{"type":"operator.login","operator":"999"}"#)
        bench.core.repairHistory()
        bench.restore()
        #expect(!bench.kept.lacksEntries && !bench.core.isLost)
        let straight = try Bench(log: bench.log)
        #expect(!bench.kept.ended.isEmpty && Set(bench.kept.ended) == Set(straight.kept.ended))
    }

    /// More calls than may wait for the records: what was removed is replayed from the log.
    @Test func theHistoryIsToldWhatItHadToLetGo() throws {
        var random = Seeded("let go")
        var bench = try Bench(), straight = try Bench()
        let lines = RestoreTests.traffic(&random, calls: 60)
        for (n, line) in lines.enumerated() {
            bench.kept.isFull = (lines.count / 3..<lines.count / 2).contains(n)
            bench.send([line.line], readAt: morning + line.at)
            straight.send([line.line], readAt: morning + line.at)
            bench.core.repairHistory()
            bench.restore()
        }
        #expect(!bench.kept.lacksEntries && !bench.core.isLost)
        #expect(Set(bench.kept.ended) == Set(straight.kept.ended))
        #expect(bench.snapshot(at: morning + 3_700_000) == straight.snapshot(at: morning + 3_700_000))
    }

    /// A bridge sends its spool again after a lost link: thousands of duplicates, none of which may read from the disk.
    @Test func whatComesAgainByteForByteIsNotReadFromTheLog() throws {
        var bench = try Bench()
        let lines = (0..<50).map {
            #"{"type":"operator.login","id":"e\#($0)","operator":"o\#($0)","time":"\#(time(5))"}"#
        }
        bench.send(lines)
        #expect(bench.send(lines).allSatisfy { $0.contains(#""duplicate":true"#) })
        #expect(bench.log.lookedUp == 0)
        // After a start as well.
        var again = try Bench(log: bench.log)
        #expect(again.send(lines).allSatisfy { $0.contains(#""duplicate":true"#) })
        #expect(bench.log.lookedUp == 0)
        // Written otherwise it is compared, and is the same.
        let otherwise = #"{"id":"e7", "type":"operator.login","operator":"o7","time":"\#(time(5))"}"#
        #expect(again.send(otherwise)[0].contains(#""duplicate":true"#))
        #expect(again.send(#"{"type":"operator.login","id":"e7","operator":"o8"}"#)[0].contains("invalid_field"))
        #expect(bench.log.lookedUp == 2)
    }

    @Test func linesAreToldApartByTheirHash() {
        func hash(_ text: String) -> UInt64 { Array(text.utf8).withUnsafeBytes(SeenIDs.hash) }
        let texts = (0..<300).map { String(repeating: "a", count: $0) } + (0..<5_000).map { "{\"n\":\($0)}" }
        #expect(Set(texts.map(hash)).count == Set(texts).count)
        #expect(hash("12345678") == hash("12345678"))
    }

    @Test func questionsThatWaitAreBounded() {
        let mailbox = Mailbox()
        for i in 0..<Mailbox.questionsMax {
            #expect(mailbox.enqueue(.question { _ in }) == (i == 0 ? .first : .behind))
        }
        #expect(mailbox.enqueue(.question { _ in }) == .refused)
        #expect(
            mailbox.enqueue(.events(batch([#"{"type":"ping"}"#], to: Answers()))) == .behind,
            "events have a bound of their own")
        _ = mailbox.drain()
        #expect(mailbox.enqueue(.question { _ in }) == .first)
    }
}
