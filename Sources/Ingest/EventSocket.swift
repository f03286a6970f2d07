import CallCenter
import Engine
import Glibc
import NIOCore
import NIOPosix

/// Why the event socket cannot be opened.
public enum EventSocketError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A file of another kind is at the path; it is not touched.
    case notASocket(path: String)
    /// A socket's path has at most 107 bytes.
    case pathTooLong(path: String)

    public var description: String {
        switch self {
        case .notASocket(let path):
            "\(path) exists and is not a socket: move it away, or name another path with --events-socket"
        case .pathTooLong(let path):
            "\(path) is too long for a socket (107 bytes at most): name a shorter one with --events-socket"
        }
    }
}

/// The Unix socket that PBXs and bridges push events to.
public final class EventSocket: Sendable {
    private let channel: any Channel
    private let path: String?

    /// What every connection needs.
    public struct Parts: Sendable {
        /// Submits a batch to the engine; false when its mailbox is full: the connection keeps the batch.
        let submit: @Sendable (EventBatch) -> Bool
        /// Called for each connection, so that a reload applies to the next one.
        let rules: @Sendable () -> PeerRules
        let connections: ConnectionCount
        let orders: PBXOrders
        let clock: @Sendable () -> Timestamp
        let lookup: @Sendable (Centre.LookupQuestion) -> Lookup?
        let rest: @Sendable () -> Void
        /// Who is at the other end of a connection.
        var peer: @Sendable (any Channel) -> Peer = Peer.init(of:)
        /// Carries a new connection to the node that leads; nil where this machine is no node of a cluster.
        var carrying: Carrying?

        /// Lets a read wait for what is known of its callers elsewhere; nil: none ever waits.
        public var waiting: Waiting?

        /// - Parameter done: gets the batch when it has waited. Called on any thread, once, when the result is true.
        /// - Returns: false when the batch has not to wait.
        public typealias Waiting = @Sendable (_ batch: EventBatch, _ done: @escaping @Sendable (EventBatch) -> Void)
            -> Bool

        /// Carries a new connection to the node that leads a cluster.
        ///
        /// - Parameter source: the source of its events, when its user speaks for that one alone.
        /// - Returns: nil when this node leads, or nobody is known to: the connection is served here.
        public typealias Carrying = @Sendable (_ channel: any Channel, _ source: String?) -> EventLoopFuture<Void>?

        /// - Parameters:
        ///   - submit: submits a batch to the engine; false when its mailbox is full: the connection keeps the batch.
        ///   - lookup: looks a caller up on another thread than the engine's; nil leaves it to the engine.
        ///   - rest: ends the read transaction of a read's look-ups on this thread.
        public init(
            submit: @escaping @Sendable (EventBatch) -> Bool, rules: @escaping @Sendable () -> PeerRules,
            connections: ConnectionCount, orders: PBXOrders, clock: @escaping @Sendable () -> Timestamp,
            lookup: @escaping @Sendable (Centre.LookupQuestion) -> Lookup?, rest: @escaping @Sendable () -> Void,
            carrying: Carrying? = nil
        ) {
            self.submit = submit
            self.rules = rules
            self.connections = connections
            self.orders = orders
            self.clock = clock
            self.lookup = lookup
            self.rest = rest
            self.carrying = carrying
        }

        /// The same for a connection that another node has carried here, which has checked who it is.
        fileprivate func carried(source: String?) -> Parts {
            var parts = self
            let user: UInt32 = 0
            parts.peer = { _ in Peer(user: user, group: 0) }
            let rules = PeerRules(ownUser: user, sources: source.map { [user: $0] } ?? [:])
            return Parts(copying: parts, rules: { rules })
        }

        private init(copying parts: Parts, rules: @escaping @Sendable () -> PeerRules) {
            submit = parts.submit
            self.rules = rules
            connections = parts.connections
            orders = parts.orders
            clock = parts.clock
            lookup = parts.lookup
            rest = parts.rest
            peer = parts.peer
            waiting = parts.waiting
        }
    }

    /// - Parameter path: a socket left over by a daemon that is gone is replaced; whoever holds the state directory's
    ///   lock is the only daemon.
    public static func listen(path: String, _ parts: Parts, on loop: any EventLoop) async throws -> EventSocket {
        guard path.utf8.count <= 107 else { throw EventSocketError.pathTooLong(path: path) }
        var found = stat()
        if lstat(path, &found) == 0 {
            guard found.st_mode & S_IFMT == S_IFSOCK else { throw EventSocketError.notASocket(path: path) }
            unlink(path)
        }
        let old = umask(0o117)
        defer { umask(old) }
        let channel = try await bootstrap(parts, loop).bind(unixDomainSocketPath: path).get()
        return EventSocket(channel: channel, path: path)
    }

    /// Listens on a socket that systemd has opened.
    public static func listen(descriptor: CInt, _ parts: Parts, on loop: any EventLoop) async throws -> EventSocket {
        EventSocket(channel: try await bootstrap(parts, loop).withBoundSocket(descriptor).get(), path: nil)
    }

    private static func bootstrap(_ parts: Parts, _ loop: any EventLoop) -> ServerBootstrap {
        ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 1024)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 65_536))
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 64 << 10, high: 1 << 20))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    parts.connections.note(channel)
                    let handler: any ChannelHandler =
                        parts.carrying == nil ? EventConnection(parts) : CarriedConnection(parts)
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
    }

    /// Serves a connection that another node of a cluster has carried here, as one of this node's own.
    ///
    /// - Parameters:
    ///   - channel: on the loop of the event connections; what is read from it from now on are events.
    ///   - source: the source of its events, when its user speaks for that one alone.
    public static func serve(_ channel: any Channel, source: String?, _ parts: Parts) -> EventLoopFuture<Void> {
        parts.connections.note(channel)
        let parts = parts.carried(source: source)
        return channel.setOption(.autoRead, value: false).flatMapThrowing {
            try channel.pipeline.syncOperations.addHandler(EventConnection(parts))
        }
    }

    private init(channel: any Channel, path: String?) {
        self.channel = channel
        self.path = path
    }

    /// Accepts no new connections; a socket file that the daemon created is removed.
    public func close() async {
        try? await channel.close()
        if let path { unlink(path) }
    }
}
