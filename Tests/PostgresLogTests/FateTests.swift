import Foundation
import Synchronization
import Testing

@testable import PostgresLog

extension PostgresTests {
    /// What a leader knows of an append that did not end well, and how it learns the rest.
    @Suite struct FateTests {
        let log: TestLog
        let leader: LeaderSession

        init() throws {
            log = try TestLog()
            (leader, _) = try log.lead("a")
            try leader.append([.sample(1...2, epoch: 1)], expecting: 0)
        }

        /// An append whose commit waits for a standby that does not exist.
        private func appendThatWaits() async throws -> Background<Void> {
            try await log.server.holdCommits()
            let append = Background { [leader] in try leader.append([.sample(3...4, epoch: 1)], expecting: 2) }
            let (server, pid) = (log.server, leader.pid)
            try await eventually("the commit waits") { try server.isWaiting(pid, for: "SyncRep") }
            return append
        }

        /// The next leader's epoch is confirmed after the append, so with it the append is.
        private func expectTheAppendInTheLog(_ next: Background<LogHead>) async throws {
            let head = try await next.value()
            #expect(head.last == 4 && head.epoch == 2 && head.newestEpoch == 1)
            #expect(try log.all().map(\.last) == [2, 4])
        }

        private func nextLeader(_ node: String, ending pid: Int32?) -> Background<LogHead> {
            Background { [log] in
                let (session, head) = try log.lead(node, ending: pid)
                session.close()
                return head
            }
        }

        @Test func aLeaderThatIsEndedWhileItsCommitWaitsDoesNotKnow() async throws {
            let append = try await appendThatWaits()
            defer { try? log.server.releaseCommits() }
            let next = nextLeader("b", ending: leader.pid)
            let error = try await append.error()
            #expect(error?.isUnavailable == true)
            // The new leader does not lead before a standby has confirmed all that.
            let server = log.server
            try await eventually("the next epoch waits for a standby") {
                try server.sql(
                    """
                    SELECT count(*) FROM pg_stat_activity
                    WHERE application_name = 'screenpop/b' AND wait_event = 'SyncRep'
                    """
                ).integer(0, 0) > 0
            }
            #expect(!next.isDone)
            try log.server.releaseCommits()
            try await expectTheAppendInTheLog(next)
        }

        @Test func aCommitThatSomebodyElseCancelsIsNoSuccess() async throws {
            let append = try await appendThatWaits()
            defer { try? log.server.releaseCommits() }
            try log.server.sql("SELECT pg_cancel_backend(\(leader.pid))")
            let error = try await append.error()
            #expect(error?.isUnavailable == true && error?.description.contains("not confirmed") == true)
            // It is not appended to any more.
            let again = failure { () throws(PostgresError) in
                try leader.append([.sample(5...5, epoch: 1)], expecting: 4)
            }
            #expect(again == error)
            let next = nextLeader("a", ending: nil)
            try log.server.releaseCommits()
            try await expectTheAppendInTheLog(next)
        }

        @Test func abandoningAnAppendCancelsNothing() async throws {
            let append = try await appendThatWaits()
            defer { try? log.server.releaseCommits() }
            #expect(!append.isDone)
            leader.abandon()
            #expect(try await append.error(within: 2)?.isUnavailable == true)
            // The server goes on waiting, with the lock.
            #expect(try log.server.isWaiting(leader.pid, for: "SyncRep"))
            #expect(failure { () throws(PostgresError) in try log.lead("b") } == .held(by: "a"))
            #expect(try log.table.head()?.last == 2)
            try log.server.releaseCommits()
            let (server, pid) = (log.server, leader.pid)
            try await eventually("the session ends by itself") { try !server.isThere(pid) }
            try await expectTheAppendInTheLog(nextLeader("b", ending: nil))
        }

        @Test func theSameNodeLeadsAgainAfterItAbandonedACommit() async throws {
            let append = try await appendThatWaits()
            defer { try? log.server.releaseCommits() }
            leader.abandon()
            #expect(try await append.error(within: 2)?.isUnavailable == true)
            let next = nextLeader("a", ending: nil)
            let (server, pid) = (log.server, leader.pid)
            try await eventually("the earlier session is ended") { try !server.isThere(pid) }
            #expect(!next.isDone)
            try log.server.releaseCommits()
            try await expectTheAppendInTheLog(next)
        }

        @Test func abandonedBeforeAnAppendNothingIsSent() throws {
            leader.abandon()
            let error = failure { () throws(PostgresError) in
                try leader.append([.sample(3...4, epoch: 1)], expecting: 2)
            }
            #expect(error?.isUnavailable == true)
            #expect(try log.all().map(\.last) == [2])
            leader.close()
        }

