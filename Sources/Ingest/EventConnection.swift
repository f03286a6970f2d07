import CUnixSocket
import CallCenter
import Engine
import EventWire
import NIOCore
import NIOPosix

/// One client of the event socket: reads and decodes its lines, hands a batch a read to the engine, and writes the
/// replies in their order.
///
/// A client that does not read its replies is not read from either: while replies are owed beyond `owedMax`, or the
/// engine's mailbox is full, the socket is left alone and the kernel makes the client wait.
final class EventConnection: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Batches whose replies are owed at most; a batch is what one read brought, 64 KiB at most.
    static let owedMax = 64
    /// Bytes of a read that are decoded on the engine's thread, which this one is: handing them on would take longer. A
    /// read of more is part of a storm; it is decoded and its callers are looked up beside that thread, so that both
    /// cores work.
    static let decodedHereMax = 8 << 10

    /// Decode what is part of a storm; for PBXs alone, so that no import and no request takes their turn.
    private static let decoders: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 2)
        pool.start()
        return pool
    }()

    private let parts: EventSocket.Parts
    private let rules: PeerRules
    /// nil until the client is known, and while a read is decoded beside this thread.
    private var reader: LineReader?
    /// Read, and not decoded yet.
    private var unread: [ByteBuffer] = []
    /// Decoded, and did not fit the mailbox yet.
    private var held: [EventBatch] = []
    private var isRetrying = false
    private var owed = 0
    private var input = Input.open
    /// Nothing was read yet: the first line may make this a connection for orders.
    private var isNew = true

    private enum Input { case open, closed, finished }

    init(_ parts: EventSocket.Parts) {
        self.parts = parts
        rules = parts.rules()
    }

    func channelActive(context: ChannelHandlerContext) {
        let peer =
            (context.channel as? any SocketOptionProvider)?
            .unsafeGetSocketOption(level: .init(rawValue: 1), name: .init(rawValue: 17)) as EventLoopFuture<unix_peer>?
        var user = UInt32.max, group = UInt32.max
        // SOL_SOCKET and SO_PEERCRED. The future of a socket on its own event loop is there at once.
        peer?.assumeIsolated().whenSuccess { (user, group) = ($0.uid, $0.gid) }
        reader = LineReader(rules: rules, user: user, group: group)
        parts.connections.begin()
        context.fireChannelActive()
        context.read()
    }

    func channelInactive(context: ChannelHandlerContext) {
        parts.connections.end()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        if isNew {
            isNew = false
            if takesOrders(buffer, context) { return }
        }
        unread.append(buffer)
        decode(context)
    }

    /// Hands the connection over when its first line says that it takes orders (`OrderConnection`).
    private func takesOrders(_ buffer: ByteBuffer, _ context: ChannelHandlerContext) -> Bool {
        let length =
            buffer.readableBytesView.firstIndex(of: UInt8(ascii: "\n")).map { $0 - buffer.readerIndex }
            ?? buffer.readableBytes
        guard length < 512,
            case .takesOrders(let named)? = buffer.withUnsafeReadableBytes({
                OrderLine.read(UnsafeRawBufferPointer(rebasing: $0[..<length]))
            }),
            let source = reader?.sourceOfOrders(named)
        else { return false }
        let taker = OrderConnection(parts.orders, source: source, channel: context.channel)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "{\"ok\":true}\n")), promise: nil)
        if let rest = buffer.getSlice(at: buffer.readerIndex + length, length: buffer.readableBytes - length) {
            taker.take(rest)
        }
        parts.connections.end()
        do { try context.pipeline.syncOperations.addHandler(taker, position: .after(self)) } catch {
            preconditionFailure("this handler is in the pipeline: \(error)")
        }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
        return true
    }

    func channelReadComplete(context: ChannelHandlerContext) { readOn(context) }

    private func readOn(_ context: ChannelHandlerContext) {
        guard input == .open, reader != nil, held.isEmpty, owed < EventConnection.owedMax, context.channel.isWritable
        else { return }
        context.read()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) { readOn(context) }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed? = event as? ChannelEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        input = .closed
        decode(context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    // MARK: Lines

    /// Decodes what was read, in its order.
    private func decode(_ context: ChannelHandlerContext) {
        while var reader = self.reader, !unread.isEmpty {
            self.reader = nil
            let buffer = unread.removeFirst()
            var batch = newBatch(context)
            guard buffer.readableBytes <= EventConnection.decodedHereMax else {
                return decodeBeside(buffer, reader, batch, context)
            }
            buffer.withUnsafeReadableBytes { reader.read($0, into: &batch) }
            self.reader = reader
            submit(batch, context)
        }
        guard input == .closed, var reader = self.reader else { return }
        input = .finished
        var batch = newBatch(context)
        reader.finish(into: &batch)
        submit(batch, context)
        closeWhenDone(context)
    }

    private func decodeBeside(
        _ buffer: ByteBuffer, _ reader: LineReader, _ batch: EventBatch, _ context: ChannelHandlerContext
    ) {
        let here = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let loop = context.eventLoop
        EventConnection.decoders.submit { [parts] _ in
            var reader = reader, batch = batch
            buffer.withUnsafeReadableBytes { reader.read($0, into: &batch, lookup: parts.lookup) }
            parts.rest()
            loop.execute { [reader, batch] in
                let (connection, context) = here.value
                connection.reader = reader
                connection.submit(batch, context)
                connection.decode(context)
                connection.readOn(context)
            }
        }
    }

    private func newBatch(_ context: ChannelHandlerContext) -> EventBatch {
        let loop = context.eventLoop
        let here = NIOLoopBound((self, context), eventLoop: loop)
        return EventBatch(readAt: parts.clock()) { replies in
            loop.execute {
                let (connection, context) = here.value
                connection.write(replies, context)
            }
        }
    }

    // MARK: Replies

    private func submit(_ batch: EventBatch, _ context: ChannelHandlerContext) {
        if batch.items.isEmpty { return }
        held.append(batch)
        submitHeld(context)
    }

    /// Hands on as much as the engine takes, and tries again in a moment if that is not all.
    private func submitHeld(_ context: ChannelHandlerContext) {
        while let batch = held.first, parts.engine.submit(batch) {
            held.removeFirst()
            owed += 1
        }
        guard !held.isEmpty, !isRetrying else { return }
        isRetrying = true
        let here = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: .milliseconds(5)) {
            let (connection, context) = here.value
            connection.isRetrying = false
            guard context.channel.isActive else { return }
            connection.submitHeld(context)
            connection.readOn(context)
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
        guard input == .finished, owed == 0, held.isEmpty else { return }
        let here = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(capacity: 0))).whenComplete { _ in
            here.value.close(promise: nil)
        }
    }
}
