import Foundation
import Synchronization
import Testing

@testable import PostgresLog

extension PostgresTests {
    /// Three nodes take the log from each other as fast as they can.
    @Suite struct ContestTests {
        enum Rules: CaseIterable {
            /// By ending the session that holds the lock.
            case byTheLock
            /// All sessions live on, and only the fence is left.
            case withoutTheLock
            /// As the first, while sessions are ended, cancelled and stopped, and commits wait for a standby.
            case underFaults
        }

        /// What one node saw of its own appends.
        struct Seen: Sendable {
            var epochs: [Int64] = []
            var acknowledged: [BurstRow] = []
            var unknown: [[BurstRow]] = []
            var fenced = 0
        }

        @Test(arguments: Rules.allCases) func theLogNeverHasAGapOrAnOverlap(rules: Rules) async throws {
            let seed = UInt64.random(in: .min ... .max)
            let log = try TestLog()
            let end = ContinuousClock.now + .milliseconds(rules == .underFaults ? 5_000 : 2_000)
            let faults = rules == .underFaults ? Background { try Faults.cause(log, seed, until: end) } : nil
            let nodes = ["a", "b", "c"].enumerated().map { i, name in
                Background { try Node(log, name, rules).contend(seed &+ UInt64(i), until: end) }
            }
            var all: [Seen] = []
            for node in nodes { all.append(try await node.value(within: 60)) }
            if let faults { #expect(try await faults.value() > 20, "seed \(seed)") }

            let table = try LogTable.open(log.place("reader"))
            let rows = try log.all(table)
            let head = try #require(try table.head())
            var (next, epoch) = (Int64(1), Int64(0))
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
            let arrived = all.flatMap(\.unknown).filter { found[$0[0].first] == $0[0] }
            for append in arrived { for row in append { #expect(found[row.first] == row, "seed \(seed)") } }
            #expect(acknowledged.count + arrived.reduce(0) { $0 + $1.count } == rows.count, "seed \(seed)")
            #expect(acknowledged.count > 20, "seed \(seed)")
            #expect(rules != .withoutTheLock || all.reduce(0) { $0 + $1.fenced } > 3, "seed \(seed)")
        }
    }

    private struct Node {
        let log: TestLog
        let name: String
        let rules: ContestTests.Rules

        init(_ log: TestLog, _ name: String, _ rules: ContestTests.Rules) {
            (self.log, self.name, self.rules) = (log, name, rules)
        }

        func contend(_ seed: UInt64, until end: ContinuousClock.Instant) throws -> ContestTests.Seen {
            var random = Seeded(state: seed)
            var seen = ContestTests.Seen()
            while ContinuousClock.now < end {
                let session: LeaderSession
                let head: LogHead
                do throws(PostgresError) { (session, head) = try lead() } catch {
                    // Another candidate was first, or has ended this one already.
                    if case .refused = error { throw error }
                    continue
                }
                seen.epochs.append(head.epoch)
                var last = head.last
                for _ in 0..<Int.random(in: 1...60, using: &random) {
                    let rows = some(after: last, head.epoch, &random)
                    do throws(PostgresError) { try session.append(rows, expecting: last) } catch {
                        switch error {
                        case .fenced: seen.fenced += 1
                        case .unavailable: seen.unknown.append(rows)
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

        private func lead() throws(PostgresError) -> (LeaderSession, LogHead) {
            if rules == .withoutTheLock { return try LeaderSession.leadWithoutLock(log.place(name)) }
            let leader = try LogTable.open(log.place(name)).head()?.pid
            return try log.lead(name, ending: leader)
        }

        private func some(after last: Int64, _ epoch: Int64, _ random: inout Seeded) -> [BurstRow] {
            var rows: [BurstRow] = []
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let first = (rows.last?.last ?? last) + 1
                let count = Int64.random(in: 0...5, using: &random)
                rows.append(.sample(first...first + count, epoch: epoch, by: name))
            }
            return rows
        }
    }

    /// What an administrator, or a machine, does to the sessions of the nodes.
    private enum Faults {
        /// - Returns: how many.
        static func cause(_ log: TestLog, _ seed: UInt64, until end: ContinuousClock.Instant) throws -> Int {
            var random = Seeded(state: seed ^ 0x5EED)
            var count = 0
            let server = log.server
            defer { try? server.releaseCommits() }
            while ContinuousClock.now < end {
                count += 1
                let sessions =
                    "SELECT pid FROM pg_stat_activity WHERE application_name IN ('screenpop/a', 'screenpop/b', "
                    + "'screenpop/c') ORDER BY pid"
                let found = try server.sql(sessions)
                let pids = try (0..<found.rows).map { Int32(try found.integer($0, 0)) }
                usleep(UInt32.random(in: 1_000...40_000, using: &random))
                guard let pid = pids.randomElement(using: &random) else { continue }
                switch Int.random(in: 0..<5, using: &random) {
                case 0: try server.sql("SELECT pg_terminate_backend(\(pid))")
                case 1: try server.sql("SELECT pg_cancel_backend(\(pid))")
                case 2:
                    kill(pid, SIGSTOP)
                    usleep(30_000)
                    kill(pid, SIGCONT)
                case 3:
                    // Commits wait, and some of the waits are cancelled.
                    try server.sql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
                    try server.sql("SELECT pg_reload_conf()")
                    usleep(30_000)
                    try server.sql("SELECT pg_cancel_backend(\(pid))")
                    try server.releaseCommits()
                default: break
                }
            }
            return count
        }
    }
}
