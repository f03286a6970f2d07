import NIOCore

/// Parts that a connection receives, one at a time, as somebody asks for them: nothing is read otherwise.
///
/// Everything here is to be called on the channel's loop.
final class PullHandler<Part: Sendable>: ChannelInboundHandler {
    typealias InboundIn = Part

    private let peer: Peer
    private var context: ChannelHandlerContext?
    private let loop: any EventLoop
    private var parts = CircularBuffer<Part>()
    private var waiter: EventLoopPromise<Part?>?
    private var failure: LinkError?
    private var hasEnded = false
    /// Set while nobody uses the connection: it is then closed by whatever arrives, and after a time.
    private var idle: Scheduled<Void>?

    /// - Parameter loop: the channel's.
    init(_ peer: Peer, on loop: any EventLoop) {
        self.peer = peer
        self.loop = loop
    }

    /// The next part, also of a connection that has ended meanwhile; nil at the end. Fails with a `LinkError`.
    func next() -> EventLoopFuture<Part?> {
        if let part = parts.popFirst() { return loop.makeSucceededFuture(part) }
        if let failure { return loop.makeFailedFuture(failure) }
        guard let context, !hasEnded else { return loop.makeSucceededFuture(nil) }
        let promise = loop.makePromise(of: Part?.self)
        waiter = promise
        context.read()
        return promise.futureResult
    }

    /// Nobody uses the connection for now.
    func rest() {
        guard let context, !hasEnded, parts.isEmpty else { context?.close(promise: nil); return }
        let here = NIOLoopBound(context, eventLoop: context.eventLoop)
        idle = context.eventLoop.scheduleTask(in: LinkLimits.idleTimeout) { here.value.close(promise: nil) }
        // Notices the other side's end.
        context.read()
    }

    /// Somebody uses the connection again.
    ///
    /// - Returns: false when it has ended.
    func resume() -> Bool {
        idle?.cancel()
        idle = nil
        return !hasEnded && failure == nil && context?.channel.isActive ?? false
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        end(context)
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if idle != nil { return context.close(promise: nil) }
        let part = unwrapInboundIn(data)
        if let waiter {
            self.waiter = nil
            waiter.succeed(part)
        } else {
            parts.append(part)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) { if waiter != nil { context.read() } }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed? = event as? ChannelEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        end(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(context)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failure = failure ?? .ended(peer, reason: LinkError.reason(error))
        end(context)
        context.close(promise: nil)
    }

    private func end(_ context: ChannelHandlerContext) {
        hasEnded = true
        idle?.cancel()
        if idle != nil { context.close(promise: nil) }
        idle = nil
        guard let waiter else { return }
        self.waiter = nil
        if let failure { waiter.fail(failure) } else { waiter.succeed(nil) }
    }
}
