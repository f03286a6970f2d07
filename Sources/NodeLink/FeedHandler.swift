import NIOCore

/// Sends what a feed holds to a follower, while the connection has room, and a keepalive when nothing else was sent.
final class FeedHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let feed: Feed
    private var ticks: RepeatedTask?
    private var hasSent = false
    private var isEnding = false

    init(_ feed: Feed) { self.feed = feed }

    func handlerAdded(context: ChannelHandlerContext) {
        let here = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        ticks = context.eventLoop.scheduleRepeatedTask(
            initialDelay: LinkLimits.keepalive, delay: LinkLimits.keepalive
        ) { _ in here.value.0.tick(here.value.1) }
        send(context)
        context.read()
    }

    func handlerRemoved(context: ChannelHandlerContext) { stop() }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    private func stop() {
        ticks?.cancel()
        ticks = nil
        feed.abandon()
    }

    /// A follower has nothing to say; it is read so that its end is noticed.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}
    func channelReadComplete(context: ChannelHandlerContext) { context.read() }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        send(context)
        context.fireChannelWritabilityChanged()
    }

    private func tick(_ context: ChannelHandlerContext) {
        defer { hasSent = false }
        guard !hasSent, !isEnding, context.channel.isWritable else { return }
        var out = context.channel.allocator.buffer(capacity: 8)
        LinkMessage.keepalive.write(into: &out)
        context.writeAndFlush(wrapOutboundOut(out), promise: nil)
    }

    private func send(_ context: ChannelHandlerContext) {
        let here = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        while !isEnding, context.channel.isActive, context.channel.isWritable {
            let (frames, end) = feed.next(upTo: LinkLimits.writeBytesMax) {
                here.eventLoop.execute { here.value.0.send(here.value.1) }
            }
            if frames.isEmpty {
                switch end {
                case nil: return
                case .finished: finish(context)
                case .overfull, .abandoned:
                    isEnding = true
                    context.close(promise: nil)
                }
                return
            }
            var out = context.channel.allocator.buffer(capacity: frames.reduce(0) { $0 + $1.byteCount })
            for frame in frames { frame.write(into: &out) }
            hasSent = true
            context.writeAndFlush(wrapOutboundOut(out), promise: nil)
        }
    }

    /// Closes when everything was written.
    private func finish(_ context: ChannelHandlerContext) {
        isEnding = true
        var out = context.channel.allocator.buffer(capacity: 8)
        LinkMessage.keepalive.write(into: &out)
        let here = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(out)).whenComplete { _ in here.value.close(promise: nil) }
    }
}
