import Backup
import Cluster
import Doctor
import Engine
import Foundation
import Ingest
import Logging
import NIOCore
import NIOPosix
import NodeLink
import PostgresLog
import Settings
import Storage
import Synchronization
import Web

/// What the daemon has besides as a node of a cluster (docs/cluster.md): the link to the other nodes, and the shared
/// log.
struct ClusterWiring: Sendable {
    let settings: Settings.Cluster
    let directory: String
    let node: ClusterNode
    private let secret: LinkSecret
    private let client: LinkClient
    private let place: PostgresPlace
    /// For the links alone: their TLS must not delay calls.
    private let group: MultiThreadedEventLoopGroup
    private let logger: Logger

    init(_ settings: Settings.Cluster, directory: String, logger: Logger) throws {
        self.settings = settings
        self.directory = directory
        self.logger = logger
        secret = try LinkSecret(file: settings.secretFile)
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        client = LinkClient(secret: secret, node: settings.node, group: group)
        place = PostgresPlace(
            conninfo: settings.database, node: settings.node,
            passwordFile: PostgresPlace.credential(in: ProcessInfo.processInfo.environment))
        node = ClusterNode(
            place: place, node: settings.node, address: settings.address.description, client: client, logger: logger)
    }

    /// Brings the state directory to where the shared log is. Waits for the database, and for another node when there
    /// is
    /// something to copy.
    func prepare(say: @escaping @Sendable (String) -> Void, working: @escaping @Sendable () -> Void) async throws {
        try await ClusterStart(
            directory: directory, place: place, node: settings.node, address: settings.address.description,
            version: Screenpopd.version, client: client, say: say, working: working
        ).run()
    }

    /// Listens for the other nodes.
    ///
    /// - Parameters:
    ///   - events: what connections for events need; they are served on `loop`.
    ///   - localAPI: the Unix socket of this node's interface.
    ///   - http: where it listens on TCP; nil when it does not.
    func listen(
        events: EventSocket.Parts, on loop: any EventLoop, localAPI: String,
        http: @escaping @Sendable () -> (host: String, port: Int)?
    ) async throws -> LinkServer {
        let node = node, directory = directory
        return try await LinkServer.listen(
            address: settings.address.description, secret: secret,
            .init(
                leader: { node.leads ? .me : .other(node: node.status.leader) },
                events: { channel, source in EventSocket.serve(channel, source: source, events) },
                localAPI: localAPI, networkAPI: http, follow: { _, after in node.subscribe(after: after) },
                snapshot: { try await ClusterWiring.snapshot(of: directory) },
                leaderSaid: { leader, epoch in node.noteLeader(leader, leads: epoch) }), group: group, loop: loop,
            logger: logger)
    }

    /// A consistent copy of the state directory, in a folder in it.
    private static func snapshot(of directory: String) async throws -> (folder: String, done: @Sendable () -> Void) {
        try await copying.run {
            let folder = "\(directory)/snapshot-\(UInt64.random(in: 1...UInt64(Int64.max)))"
            var run = BackupRun(stateDirectory: directory, folder: folder, program: Screenpopd.version)
            run.mayBeInside = true
            run.isStopped = { false }
            let report = try run.run { _, _, _ in }
            return (report.entry.path, { try? FileManager.default.removeItem(atPath: folder) })
        }
    }
    private static let copying = BlockingThreads(1, niceness: 10)

    /// Removes copies for other nodes that a crash has left.
    static func removeLeftovers(in directory: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        where name.hasPrefix("snapshot-") {
            try? FileManager.default.removeItem(atPath: "\(directory)/\(name)")
        }
    }

    /// Carries connections for events to the node that leads.
    var carrying: EventSocket.Parts.Carrying {
        { [node, client] channel, source in
            guard let leader = node.leader else { return nil }
            return client.carryEvents(channel, source: source, read: ByteBuffer(), to: leader)
        }
    }

