import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Where the other nodes connect to: one TCP port for everything.
public final class LinkServer: Sendable {
    /// Who leads, as this node knows it.
    public enum Leader: Equatable, Sendable {
        /// This node leads.
        case me
        /// Another node; nil inside: nobody known.
        case other(node: String?)
    }

    /// What the connections are for. The closures are called on event loops and must not block.
    public struct Parts: Sendable {
        /// Who leads now; asked for each connection.
        var leader: @Sendable () -> Leader
        /// A connection for events, before it is active: adds its handlers, as for one that was accepted on
        /// `events.sock`, and returns when they are there. It is a socket of its own on the loop for events; the TLS is
        /// done on another thread.
        public var events: @Sendable (any Channel, _ source: String?) -> EventLoopFuture<Void>
        /// The Unix socket of this node's own interface.
        public var localAPI: String
        /// Where it listens on TCP; nil where it does not: requests from the network are then refused.
        public var networkAPI: @Sendable () -> (host: String, port: Int)?
        /// A follower subscribes to the bursts after a position.
        public var follow: @Sendable (_ node: String, _ after: Int64) -> Feed
        /// A folder with a consistent copy of the state. `done` is called once, when it is not needed any more.
        public var snapshot: @Sendable () async throws -> (folder: String, done: @Sendable () -> Void)
        /// A node says that it leads, since an epoch of the log.
        public var leaderSaid: @Sendable (_ leader: Peer, _ epoch: Int64) -> Void

        /// Copies its arguments.
        public init(
            leader: @escaping @Sendable () -> Leader,
            events: @escaping @Sendable (any Channel, _ source: String?) -> EventLoopFuture<Void>,
            localAPI: String, networkAPI: @escaping @Sendable () -> (host: String, port: Int)?,
            follow: @escaping @Sendable (_ node: String, _ after: Int64) -> Feed,
            snapshot: @escaping @Sendable () async throws -> (folder: String, done: @Sendable () -> Void),
            leaderSaid: @escaping @Sendable (_ leader: Peer, _ epoch: Int64) -> Void
        ) {
            self.leader = leader
            self.events = events
            self.localAPI = localAPI
            self.networkAPI = networkAPI
            self.follow = follow
            self.snapshot = snapshot
            self.leaderSaid = leaderSaid
        }
    }

    /// What every connection needs.
    struct Shared: Sendable {
        let parts: Parts
        /// For connections for events.
        let loop: any EventLoop
        let connections = ConnectionTable()
        let carried = CarriedAddresses()
        let warnings = WarningLimit()
        let logger: Logger
    }

    private let channel: any Channel
    private let shared: Shared

    /// Listens for the other nodes.
    ///
    /// - Parameters:
    ///   - address: `host:port`, an IPv6 address in brackets; port 0 takes a free one.
    ///   - group: runs the connections, and their TLS.
    ///   - loop: runs what is for `events`.
    /// - Throws: `LinkError` when the address is none, or cannot be listened on.
    public static func listen(
        address: String, secret: LinkSecret, _ parts: Parts, group: any EventLoopGroup, loop: any EventLoop,
        logger: Logger = Logger(label: "screenpop.link")
    ) async throws -> LinkServer {
        let at = try HostPort(address), tls = try secret.serverContext()
        let shared = Shared(parts: parts, loop: loop, logger: logger)
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.writeBufferWaterMark, value: LinkOptions.waterMark)
            .childChannelInitializer { channel in
                guard shared.connections.add(channel, isOpen: false) else {
                    return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
                }
                return LinkOptions.apply(to: channel, unacknowledgedMs: LinkLimits.unacknowledgedMs).flatMapThrowing {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(LastWritesHandler())
                    try pipeline.addHandler(NIOSSLServerHandler(context: tls))
                    try pipeline.addHandler(OpeningHandler(shared))
                }
            }
        do {
            return LinkServer(try await bootstrap.bind(host: at.host, port: at.port).get(), shared)
        } catch {
            throw LinkError.cannotListen(address: address, reason: LinkError.reason(error))
        }
    }

    private init(_ channel: any Channel, _ shared: Shared) {
        self.channel = channel
        self.shared = shared
    }

    /// The port that is listened on.
    public var port: Int? { channel.localAddress?.port }

    /// How many connections are open.
    public var connectionCount: Int { shared.connections.count }

    /// Whether a connection that this node's interface accepted comes from a link, by its remote address. Such a
    /// request was received by another node, which says who sent it.
    public func carries(_ address: SocketAddress?) -> Bool { shared.carried.contains(address) }

    /// Closes the connections of all other nodes, for example when this node has stopped leading: the nodes connect to
    /// the next leader.
    public func closeConnections() { shared.connections.close(allBut: nil) }

    /// Accepts no more connections, and closes those that are open. Returns when they are closed.
    public func close() async {
        try? await channel.close()
        await shared.connections.closeAll()
    }
}

/// The own ends of the connections from links to this node's interface.
final class CarriedAddresses: Sendable {
    private let addresses = Mutex<Set<String>>([])

    /// Adds a connection's own address, until it closes.
    func add(_ channel: any Channel) {
        guard let name = CarriedAddresses.name(channel.localAddress) else { return }
        addresses.withLock { _ = $0.insert(name) }
        channel.closeFuture.whenComplete { [self] _ in addresses.withLock { _ = $0.remove(name) } }
    }

    func contains(_ address: SocketAddress?) -> Bool {
        guard let name = CarriedAddresses.name(address) else { return false }
        return addresses.withLock { $0.contains(name) }
    }

    /// A socket for IPv6 that takes IPv4 too shows an IPv4 address as one of IPv6.
    private static func name(_ address: SocketAddress?) -> String? {
        guard let address, let ip = address.ipAddress, let port = address.port else { return nil }
        let prefix = "::ffff:"
        return "\(ip.hasPrefix(prefix) ? String(ip.dropFirst(prefix.count)) : ip) \(port)"
    }
}

/// Whoever reaches the port can make the log longer, but not fast.
final class WarningLimit: Sendable {
    private static let pause = TimeAmount.seconds(10)
    private let next = Mutex(NIODeadline.uptimeNanoseconds(0))

    /// - Returns: false within 10 s of the last warning.
    func mayWarn() -> Bool {
        let now = NIODeadline.now()
        return next.withLock { next in
            guard now >= next else { return false }
            next = now + WarningLimit.pause
            return true
        }
    }
}
