import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Connects to the other nodes.
public final class LinkClient: Sendable {
    private let tls: Result<NIOSSLContext, any Error>
    let node: String
    let group: any EventLoopGroup
    private let connections = ConnectionTable()
    let idle = IdleConnections()

    /// - Parameter node: this node's name.
    public init(secret: LinkSecret, node: String, group: any EventLoopGroup) {
        tls = Result { try secret.clientContext(node: node) }
        self.node = node
        self.group = group
    }

    /// How many connections are open.
    public var connectionCount: Int { connections.count }

    /// Closes the connections to other nodes than this one, whose requests then fail: for when another node leads.
    /// Connections that are about to be made are not closed.
    public func closeConnections(allBut peer: Peer?) { connections.close(allBut: peer?.address) }

    /// Closes all connections; later ones fail. Returns when they are closed.
    public func close() async { await connections.closeAll() }

    /// Receives the leader's bursts and notices until the connection ends. Returns when the leader ends it, and when
    /// the task is cancelled.
    ///
    /// - Parameters:
    ///   - after: the newest position that this node has.
    ///   - handle: called for each of them in order, on an event loop of the group: it should not block for long.
    /// - Throws: `LinkError` when there is no connection, when it breaks, and when the leader is silent for 1.5 s.
    public func follow(
        _ peer: Peer, after: Int64, _ handle: @escaping @Sendable (LinkMessage) -> Void
    ) async throws(LinkError) {
        let outcome = FrameReceiver.Outcome()
        let purpose = Purpose.follow(node: node, after: after)
        do {
            let channel = try await open(peer, purpose, on: group.next()) { channel in
                try channel.pipeline.syncOperations.addHandler(FrameReceiver(peer, outcome, handle))
            }.get()
            await withTaskCancellationHandler {
                try? await channel.closeFuture.get()
            } onCancel: {
                channel.close(promise: nil)
            }
        } catch { throw .connecting(to: peer, error) }
        if let error = outcome.value, !Task.isCancelled { throw error }
    }

    /// Says to another node that this one leads, since an epoch of the log.
    ///
    /// - Parameter own: this node.
    /// - Throws: `LinkError` when the other one has not heard it.
    public func say(_ own: Peer, leads epoch: Int64, to peer: Peer) async throws(LinkError) {
        do {
            let channel = try await open(peer, .leader(own, epoch: epoch), on: group.next()) { _ in }.get()
            try? await channel.close()
        } catch { throw .connecting(to: peer, error) }
    }

    /// Joins a local connection with the leader's events: what was read from it, and everything after that, goes to
    /// the leader, and the leader's replies come back.
    ///
    /// - Parameters:
    ///   - channel: accepted on `events.sock`, and active; its handlers must neither read nor write any more. Its loop
    ///     runs the link too.
    ///   - source: the default source of its events.
    ///   - read: what was read from it and is to be sent first.
    /// - Returns: succeeds when both connections have ended; both are closed when either is. Fails with a `LinkError`
    ///   when the leader cannot be reached or does not lead; the local connection is then closed.
    public func carryEvents(
        _ channel: any Channel, source: String?, read: ByteBuffer, to peer: Peer
    ) -> EventLoopFuture<Void> {
        let loop = channel.eventLoop
        let prepared = loop.submit {
            // In place at once, so that nothing is lost that arrives while the leader is being reached.
            try channel.syncOptions?.setOption(.autoRead, value: false)
            try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
            try channel.pipeline.syncOperations.addHandler(PipeHandler())
        }
        let opened = prepared.flatMap {
            self.open(peer, .events(source: source), on: loop) { link in
                let far = PipeHandler()
                try link.pipeline.syncOperations.addHandler(far)
                let near = try channel.pipeline.syncOperations.handler(type: PipeHandler.self)
                if read.readableBytes > 0 { far.write(read) }
                PipeHandler.join(near, far)
            }
        }
        opened.whenFailure { _ in channel.close(promise: nil) }
        return opened.flatMapErrorThrowing { throw LinkError.connecting(to: peer, $0) }
            .flatMap { $0.closeFuture }.flatMap { channel.closeFuture }
    }