        @Test func aStatementThatSomebodyElseCancelsIsUnavailable() async throws {
            let other = try Session(log.place("b"))
            let lock = "SELECT last FROM screenpop_log FOR UPDATE"
            _ = try other.run([Statement.once("BEGIN")(), Statement.once(lock)()], within: .seconds(5))
            let append = Background { [leader] in try leader.append([.sample(3...4, epoch: 1)], expecting: 2) }
            let (server, pid) = (log.server, leader.pid)
            try await eventually("the append waits") { try server.isWaiting(pid, for: "transactionid") }
            try log.server.sql("SELECT pg_cancel_backend(\(pid))")
            let error = try await append.error()
            #expect(error?.isUnavailable == true && error?.description.contains("57014") == true)
            _ = try other.run(Statement.once("ROLLBACK")(), within: .seconds(5))
            #expect(try log.all().map(\.last) == [2])
        }

        /// The kernel of a stopped process acknowledges what is sent to it, so no timeout of TCP finds it.
        @Test func aStoppedServerProcessIsWaitedForAndNoLonger() async throws {
            let (log, leader, pid) = (log, leader, leader.pid)
            kill(pid, SIGSTOP)
            defer { kill(pid, SIGCONT) }
            let append = Background { try leader.append([.sample(3...4, epoch: 1)], expecting: 2) }
            let began = ContinuousClock.now
            let candidate = Background { try log.lead("b", ending: pid).1 }
            #expect(try await candidate.error() == .held(by: "a"))
            #expect(ContinuousClock.now - began < .seconds(6))
            #expect(!append.isDone)
            leader.abandon()
            #expect(try await append.error(within: 2)?.isUnavailable == true)
            kill(pid, SIGCONT)
            // It reads that it has to end before it reads the append, or the other way round; the next leader knows.
            let head = try await nextLeader("b", ending: pid).value()
            #expect(head.newestEpoch == 1)
            #expect(try log.all().map(\.last) == (head.last == 4 ? [2, 4] : [2]))
            #expect([2, 4].contains(head.last))
        }

        @Test func aReaderOfAStoppedServerGetsAnError() async throws {
            let table = log.table
            let pid = try table.run([Statement.once("SELECT pg_backend_pid()")()], within: .seconds(5))[0].integer(0, 0)
            kill(pid_t(pid), SIGSTOP)
            defer { kill(pid_t(pid), SIGCONT) }
            let read = Background { try table.head() }
            #expect(try await read.error(within: 8)?.isUnavailable == true)
            // Closing does not wait either.
            let closed = Background { table.close() }
            try await closed.value(within: 1)
        }

        /// The whole server crashes under load. What was acknowledged is there; of the append in flight the head knows.
        @Test func afterACrashTheFateOfTheAppendInFlightIsLearned() async throws {
            let (log, leader) = (log, leader)
            let progress = Mutex<Int64>(2)
            var (session, last, epoch) = (leader, Int64(2), Int64(1))
            for _ in 0..<3 {
                let (current, from, by) = (session, last, epoch)
                let appending = Background { () throws -> Int64 in
                    var last = from
                    do throws(PostgresError) {
                        while true {
                            let row = BurstRow.sample(last + 1...last + 2, epoch: by, size: 2_000)
                            try current.append([row], expecting: last)
                            last += 2
                            progress.withLock { [last] in $0 = last }
                        }
                    } catch {
                        guard case .unavailable = error else { throw error }
                        return last
                    }
                }
                try await eventually("appends") { progress.withLock { $0 } > from + 100 }
                let server = log.server
                let restarted = Background { try server.restartImmediately() }
                let acknowledged = try await appending.value()
                try await restarted.value(within: 60)
                let found = try await nextLeaderWhenItIsBack()
                #expect(found.head.last == acknowledged || found.head.last == acknowledged + 2)
                #expect(found.head.newestEpoch == by && found.head.epoch == by + 1)
                (session, last, epoch) = (found.session, found.head.last, found.head.epoch)
            }
            let rows = try log.all(try LogTable.open(log.place("b")))
            #expect(rows.map(\.first) == Array(stride(from: Int64(1), to: last, by: 2)))
            #expect(rows.allSatisfy { $0.entries.starts(with: "a \($0.epoch) \($0.first)-\($0.last) ".utf8) })
        }

        private func nextLeaderWhenItIsBack() async throws -> (session: LeaderSession, head: LogHead) {
            let log = log
            let found = Mutex<(session: LeaderSession, head: LogHead)?>(nil)
            try await eventually("the server is back") {
                do throws(PostgresError) {
                    let next = try LeaderSession.lead(log.place("a"), ending: nil)
                    found.withLock { $0 = next }
                    return true
                } catch {
                    guard case .unavailable = error else { throw error }
                    return false
                }
            }
            return try #require(found.withLock { $0 })
        }
    }
}
