import CallCenter
import Engine
import EventWire
import NIOCore
import NIOPosix

/// One client of the event socket: reads and decodes its lines, submits the batch of each read to the engine, and
/// writes the replies in order.
///
/// Backpressure: while more than `owedMax` batches have no reply yet, or the engine's mailbox is full, nothing is read
/// from the socket, and the kernel makes the client wait.
final class EventConnection: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Maximum of batches without a reply; a batch is what one read brought, 64 KiB at most.
    static let owedMax = 64
    /// Reads up to this size are decoded on this thread, the engine's: another thread would take longer. A larger read
    /// is a sign of high load; it is decoded, and its callers are looked up, on other threads, so that both cores work.
    static let decodedHereMax = 8 << 10

    /// Threads for large reads; for PBXs alone, so that no import and no request delays them.
    private static let decoders: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 2)
        pool.start()
        return pool
    }()

    private let parts: EventSocket.Parts
    private let rules: PeerRules
    /// nil until the client is known, and while a read is being decoded on another thread.
    private var reader: LineReader?
    /// Read, and not decoded yet.
    private var unread: [ByteBuffer] = []
    /// Decoded batches that wait for room in the mailbox.
    private var held: [EventBatch] = []
    /// Decoded batches behind one whose callers are being looked up elsewhere, in their order. Each waits for its own
    /// look-up from the moment it was read, and not for those before it.
    private var looking: [Looking] = []
    private var lookings = 0

    private struct Looking {
        var number: Int
        var batch: EventBatch
        var isReady: Bool
    }
    private var isRetrying = false
    private var owed = 0
    private var input = Input.open
    /// The bytes of an incomplete first line, which may make this a connection for orders; nil once that is decided.
    private var firstLine: FirstLine? = FirstLine()
    /// The connection is included in `ConnectionCount`.
    private var isCounted = false

    private enum Input { case open, closed, finished }

    init(_ parts: EventSocket.Parts) {
        self.parts = parts
        rules = parts.rules()
    }

    /// A connection that another node has carried here is active already.
    func handlerAdded(context: ChannelHandlerContext) { if context.channel.isActive { begin(context) } }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    private func begin(_ context: ChannelHandlerContext) {
        let peer = parts.peer(context.channel)
        reader = LineReader(rules: rules, user: peer.user, group: peer.group)
        isCounted = parts.connections.begin()
        if isCounted { return context.read() }
        refuse(
            "\(parts.connections.most) connections push events already; send over one of them, or close some.", context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        endCounting()
        context.fireChannelInactive()
    }

    private func endCounting() {
        if isCounted { parts.connections.end() }
        isCounted = false
    }

    /// Too many connections: writes the reason, and closes this one.
    private func refuse(_ reason: String, _ context: ChannelHandlerContext) {
        input = .finished
        var out = ByteBuilder(capacity: 256)
        ReplyEncoder.error(WireError(.unavailable, message: reason), into: &out)
        let here = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: out.bytes))).whenComplete { _ in
            here.value.close(promise: nil)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        guard var line = firstLine else { return read(buffer, context) }
        firstLine = nil
        switch line.append(buffer) {
        case .undecided: firstLine = line
        case .events(let all): read(all, context)
        case .orders(let named, let all, let rest):
            if let source = reader?.sourceOfOrders(named) {
                switchToOrders(for: source, rest, context)
            } else {
                read(all, context)
            }
        }
    }

    private func read(_ buffer: ByteBuffer, _ context: ChannelHandlerContext) {
        unread.append(buffer)
        decode(context)
    }

    /// Passes the connection to an `OrderConnection`, as its first line opened one for orders.
    private func switchToOrders(for source: String, _ rest: ByteBuffer, _ context: ChannelHandlerContext) {
        guard parts.orders.admits() else {
            return refuse(
                "\(parts.orders.most) connections take orders already; close some, and open this one again.", context)
        }
        let orders = OrderConnection(parts.orders, source: source, channel: context.channel)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "{\"ok\":true}\n")), promise: nil)
        orders.receive(rest)
        endCounting()
        do { try context.pipeline.syncOperations.addHandler(orders, position: .after(self)) } catch {
            preconditionFailure("this handler is in the pipeline: \(error)")
        }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) { readOn(context) }

    private func readOn(_ context: ChannelHandlerContext) {
        guard input == .open, reader != nil, held.isEmpty, owed + looking.count < EventConnection.owedMax,
            context.channel.isWritable
        else { return }
        context.read()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) { readOn(context) }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed? = event as? ChannelEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        input = .closed
        if var line = firstLine.take(), case .events(let all) = line.end() { unread.append(all) }
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
        return EventBatch(readAt: parts.clock(), sender: ObjectIdentifier(self)) { replies in
            loop.execute {
                let (connection, context) = here.value
                connection.write(replies, context)
            }
        }
    }

    // MARK: Replies

    private func submit(_ batch: EventBatch, _ context: ChannelHandlerContext) {
        if batch.items.isEmpty { return }
        guard let waiting = parts.waiting else {
            held.append(batch)
            return submitHeld(context)
        }
        lookings += 1
        let number = lookings
        let here = NIOLoopBound((self, context), eventLoop: context.eventLoop), loop = context.eventLoop
        let waits = waiting(batch) { batch in
            loop.execute {
                let (connection, context) = here.value
                connection.lookedUp(batch, number, context)
            }
        }
        looking.append(Looking(number: number, batch: batch, isReady: !waits))
        submitLooked(context)
    }

    /// A batch has waited for its callers.
    private func lookedUp(_ batch: EventBatch, _ number: Int, _ context: ChannelHandlerContext) {
        guard let i = looking.firstIndex(where: { $0.number == number }) else { return }
        looking[i].batch = batch
        looking[i].isReady = true
        submitLooked(context)
        closeWhenDone(context)
        readOn(context)
    }

    private func submitLooked(_ context: ChannelHandlerContext) {
        let ready = looking.prefix { $0.isReady }
        guard !ready.isEmpty else { return }
        held += ready.map(\.batch)
        looking.removeFirst(ready.count)
        submitHeld(context)
    }

    /// Submits as many batches as the engine accepts, and retries the rest a moment later.
    private func submitHeld(_ context: ChannelHandlerContext) {
        while let batch = held.first, parts.submit(batch) {
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
        guard input == .finished, owed == 0, held.isEmpty, looking.isEmpty else { return }
        let here = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(capacity: 0))).whenComplete { _ in
            here.value.close(promise: nil)
        }
    }
}
