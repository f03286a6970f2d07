import CallCenter
import Engine
import Foundation
import NIOCore
import NIOPosix
import PostgresLog
import Storage
import Synchronization
import Testing

@testable import Cluster
@testable import NodeLink

/// A node that reaches the others and not the database: it goes on by what the leader sends.
@Suite(.serialized, .timeLimit(.minutes(3))) struct CutOffNodeTests {
    /// A leader whose log is in memory, and what the other nodes connect to.
    final class Leader {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let log: LeaderLog
        let state: NodeState
        let server: LinkServer
        let secret = LinkSecret(bytes: Array("a secret of many bytes".utf8))

        init() async throws {
            let table = LeaderLogTests.Table()
            table.state.withLock { $0.last = 0 }
            let log = LeaderLogTests.log(table), group = group
            self.log = log
            state = try NodeState(log)
            server = try await .listen(
                address: "127.0.0.1:0", secret: secret,
                .init(
                    leader: { .me }, events: { channel, _ in channel.close() }, localAPI: "", networkAPI: { nil },
                    follow: { _, after in log.subscribe(after: after) }, snapshot: { throw CancellationError() },
                    leaderSaid: { _, _ in }), group: group, loop: group.next(), logger: .silent)
            try #require(try await state.engine.lead(epoch: 3, Policy()))
            state.engine.whenWorkChanges { log.send(.work($0)) }
        }

        var peer: Peer { Peer(node: "a", address: "127.0.0.1:\(server.port ?? 0)") }

        func end() async throws {
            log.end(inOrder: true)
            await server.close()
            await state.end()
            try await group.shutdownGracefully()
        }
    }

    /// Another node, whose database accepts connections and never answers.
    final class CutOff {
        let database: MuteServer
        let node: ClusterNode
        let state: NodeState
        private let client: LinkClient

        init(_ leader: Leader) throws {
            database = try MuteServer()
            client = LinkClient(secret: leader.secret, node: "b", group: leader.group)
            node = ClusterNode(
                place: PostgresPlace(
                    conninfo: "host=127.0.0.1 port=\(database.port) user=nobody dbname=none sslmode=disable",
                    node: "b", passwordFile: nil), node: "b", address: "127.0.0.1:1", client: client, logger: .silent)
            state = try NodeState(node.authority)
            node.start(
                .init(
                    engine: state.engine, projections: state.projections, policy: { Policy() }, leaderChanged: {},
                    diverged: { Issue.record("\($0)") }, beginErase: {}, oldest: { nil }, version: "1"),
                newest: nil, at: 0)
        }

        func end() async {
            await node.stop()
            await client.close()
            await state.end()
        }
    }

    /// Each attempt to reach the database lasts for seconds, and the node makes one after the other.
    @Test func itFollowsWhileItsDatabaseDoesNotAnswer() async throws {
        let leader = try await Leader(), other = try CutOff(leader)
        // What the leader has done before the node knows of it is sent first.
        let one = try leader.state.writer.create(CustomerFields(name: "0"), by: .command, at: Timestamp(ms: 1_000))
        other.node.noteLeader(leader.peer, leads: 3)
        #expect(other.node.leader == leader.peer)
        try await eventually("the database is asked") { other.database.attempts() > 0 }
        var withinAnAttempt = 0
        for version in 1...20 as ClosedRange<Int64> {
            let attempts = other.database.attempts()
            _ = try leader.state.writer.save(
                one.id, CustomerFields(name: "\(version)"), expected: version, by: .command, at: Timestamp(ms: 2_000))
            try await eventually("change \(version) is there") {
                try other.state.records.customer(one.id)?.fields.name == "\(version)"
            }
            if other.database.attempts() == attempts { withinAnAttempt += 1 }
        }
        // A node that did nothing else meanwhile would have each change between two attempts.
        #expect(withinAnAttempt > 0)
        await other.end()
        try await leader.end()
    }

    /// As on the leader's own desks.
    @Test func desksOfOtherNodesAreToldOfTheirOwnWorkAlone() async throws {
        let leader = try await Leader(), other = try CutOff(leader)
        other.node.noteLeader(leader.peer, leads: 3)
        let mine = try #require(await other.state.engine.watch(.own("101"), lastID: nil))
        let hers = try #require(await other.state.engine.watch(.own("102"), lastID: nil))
        _ = try leader.state.writer.create(CustomerFields(name: "A"), by: .command, at: Timestamp(ms: 1_000))
        await leader.state.engine.workChanged(of: .operators(["101"]))
        let first = try await frame(mine)
        #expect(first.contains("event: work\n"))
        await leader.state.engine.workChanged(of: .everybody)
        // Of the first one she was not told.
        _ = try await frame(hers)
        _ = try await frame(mine)
        #expect(other.state.engine.streams.count == 2)
        await other.end()
        try await leader.end()
    }

    private func frame(_ subscription: Subscription) async throws -> String {
        guard case .frames(let frames, _, _) = await subscription.next() else { return "" }
        #expect(frames.count == 1)
        return String(decoding: frames.joined(), as: UTF8.self)
    }
}
