import Foundation
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

        @Test func aPolicyOfAnOldEpochIsFenced() async throws {
            let log = try TestLog()
            let (a, _) = try log.lead("a")
            let other = try Session(log.place("b"))
            _ = try other.run([Statement.once("BEGIN")(), FenceTests.nextEpoch()], within: .seconds(5))
            let adopt = Background { try a.adopt(policy: [1], after: 0) }
            try await eventually("it waits for the row") { try log.server.isWaiting(a.pid, for: "transactionid") }
            _ = try other.run(Statement.once("COMMIT")(), within: .seconds(5))
            #expect(try await adopt.error()?.isFenced == true)
            #expect(try log.table.policies(after: -1).isEmpty)
        }

        /// What one node saw of its own appends.
        struct Seen: Sendable {
            var epochs: [Int64] = []
            var acknowledged: [BurstRow] = []
            var isUnknown: [[BurstRow]] = []
            var fenced = 0
        }

        /// Three nodes take the log from each other as fast as they can. With the lock, by ending the session that holds
        /// it; without it, all sessions live on and only the fence is left.
        @Test(arguments: [true, false]) func theLogNeverHasAGapOrAnOverlap(withLock: Bool) async throws {
            let seed = UInt64.random(in: .min ... .max)
            let log = try TestLog()
            let end = ContinuousClock.now + .milliseconds(2_500)
            let nodes = ["a", "b", "c"].enumerated().map { i, name in
                Background { try FenceTests.contend(log, name, seed &+ UInt64(i), until: end, withLock: withLock) }
            }
            var all: [Seen] = []
            for node in nodes { all.append(try await node.value(within: 60)) }

            let rows = try log.all()
            let head = try #require(try log.table.head())
            var next: Int64 = 1, epoch: Int64 = 0
            for row in rows {
                #expect(row.first == next && row.last >= row.first, "seed \(seed)")
                #expect(row.epoch >= epoch, "seed \(seed)")
                (next, epoch) = (row.last + 1, row.epoch)
            }
            #expect(head.last == next - 1 && head.newestEpoch == epoch && head.epoch >= epoch, "seed \(seed)")
            // Two new epochs are never equal.
            let epochs = all.flatMap(\.epochs)
            #expect(Set(epochs).count == epochs.count && epochs.count > 3, "seed \(seed)")
            // Each acknowledged row is there as it was sent, and nothing else but appends of unknown fate, whole.
            let found = Dictionary(uniqueKeysWithValues: rows.map { ($0.first, $0) })
            let acknowledged = all.flatMap(\.acknowledged)
            for row in acknowledged { #expect(found[row.first] == row, "seed \(seed)") }
            let kept = all.flatMap(\.isUnknown).filter { found[$0[0].first] == $0[0] }
            for append in kept { for row in append { #expect(found[row.first] == row, "seed \(seed)") } }
            #expect(acknowledged.count + kept.reduce(0) { $0 + $1.count } == rows.count, "seed \(seed)")
            #expect(acknowledged.count > 20, "seed \(seed)")
            #expect(withLock || all.reduce(0) { $0 + $1.fenced } > 3, "seed \(seed)")
        }

        static func contend(
            _ log: TestLog, _ node: String, _ seed: UInt64, until end: ContinuousClock.Instant, withLock: Bool
        ) throws -> Seen {
            var random = Seeded(state: seed)
            var seen = Seen()
            let table = try LogTable.open(log.place(node))
            while ContinuousClock.now < end {
                let append: ([BurstRow], Int64) throws(PostgresError) -> Void
                let head: LogHead
                if withLock {
                    let leader = try table.head()?.pid
                    do throws(PostgresError) {
                        let (session, begun) = try LeaderSession.lead(log.place(node), ending: leader)
                        head = begun
                        append = { (rows, last) throws(PostgresError) in try session.append(rows, expecting: last) }
                    } catch {
                        // Another candidate was first, or has ended this one already.
                        if case .refused = error { throw error }
                        continue
                    }
                } else {
                    let (session, begun) = try LeaderSession.leadWithoutLock(log.place(node))
                    head = begun
                    append = { (rows, last) throws(PostgresError) in try session.append(rows, expecting: last) }
                }
                seen.epochs.append(head.epoch)
                var last = head.last
                for _ in 0..<Int.random(in: 1...60, using: &random) {
                    var rows: [BurstRow] = []
                    for _ in 0..<Int.random(in: 1...4, using: &random) {
                        let first = (rows.last?.last ?? last) + 1
                        let count = Int64.random(in: 0...5, using: &random)
                        rows.append(.sample(first...first + count, epoch: head.epoch, by: node))
                    }
                    do throws(PostgresError) { try append(rows, last) } catch {
                        switch error {
                        case .fenced: seen.fenced += 1
                        case .unavailable: seen.isUnknown.append(rows)
                        default: throw error
                        }
                        break
                    }
                    seen.acknowledged += rows
                    last = rows[rows.count - 1].last
                }
            }
            return seen
        }
    }
}
