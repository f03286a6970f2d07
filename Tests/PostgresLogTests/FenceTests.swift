import Synchronization
import Testing

@testable import PostgresLog

extension PostgresTests {
    /// An append of an old epoch is in the log before the new leader reads it, or never.
    @Suite struct FenceTests {
        static let nextEpoch = Statement.once("UPDATE screenpop_log SET epoch = epoch + 1 RETURNING last")

        /// The append comes while the next epoch is written and not committed.
        @Test func anAppendThatMeetsTheNextEpochIsFenced() async throws {
            let log = try TestLog()
            let (a, _) = try log.lead("a")
            try a.append([.sample(1...2, epoch: 1)], expecting: 0)
            let other = try Session(log.place("b"))
            _ = try other.run([Statement.once("BEGIN")(), FenceTests.nextEpoch()], within: .seconds(5))
            let append = Background { try a.append([.sample(3...4, epoch: 1)], expecting: 2) }
            try await eventually("the append waits for the row") {
                try log.server.isWaiting(a.pid, for: "transactionid")
            }
            #expect(!append.isDone)
            _ = try other.run(Statement.once("COMMIT")(), within: .seconds(5))
            guard case .fenced(let head)? = try await append.error() else {
                Issue.record("the append was not fenced")
                return
            }
            #expect(head.epoch == 2 && head.last == 2 && head.newestEpoch == 1)
            #expect(try log.all().map(\.last) == [2])
        }

        /// The next epoch comes while the append is written and not committed: it waits, and knows of the append.
        @Test func theNextEpochWaitsForAnAppendInFlight() async throws {
            let log = try TestLog()
            let (a, _) = try log.lead("a")
            try a.append([.sample(1...2, epoch: 1)], expecting: 0)
            try await log.server.holdCommits()
            defer { try? log.server.releaseCommits() }
            let append = Background { try a.append([.sample(3...4, epoch: 1)], expecting: 2) }
            try await eventually("the append's commit waits") { try log.server.isWaiting(a.pid, for: "SyncRep") }
            // Without the lock, as a session that lost it would meet a new leader.
            let other = Mutex(try Session(log.place("b")))
            let pid = other.withLock { $0.pid }
            let next = Background {
                try other.withLock { session in try LeaderSession.nextEpoch(session, node: "b") }
            }
            try await eventually("the next epoch waits for the append") {
                try log.server.isWaiting(pid, for: "transactionid")
            }
            // What is not confirmed is not seen.
            #expect(try log.table.head()?.last == 2)
            #expect(try log.all().count == 1)
            try log.server.releaseCommits()
            try await append.value()
            let head = try await next.value()
            #expect(head.epoch == 2 && head.last == 4 && head.newestEpoch == 1)
            let late = failure { () throws(PostgresError) in try a.append([.sample(5...5, epoch: 1)], expecting: 4) }
            #expect(late?.isFenced == true)
            #expect(try log.all().map(\.last) == [2, 4])
        }
    }
}
