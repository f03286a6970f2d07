import CUnixSocket
import CallCenter
import Engine
import EventWire
import NIOCore

/// One client of the event socket: frames lines, decodes them, hands a batch a read to the engine, and writes the replies in their order.
///
/// A client that does not read its replies is not read from either: while replies are owed beyond `owedMax`, or the engine's mailbox is full,
/// the socket is left alone and the kernel makes the client wait.
final class EventConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Batches whose replies are owed at most; a batch is what one read brought, 64 KiB at most.
    static let owedMax = 64
    /// Events that the engine is given at once: it works on the first of a read while this thread still decodes the rest.
    static let batchMax = 64

    private let engine: Engine
    private let rules: PeerRules
    private let clock: @Sendable () -> Timestamp
    private let lookup: @Sendable (Centre.LookupQuestion) -> Lookup?
    private let rest: @Sendable () -> Void
    private let connections: ConnectionCount
    private var framer = LineFramer()
    private var user: UInt32 = .max
    private var isAllowed = false
    private var source = "default"
    private var owed = 0
    private var inputIsClosed = false
    /// Did not fit the mailbox.
    private var held: EventBatch?

    init(_ parts: EventSocket.Parts) {
        engine = parts.engine
        rules = parts.rules()
        clock = parts.clock
        lookup = parts.lookup
        rest = parts.rest
        connections = parts.connections
    }

    func channelActive(context: ChannelHandlerContext) {
        let peer = (context.channel as? any SocketOptionProvider)?
            .unsafeGetSocketOption(level: .init(rawValue: 1), name: .init(rawValue: 17)) as EventLoopFuture<unix_peer>?
        // SOL_SOCKET and SO_PEERCRED. The future of a socket on its own event loop is there at once.
        peer?.assumeIsolated().whenSuccess { peer in
            self.user = peer.uid
            self.isAllowed = self.rules.mayPush(user: peer.uid, group: peer.gid)
            self.source = self.rules.source(of: peer.uid)
        }
        connections.begin()
        context.fireChannelActive()
        context.read()
    }

    func channelInactive(context: ChannelHandlerContext) {
        connections.end()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        var batch = newBatch(context)
        buffer.withUnsafeReadableBytes { bytes in
            framer.feed(bytes) { line in
                take(line, into: &batch)
                guard batch.items.count >= EventConnection.batchMax, held == nil else { return }
                submit(batch, context)
                batch = newBatch(context)
            }
        }
        rest()
        submit(batch, context)
    }

    func channelReadComplete(context: ChannelHandlerContext) { readOn(context) }

    private func readOn(_ context: ChannelHandlerContext) {
        if !inputIsClosed, held == nil, owed < EventConnection.owedMax, context.channel.isWritable { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) { readOn(context) }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed? = event as? ChannelEvent else { return context.fireUserInboundEventTriggered(event) }
        inputIsClosed = true
        var batch = newBatch(context)
        framer.finish { take($0, into: &batch) }
        rest()
        submit(batch, context)
        closeWhenDone(context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    // MARK: Lines

    private func newBatch(_ context: ChannelHandlerContext) -> EventBatch {
        let loop = context.eventLoop
        let here = NIOLoopBound((self, context), eventLoop: loop)
        return EventBatch(readAt: clock()) { replies in
            loop.execute {
                let (connection, context) = here.value
                connection.write(replies, context)
            }
        }
    }

    private func take(_ line: LineFramer.Line, into batch: inout EventBatch) {
        batch.take(line, defaultSource: source, refusal: refusal, lookup: lookup)
    }

    private func refusal(_ decoded: DecodedEvent) -> WireError? {
        if case .ping = decoded.event.body { return nil }
        if !isAllowed {
            return WireError(
                .forbidden, message: "This user may not push events; name it under [ingest] allow_users in the configuration.",
                id: decoded.event.id, call: decoded.call)
        }
        if !rules.mayName(decoded.event.source, user: user) {
            return WireError(
                .forbidden, field: "source", message: "This user pushes for its own source alone; see [ingest.sources] in the configuration.",
                id: decoded.event.id, call: decoded.call)
        }
        return nil
    }

    // MARK: Replies

    private func submit(_ batch: EventBatch, _ context: ChannelHandlerContext) {
        guard !batch.items.isEmpty else { return }
        if engine.submit(batch) {
            owed += 1
        } else {
            held = batch
            let here = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            context.eventLoop.scheduleTask(in: .milliseconds(5)) {
                let (connection, context) = here.value
                guard context.channel.isActive, let held = connection.held else { return }
                connection.held = nil
                connection.submit(held, context)
                connection.readOn(context)
            }
        }
    }

    private func write(_ replies: ByteBuilder, _ context: ChannelHandlerContext) {
        owed -= 1
        guard context.channel.isActive else { return }
        var buffer = context.channel.allocator.buffer(capacity: replies.count)
        replies.withUnsafeBytes { _ = buffer.writeBytes($0) }
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        closeWhenDone(context)
        readOn(context)
    }

    /// protocol.md: "Closing the write side is fine: the replies still owed are sent before the daemon closes."
    private func closeWhenDone(_ context: ChannelHandlerContext) {
        guard inputIsClosed, owed == 0, held == nil else { return }
        let here = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(capacity: 0))).whenComplete { _ in here.value.close(promise: nil) }
    }
}