    // MARK: Connecting

    /// Makes a connection for a purpose.
    ///
    /// - Parameters:
    ///   - loop: runs the connection.
    ///   - setUp: adds the handlers that are to read what comes behind the answer; on the loop.
    /// - Returns: fails with a `LinkError`.
    func open(
        _ peer: Peer, _ purpose: Purpose, on loop: any EventLoop,
        _ setUp: @escaping @Sendable (any Channel) throws -> Void
    ) -> EventLoopFuture<any Channel> {
        do {
            let at = try HostPort(peer.address), tls = try tls.get()
            let isFollowing = if case .follow = purpose { true } else { false }
            let unacknowledgedMs = isFollowing ? LinkLimits.followUnacknowledgedMs : LinkLimits.unacknowledgedMs
            let greeted = loop.makePromise(of: Void.self)
            let bootstrap = ClientBootstrap(group: loop)
                .connectTimeout(LinkLimits.connectTimeout)
                .channelOption(.autoRead, value: false)
                .channelOption(.allowRemoteHalfClosure, value: true)
                .channelOption(.writeBufferWaterMark, value: LinkOptions.waterMark)
                .channelInitializer { [connections] channel in
                    guard connections.add(channel, address: peer.address, isOpen: true) else {
                        return channel.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
                    }
                    return LinkOptions.apply(to: channel, unacknowledgedMs: unacknowledgedMs).flatMapThrowing {
                        let pipeline = channel.pipeline.syncOperations
                        try pipeline.addHandler(LastWritesHandler())
                        try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: nil))
                        try pipeline.addHandler(GreetingHandler(peer, purpose, greeted))
                    }
                }
            let connected =
                at.literal.map { bootstrap.connect(to: $0) } ?? bootstrap.connect(host: at.host, port: at.port)
            // The handler ends the promise, but not where there is no handler.
            connected.cascadeFailure(to: greeted)
            return connected.flatMap { channel in
                greeted.futureResult.flatMapThrowing {
                    let pipeline = channel.pipeline.syncOperations
                    do {
                        try setUp(channel)
                        let context = try pipeline.context(handlerType: GreetingHandler.self)
                        pipeline.removeHandler(context: context, promise: nil)
                    } catch {
                        channel.close(promise: nil)
                        throw error
                    }
                    return channel
                }
            }.flatMapErrorThrowing { throw LinkError.connecting(to: peer, $0) }
        } catch { return loop.makeFailedFuture(LinkError.connecting(to: peer, error)) }
    }

    /// Makes a connection whose parts are read one at a time. It may be closed at any moment, also while it is made:
    /// its reader is kept from the start, and not looked up later.
    ///
    /// - Parameters:
    ///   - setUp: adds the handlers that make the parts of the bytes.
    /// - Throws: `LinkError`.
    func open<Part: Sendable>(
        _ peer: Peer, _ purpose: Purpose, of: Part.Type,
        _ setUp: @escaping @Sendable (any Channel) throws -> Void = { _ in }
    ) async throws -> (channel: any Channel, parts: NIOLoopBound<PullHandler<Part>>) {
        let loop = group.next(), reader = loop.makePromise(of: NIOLoopBound<PullHandler<Part>>.self)
        let opened = open(peer, purpose, on: loop) { channel in
            try setUp(channel)
            let handler = PullHandler<Part>(peer, on: loop)
            try channel.pipeline.syncOperations.addHandler(handler)
            reader.succeed(NIOLoopBound(handler, eventLoop: loop))
        }
        // Without effect where it was there before the connection failed.
        opened.cascadeFailure(to: reader)
        return (try await opened.get(), try await reader.futureResult.get())
    }
}