    /// Where writes of the interface go.
    ///
    /// - Parameter carries: whether a connection over TCP is one that another node's requests come through.
    func role(_ engine: Engine, carries: @escaping @Sendable (SocketAddress?) -> Bool) -> ClusterRole {
        ClusterRole(
            leads: { [node] in node.leads }, committed: { await engine.places()?.committed ?? 0 },
            forward: { [node, client] head, body, isLocal in
                guard let leader = node.leader else { throw ClusterRole.NotForwarded() }
                do {
                    let answer = try await client.request(
                        leader, isLocal: isLocal, head: ClusterRole.head(head), body: body)
                    return ClusterRole.response(answer.head, answer.body, trailers: { answer.body.trailers })
                } catch let error as LinkError {
                    switch error {
                    case .cannotConnect, .wrongSecret, .notALink, .noAnswer, .notLeader, .refused, .badAddress:
                        throw ClusterRole.NotForwarded()
                    default: throw error
                    }
                }
            },
            reached: { [node] in await node.reached($0) }, carries: carries, passOn: { [node] in node.passOn($0) },
            leaderWaits: { [node] in node.leaderWaits })
    }

    /// Erases a customer from the database, up to a position of the log, or waits until the node that leads has.
    var eraseFromShared: @Sendable (_ seq: Int64) async throws -> Void {
        { [node, directory] seq in try await node.erase(through: seq, in: directory) }
    }

    /// The nodes, for the interface.
    var status: @Sendable () async -> ClusterStatus {
        { [node, own = settings.node] in
            let status = node.status
            return ClusterStatus(
                own: own, leader: status.leader,
                nodes: status.nodes.filter(\.isAlive).compactMap { one in
                    ClusterStatus.State(rawValue: one.state.rawValue).map {
                        .init(node: one.node, state: $0, seq: one.seq, lagMs: one.lagMs)
                    }
                })
        }
    }

    /// What the doctor examines.
    var facts: @Sendable () async -> ClusterFacts? {
        { [node, own = settings.node, peers = settings.peers.map(\.description)] in
            let status = node.status, database = await node.database()
            var facts = ClusterFacts(
                leader: status.leader, asked: own,
                nodes: status.nodes.map {
                    .init(
                        name: $0.node, version: $0.version, isAlive: $0.isAlive, lag: $0.isAlive ? $0.lagMs : nil,
                        clockAhead: $0.clockOffsetMs, address: $0.address)
                }, database: nil)
            facts.peers = peers
            switch database {
            case .failure(let error): facts.databaseProblem = "\(error)"
            case .success(let server):
                facts.database = Doctor.DatabaseFacts(
                    synchronousCommit: server.synchronousCommit, standbyNames: server.synchronousStandbyNames,
                    synchronousStandbys: server.syncStandbys?.count(where: \.isSynchronous),
                    standbys: server.syncStandbys?.count, hasFsync: server.fsync,
                    hasFullPageWrites: server.fullPageWrites, isInRecovery: server.isInRecovery)
                facts.database?.behind = (server.syncStandbys ?? []).map {
                    .init(name: $0.name, unwritten: $0.lagBytes, unapplied: $0.replayLagBytes)
                }
                // A connection that may end at a standby: it says what it has not applied.
                if let replay = server.replayLagBytes {
                    facts.database?.behind.append(.init(name: "itself", unwritten: nil, unapplied: replay))
                }
            }
            return facts
        }
    }

    /// Links that were made for another leader are ended: what they carry has to go elsewhere.
    func leaderChanged(_ links: LinkHolder) {
        client.closeConnections(allBut: node.leader)
        if !node.leads { links.closeConnections() }
    }

    func shutDown() async {
        await client.close()
        try? await group.shutdownGracefully()
    }
}

/// The listener for other nodes, which starts after the interface that refers to it.
final class LinkHolder: Sendable {
    private let server = Mutex<LinkServer?>(nil)

    func set(_ server: LinkServer) { self.server.withLock { $0 = server } }
    func carries(_ address: SocketAddress?) -> Bool { server.withLock { $0 }?.carries(address) ?? false }
    func closeConnections() { server.withLock { $0 }?.closeConnections() }
    func close() async { await server.withLock { $0.take() }?.close() }
}
