import NIOCore
import Synchronization

/// Reads a leader's frames, and notices when it falls silent.
final class FrameReceiver: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// Why the connection ended; nil for an end that the leader meant.
    final class Outcome: Sendable {
        private let reason = Mutex<LinkError?>(nil)
        var value: LinkError? { reason.withLock { $0 } }
        fileprivate func set(_ error: LinkError) { reason.withLock { $0 = $0 ?? error } }
    }

    private let peer: Peer
    private let outcome: Outcome
    private let handle: @Sendable (LinkMessage) -> Void
    private var held = ByteBuffer()
    private var ticks: RepeatedTask?
    private var hasRead = false
    private var missed = 0

    init(_ peer: Peer, _ outcome: Outcome, _ handle: @escaping @Sendable (LinkMessage) -> Void) {
        self.peer = peer
        self.outcome = outcome
        self.handle = handle
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let here = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        ticks = context.eventLoop.scheduleRepeatedTask(
            initialDelay: LinkLimits.keepalive, delay: LinkLimits.keepalive
        ) { _ in here.value.0.tick(here.value.1) }
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
    }

    /// Counts ticks and asks no clock: when this thread was busy, the ticks were as late as the reads.
    private func tick(_ context: ChannelHandlerContext) {
        missed = hasRead ? 0 : missed + 1
        hasRead = false
        if missed >= LinkLimits.keepalivesMissedMax { fail(.silent(peer), context) }
    }

    private func fail(_ error: LinkError, _ context: ChannelHandlerContext) {
        outcome.set(error)
        stop()
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        hasRead = true
        var buffer = unwrapInboundIn(data)
        if held.readableBytes == 0 { held = buffer } else { held.writeBuffer(&buffer) }
        do throws(LinkMessage.Fault) {
            while let message = try LinkMessage.read(from: &held) {
                if message != .keepalive { handle(message) }
            }
        } catch { fail(.badFrame(peer, reason: error.description), context) }
        held.discardReadBytes()
    }

    func channelReadComplete(context: ChannelHandlerContext) { context.read() }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(.ended(peer, reason: LinkError.reason(error)), context)
    }
}
