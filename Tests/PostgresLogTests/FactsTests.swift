import Foundation
import Testing

@testable import PostgresLog

extension PostgresTests {
    @Suite struct FactsTests {
        @Test func factsAreTheServers() throws {
            let log = try TestLog()
            let facts = try log.table.facts()
            #expect(facts.version.hasPrefix("1"))
            #expect(facts.synchronousCommit == "on")
            #expect(facts.synchronousStandbyNames.isEmpty)
            #expect(facts.fsync && facts.fullPageWrites && !facts.isInRecovery)
            #expect(facts.replicationLagBytes == nil)
            #expect(abs(facts.clockOffsetMs) < 500)
            // Over a socket of this machine.
            #expect(!facts.isEncrypted)
            // The role may not see standbys, which is not the same as none.
            #expect(facts.syncStandbys == nil)
            try log.server.sql("GRANT pg_monitor TO screenpop")
            defer { _ = try? log.server.sql("REVOKE pg_monitor FROM screenpop") }
            #expect(try LogTable.open(log.place("b")).facts().syncStandbys == [])
        }

        /// A commit that waits is confirmed by the standby that comes.
        @Test func aStandbyConfirmsWhatWaits() async throws {
            let log = try TestLog()
            let (leader, _) = try log.lead()
            try log.server.sql("GRANT pg_monitor TO screenpop")
            defer { _ = try? log.server.sql("REVOKE pg_monitor FROM screenpop") }
            try await log.server.holdCommits()
            defer { try? log.server.releaseCommits() }
            let append = Background { try leader.append([.sample(1...2, epoch: 1)], expecting: 0) }
            let (server, pid) = (log.server, leader.pid)
            try await eventually("the commit waits") { try server.isWaiting(pid, for: "SyncRep") }
            let received = server.directory + "/received"
            let folder = try TestProcess(
                server.asUser(["mkdir", received]), output: "/dev/null")
            #expect(folder.wait() == 0)
            let standby = try TestProcess(
                ["PGAPPNAME=nobody"]
                    + server.command(
                        "pg_receivewal",
                        [
                            "-D", received, "-h", server.directory, "-p", "\(server.port)", "-U", "postgres",
                            "--synchronous", "--no-loop",
                        ]), output: "/dev/null")
            defer { standby.end() }
            try await append.value()
            let facts = try log.table.facts()
            #expect(facts.synchronousStandbyNames == "nobody")
            let found = try #require(facts.syncStandbys?.first)
            #expect(found.name == "nobody" && found.state == "streaming" && found.isSynchronous)
            #expect(facts.replicationLagBytes == found.lagBytes && (found.lagBytes ?? -1) >= 0)
            // And one append after another.
            try leader.append([.sample(3...3, epoch: 1)], expecting: 2)
            #expect(try log.all().map(\.last) == [2, 3])
        }
    }
}
