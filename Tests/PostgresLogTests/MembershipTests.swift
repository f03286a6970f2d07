import Foundation
import Testing

@testable import PostgresLog

extension PostgresTests {
    @Suite struct MembershipTests {
        func join(_ log: TestLog, _ node: String) throws(PostgresError) -> Membership {
            let address = "10.0.0.1:879\(node.utf8.count)"
            return try Membership.join(log.place(node), node: node, address: address, version: "1.2.3")
        }

        @Test func nodesSeeEachOthersHeartbeatsAndTheHead() throws {
            let log = try TestLog(behind: 9)
            let a = try join(log, "a")
            let b = try join(log, "bb")
            let (nodes, head) = try a.beat(state: "follower", seq: 7)
            #expect(nodes.map(\.name) == ["a", "bb"])
            #expect(nodes.map(\.state) == ["follower", "joining"])
            #expect(nodes.map(\.seq) == [7, 0])
            #expect(nodes.map(\.address) == ["10.0.0.1:8791", "10.0.0.1:8792"])
            #expect(nodes.map(\.version) == ["1.2.3", "1.2.3"])
            #expect(head == (try log.table.head()))
            let before = nodes[0].beat
            _ = try a.beat(state: "leader", seq: 8)
            let (leader, _) = try log.lead("a")
            let seen = try b.beat(state: "follower", seq: 5)
            #expect(seen.nodes[0].beat == before + 1 && seen.nodes[0].state == "leader" && seen.nodes[0].seq == 8)
            #expect(seen.head?.node == "a" && seen.head?.pid == leader.pid && seen.head?.epoch == 1)
            for node in seen.nodes {
                // The server is on this machine.
                #expect(abs(node.clockOffsetMs ?? .max) < 500)
                #expect((0..<5_000).contains(node.seenMsAgo))
            }
            // Silent: its heartbeat stands still while the other's goes on.
            let later = try b.beat(state: "follower", seq: 5)
            #expect(later.nodes[0].beat == seen.nodes[0].beat && later.nodes[1].beat == seen.nodes[1].beat + 1)
        }

        @Test func beforeThereIsALogThereAreNodes() throws {
            let server = try TestServer.shared
            let schema = try server.schema()
            _ = try LogTable.open(server.place(schema))
            let a = try Membership.join(server.place(schema), node: "a", address: "x", version: "1")
            let (nodes, head) = try a.beat(state: "joining", seq: 0)
            #expect(nodes.count == 1 && head == nil)
        }

        @Test func aHeartbeatWaitsForNoStandby() async throws {
            let log = try TestLog()
            let a = try join(log, "a")
            try await log.server.holdCommits()
            defer { try? log.server.releaseCommits() }
            let beats = Background { () throws -> [Int64] in
                let b = try Membership.join(log.place("b"), node: "b", address: "x", version: "1")
                defer { b.leave() }
                return try (0..<4).flatMap { _ in
                    [try a.beat(state: "leader", seq: 1).nodes[0].beat, try b.beat(state: "x", seq: 1).nodes[0].beat]
                }
            }
            let seen = try await beats.value(within: 5)
            #expect(seen.last == seen[0] + 3)
        }

        @Test func aSecondProcessOfTheSameNameIsNoticedByTheFirst() throws {
            let log = try TestLog()
            let first = try join(log, "a")
            _ = try first.beat(state: "leader", seq: 1)
            let second = try Membership.join(log.place("a"), node: "a", address: "10.9.9.9:1", version: "1")
            let error = failure { () throws(PostgresError) in _ = try first.beat(state: "leader", seq: 1) }
            #expect(error?.isRefused == true && error?.description.contains("10.9.9.9:1") == true)
            #expect(try second.beat(state: "follower", seq: 3).nodes.map(\.state) == ["follower"])
            // The first one's end does not remove the second.
            first.leave()
            #expect(try second.beat(state: "follower", seq: 3).nodes.count == 1)
        }

        @Test func aRowThatWasLostIsWrittenAgainAndOneThatLeftIsGone() throws {
            let log = try TestLog()
            let (a, b) = (try join(log, "a"), try join(log, "b"))
            _ = try a.beat(state: "follower", seq: 1)
            // As after a failover to a server that had not the newest rows.
            try log.server.sql("DELETE FROM \(log.schema).screenpop_node WHERE node = 'a'")
            #expect(try a.beat(state: "follower", seq: 2).nodes.map(\.seq) == [2, 0])
            a.leave()
            #expect(try b.beat(state: "follower", seq: 1).nodes.map(\.name) == ["b"])
            #expect(failure { () throws(PostgresError) in _ = try a.beat(state: "x", seq: 1) }?.isUnavailable == true)
        }

        @Test func nodesThatAreGoneForAWeekAreForgotten() throws {
            let log = try TestLog()
            for node in ["a", "b"] { try join(log, node).close() }
            let old = "UPDATE \(log.schema).screenpop_node SET seen = seen - interval '8 days' WHERE node = 'a'"
            try log.server.sql(old)
            let c = try join(log, "c")
            #expect(try c.beat(state: "x", seq: 0).nodes.map(\.name) == ["b", "c"])
        }

        @Test func aStoppedServerIsNoticedBySilence() async throws {
            let log = try TestLog()
            let a = try join(log, "a")
            _ = try a.beat(state: "x", seq: 0)
            let newest = """
                SELECT pid FROM pg_stat_activity WHERE application_name = 'screenpop/a'
                ORDER BY backend_start DESC LIMIT 1
                """
            let pid = pid_t(try log.server.sql(newest).integer(0, 0))
            kill(pid, SIGSTOP)
            defer { kill(pid, SIGCONT) }
            let beat = Background { _ = try a.beat(state: "x", seq: 0) }
            #expect(try await beat.error(within: 4)?.isUnavailable == true)
        }
    }
}
