import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS

/// The server's side of a connection's beginning: waits for the handshake and the first line, answers it, and puts the
/// handlers for its purpose in its place.
///
/// What comes behind the line is held until then, and passed on.
final class OpeningHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State { case handshake, line, decided }

    private let shared: LinkServer.Shared
    private var state = State.handshake
    private var held = ByteBuffer()
    private var inputHasEnded = false
    private var timeout: Scheduled<Void>?

    init(_ shared: LinkServer.Shared) { self.shared = shared }

    func channelActive(context: ChannelHandlerContext) {
        close(context, in: LinkLimits.handshakeTimeout)
        context.fireChannelActive()
        context.read()
    }

    private func close(_ context: ChannelHandlerContext, in time: TimeAmount) {
        timeout?.cancel()
        let here = NIOLoopBound(context, eventLoop: context.eventLoop)
        timeout = context.eventLoop.scheduleTask(in: time) { here.value.close(promise: nil) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case TLSUserEvent.handshakeCompleted where state == .handshake:
            state = .line
            close(context, in: LinkLimits.lineTimeout)
        case ChannelEvent.inputClosed:
            inputHasEnded = true
            if state != .decided { context.close(promise: nil) }
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        if held.readableBytes == 0 { held = buffer } else { held.writeBuffer(&buffer) }
        guard state == .line else { return }
        let view = held.readableBytesView
        guard let newline = view.firstIndex(of: 0x0A) else {
            if view.count > LinkLimits.lineBytesMax { refuse("malformed", context) }
            return
        }
        let line = view[..<newline]
        held.moveReaderIndex(to: newline + 1)
        do throws(Purpose.Fault) { decide(try Purpose(line: line), context) } catch {
            refuse(error.rawValue, context)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) { if state != .decided { context.read() } }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A probe of the port alone says nothing; who has another secret gets further.
        let isProbe = "\(error)".contains("EOF during handshake")
        if state == .handshake, !isProbe, shared.warnings.mayWarn() {
            let from = context.remoteAddress?.ipAddress ?? "an unknown address"
            shared.logger.warning(
                "a connection for other nodes failed: is the secret the same on every node?",
                metadata: ["FROM": "\(from)", "ERROR": "\(error)"])
        }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timeout?.cancel()
        context.fireChannelInactive()
    }

    // MARK: The purpose

    private func decide(_ purpose: Purpose, _ context: ChannelHandlerContext) {
        state = .decided
        timeout?.cancel()
        guard shared.connections.opened(context.channel) else { return refuse("busy", context) }
        switch purpose {
        // For any node.
        case .snapshot, .leader: break
        case .follow, .api, .events:
            if case .other(let node) = shared.parts.leader() { return refuse("not_leader", leader: node, context) }
        }
        switch purpose {
        case .follow(let node, let after): follow(node, after, context)
        case .api(let isLocal): connect(isLocal: isLocal, context)
        case .events(let source): events(source, context)
        case .snapshot: snapshot(context)
        case .leader(let peer, let epoch):
            shared.parts.leaderSaid(peer, epoch)
            hand(to: DrainHandler(), context)
        }
    }

    private func refuse(_ code: String, leader: String? = nil, _ context: ChannelHandlerContext) {
        state = .decided
        timeout?.cancel()
        let here = NIOLoopBound(context, eventLoop: context.eventLoop)
        answer(.no(code, leader: leader), context).whenComplete { _ in here.value.close(promise: nil) }
        // The other side's end of TLS.
        context.read()
    }

    @discardableResult
    private func answer(_ answer: LinkAnswer, _ context: ChannelHandlerContext) -> EventLoopFuture<Void> {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: answer.line)))
    }

    /// Says yes and hands the connection over to a handler.
    private func hand(to handler: some ChannelHandler, _ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        answer(.yes, context)
        do { try context.pipeline.syncOperations.addHandler(handler, position: .after(self)) } catch {
            return context.close(promise: nil)
        }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    func removeHandler(context: ChannelHandlerContext, removalToken: ChannelHandlerContext.RemovalToken) {
        if held.readableBytes > 0 {
            context.fireChannelRead(wrapInboundOut(held))
            context.fireChannelReadComplete()
        }
        if inputHasEnded { context.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
        context.leavePipeline(removalToken: removalToken)
    }

    private func follow(_ node: String, _ after: Int64, _ context: ChannelHandlerContext) {
        // Refused where the connection has gone already, which nobody needs to know.
        _ = context.channel.setOption(LinkOptions.userTimeout, value: LinkLimits.followUnacknowledgedMs)
        hand(to: FeedHandler(shared.parts.follow(node, after)), context)
    }

    private func snapshot(_ context: ChannelHandlerContext) {
        hand(to: DrainHandler(), context)
        let sender = SnapshotSender(channel: context.channel, snapshot: shared.parts.snapshot, logger: shared.logger)
        Task { await sender.run() }
    }

    // MARK: Pipes

    private func connect(isLocal: Bool, _ context: ChannelHandlerContext) {
        let bootstrap = OpeningHandler.pipeBootstrap(context.eventLoop)
        if isLocal { return pipe(bootstrap.connect(unixDomainSocketPath: shared.parts.localAPI), context) }
        guard let (host, port) = shared.parts.networkAPI() else { return refuse("unavailable", context) }
        let carried = shared.carried
        let connected = bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1).connect(host: host, port: port)
        pipe(connected.map { channel in carried.add(channel); return channel }, context)
    }

    /// A pair of sockets: its one end is the connection for the engine, on the engine's loop; to the other end this
    /// connection's bytes are piped. So the engine's loop does no TLS, and sees a connection like any other.
    private func events(_ source: String?, _ context: ChannelHandlerContext) {
        guard let (near, far) = SocketPair.make() else { return refuse("unavailable", context) }
        let parts = shared.parts, here = context.eventLoop
        let theirs = ClientBootstrap(group: shared.loop)
            .channelOption(.autoRead, value: false)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 65_536))
            .channelOption(.writeBufferWaterMark, value: .init(low: 64 << 10, high: 1 << 20))
            .channelInitializer { parts.events($0, source) }
            .withConnectedSocket(far)
        let connected = theirs.hop(to: here).flatMapErrorThrowing { error in
            SocketPair.close(near)
            throw error
        }.flatMap { _ in OpeningHandler.pipeBootstrap(here).withConnectedSocket(near) }
        pipe(connected, context)
    }

    private static func pipeBootstrap(_ loop: any EventLoop) -> ClientBootstrap {
        ClientBootstrap(group: loop)
            .connectTimeout(LinkLimits.ownConnectTimeout)
            .channelOption(.autoRead, value: false)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.writeBufferWaterMark, value: LinkOptions.waterMark)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(PipeHandler())
                }
            }
    }

    /// Pipes this connection to another on the same loop, which has a `PipeHandler` already.
    private func pipe(_ connected: EventLoopFuture<any Channel>, _ context: ChannelHandlerContext) {
        connected.hop(to: context.eventLoop).assumeIsolated().whenComplete { [self] result in
            guard case .success(let other) = result,
                let far = try? other.pipeline.syncOperations.handler(type: PipeHandler.self)
            else {
                if case .failure(let error) = result {
                    shared.logger.warning("a link's connection within this node failed: \(LinkError.reason(error))")
                }
                if context.channel.isActive { refuse("unavailable", context) }
                return
            }
            guard context.channel.isActive else { return other.close(promise: nil) }
            let near = PipeHandler()
            hand(to: near, context)
            PipeHandler.join(near, far)
        }
    }
}
