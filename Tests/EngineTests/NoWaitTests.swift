import CallCenter
import Synchronization
import Testing

@testable import Engine

/// What somebody asks for while events are being written, without the engine's thread waiting for the disk.
@Suite struct NoWaitTests {
    final class Ends: Sendable {
        private let all = Mutex<[Bool]>([])
        var list: [Bool] { all.withLock { $0 } }
        func note(_ failure: (any Error)?) { all.withLock { $0.append(failure == nil) } }
    }

    static var rules: Policy {
        var policy = Policy()
        policy.queueDefault.serviceLevelThreshold = 5_000
        return policy
    }

    @Test func changedRulesGoWithTheNextCommit() async throws {
        var (bench, _) = try await CommitTests.bench()
        let ends = Ends(), answers = Answers()
        bench.core.process([batch([CommitTests.offered], to: answers)])
        bench.core.commit {}
        #expect(bench.core.isCommitUnderWay)
        bench.core.adopt(Self.rules, ends.note)
        // They hold at once, and nothing was waited for.
        #expect(bench.core.centre.policy == Self.rules && bench.core.isCommitUnderWay)
        #expect(bench.log.rules.count == 1 && ends.list == [] && answers.lines.isEmpty)
        bench.core.completeCommit()
        #expect(answers.lines.count == 1 && ends.list == [])
        bench.core.commit {}
        bench.core.completeCommit()
        #expect(ends.list == [true])
        #expect(bench.log.rules.last?.policy == Self.rules && bench.log.rules.last?.after == 2)
        // The same rules again are not written again.
        bench.core.adopt(Self.rules, ends.note)
        #expect(ends.list == [true, true] && bench.log.rules.count == 2 && !bench.core.isOwing)
    }

    @Test func rulesWhoseCommitFailsDoNotHold() async throws {
        var (bench, _) = try await CommitTests.bench()
        let ends = Ends()
        bench.core.adopt(Self.rules, ends.note)
        bench.log.refusesCommits = true
        bench.core.commit {}
        bench.core.completeCommit()
        #expect(ends.list == [false] && bench.core.isLost)
        #expect(bench.core.centre.policy == Policy() && bench.core.rulesInLog == Policy())
        bench.log.refusesCommits = false
        bench.restore()
        #expect(bench.core.centre.policy == Policy() && bench.log.rules.count == 1)
        // After a failed commit they are written at once.
        bench.core.adopt(Self.rules, ends.note)
        #expect(ends.list == [false, true] && bench.log.rules.last?.policy == Self.rules)
    }

    @Test func aCopyOfTheStateComesWithTheCommit() async throws {
        var (bench, _) = try await CommitTests.bench()
        let answers = Answers()
        guard case .copy(let first) = bench.core.stateOnDisk() else { throw Unexpected() }
        #expect(first.seq == 1)
        bench.core.process([batch([CommitTests.offered], to: answers)])
        bench.core.commit {}
        // This commit began before anybody asked; the next one brings the copy.
        guard case .later = bench.core.stateOnDisk() else { throw Unexpected() }
        bench.core.process([batch([CommitTests.ringing], to: answers)])
        bench.core.completeCommit()
        guard case .later = bench.core.stateOnDisk() else { throw Unexpected() }
        bench.core.commit {}
        bench.core.completeCommit()
        guard case .copy(let second) = bench.core.stateOnDisk() else { throw Unexpected() }
        #expect(second.seq == 3 && second.seq == bench.log.committedSeq)
        #expect(second.state == bench.core.centre.checkpoint)
        guard case .copy = bench.core.stateOnDisk() else { throw Unexpected() }
    }

    @Test func aFailedCommitBringsNoCopy() async throws {
        var (bench, _) = try await CommitTests.bench()
        bench.core.process([batch([CommitTests.offered], to: Answers())])
        guard case .later = bench.core.stateOnDisk() else { throw Unexpected() }
        bench.log.refusesCommits = true
        bench.core.commit {}
        bench.core.completeCommit()
        #expect(bench.core.isLost)
        bench.log.refusesCommits = false
        bench.restore()
        guard case .copy(let copy) = bench.core.stateOnDisk() else { throw Unexpected() }
        #expect(copy.seq == 1 && copy.state == bench.core.centre.checkpoint)
    }

    struct Unexpected: Error {}
}
