import NIOCore

/// Closes a connection only when everything that was written to it has been handed to the kernel. Below TLS.
///
/// TLS writes the end of its side and closes the channel in one step, and SwiftNIO drops what the socket has no room
/// for at that moment. The other side would then have every byte but the end, and has to count the answer as cut. A
/// reader that receives nothing ends the wait by `TCP_USER_TIMEOUT` (`LinkLimits.unacknowledgedMs`).
final class LastWritesHandler: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Writes that were not done yet.
    private var writing = 0
    /// Who closes, while there are such writes.
    private var closing: [EventLoopPromise<Void>?] = []

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let written = promise ?? context.eventLoop.makePromise(of: Void.self)
        writing += 1
        let here = NIOLoopBound(context, eventLoop: context.eventLoop)
        written.futureResult.assumeIsolated().whenComplete { _ in
            self.writing -= 1
            if self.writing == 0 { self.closeIfAsked(here.value) }
        }
        context.write(data, promise: written)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .all, writing > 0 else { return context.close(mode: mode, promise: promise) }
        closing.append(promise)
    }

    private func closeIfAsked(_ context: ChannelHandlerContext) {
        let asked = closing
        closing = []
        for promise in asked { context.close(promise: promise) }
    }
}
