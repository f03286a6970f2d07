import NIOCore

/// Closes a connection only when everything that was written to it has been handed to the kernel. Below TLS.
///
/// TLS writes the end of its side and closes the channel in one step, and SwiftNIO drops what the socket has no room
/// for at that moment. The other side would then have every byte but the end, and has to count the answer as cut. A
/// reader that receives nothing ends the wait by `TCP_USER_TIMEOUT` (`LinkLimits.unacknowledgedMs`).
final class LastWritesHandler: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var context: ChannelHandlerContext?
    /// Writes that were not done yet.
    private var writing = 0
    /// What closes the connection when they are; nil as long as nobody has asked for that.
    private var closing: EventLoopPromise<Void>?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let written = promise ?? context.eventLoop.makePromise(of: Void.self)
        writing += 1
        written.futureResult.assumeIsolated().whenComplete { _ in self.writeIsDone() }
        context.write(data, promise: written)
    }

    /// The end of output alone needs no waiting: SwiftNIO does that behind the writes.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .all, writing > 0 else { return context.close(mode: mode, promise: promise) }
        let asked = closing ?? context.eventLoop.makePromise(of: Void.self)
        closing = asked
        asked.futureResult.cascade(to: promise)
    }

    private func writeIsDone() {
        writing -= 1
        guard writing == 0, let asked = closing else { return }
        closing = nil
        // Without a context the connection has broken, and is closed.
        if let context { context.close(promise: asked) } else { asked.succeed() }
    }
}
