import NIOCore

/// One end of a pipe between two channels of one event loop: what one channel reads is written to the other.
///
/// Back-pressure: a channel is read only while the other one is writable. The end of one's input ends the other's
/// output, after everything was written; when both directions have ended, or a channel is gone, both are closed. The
/// channels must not read by themselves (`autoRead`), and must allow half-closure.
final class PipeHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Output { case open, ending, ended }

    private var context: ChannelHandlerContext?
    /// nil until `join`, and after the end.
    private var partner: PipeHandler?
    /// Read before there was a partner: NIO reads everything when the other side has closed, without being asked.
    private var held: [ByteBuffer] = []
    private var inputHasEnded = false
    private var output = Output.open
    /// Close the channel, and not only its output, when everything was written.
    private var closesAfterOutput = false
    /// Writes that were not done yet.
    private var writing = 0
    /// The partner has no room, so nothing is read.
    private var isWaiting = false
    private var isGone = false

    /// Begins to pass bytes. To be called on the loop of both, with both in their pipelines.
    static func join(_ one: PipeHandler, _ other: PipeHandler) {
        one.partner = other
        other.partner = one
        one.begin()
        other.begin()
    }

    private func begin() {
        guard let partner else { return }
        for buffer in held { partner.write(buffer) }
        held = []
        partner.flush()
        if isGone { return end() }
        if inputHasEnded { partner.endOutput() } else { readOn() }
    }

    /// Writes to this channel; `flush` sends it.
    func write(_ buffer: ByteBuffer) {
        guard let context, output == .open, !isGone else { return }
        writing += 1
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in
            self.writing -= 1
            self.closeOutputIfWritten()
        }
        context.write(wrapOutboundOut(buffer), promise: written)
    }

    func flush() { if !isGone { context?.flush() } }

    // MARK: What the channel does

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        gone()
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        if let partner { partner.write(buffer) } else if !isGone { held.append(buffer) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        partner?.flush()
        readOn()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { partner?.roomAtPartner() }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed? = event as? ChannelEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        guard !inputHasEnded else { return }
        inputHasEnded = true
        partner?.flush()
        partner?.endOutput()
        if output == .ended { context.close(promise: nil) }
    }

    /// A connection that ends without TLS's own end may have been cut by anybody: what it carried counts as broken.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let partner = partner
        context.close(promise: nil)
        partner?.context?.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        gone()
        context.fireChannelInactive()
    }

    // MARK: What follows from it

    private func readOn() {
        guard let partner, let context, !inputHasEnded, !isGone else { return }
        if partner.context?.channel.isWritable ?? false { context.read() } else { isWaiting = true }
    }

    private func roomAtPartner() {
        guard isWaiting else { return }
        isWaiting = false
        readOn()
    }

    private func endOutput() {
        guard output == .open else { return }
        output = .ending
        closeOutputIfWritten()
    }

    private func closeOutputIfWritten() {
        guard output == .ending, writing == 0, let context, !isGone else { return }
        output = .ended
        let isWhole = closesAfterOutput || inputHasEnded
        context.close(mode: isWhole ? .all : .output, promise: nil)
        // The other side's end of TLS, or of its output, is still to be read.
        if !isWhole { context.read() }
    }

    private func gone() {
        guard !isGone else { return }
        isGone = true
        end()
    }

    /// This channel is gone: the other one is closed when everything was written to it.
    private func end() {
        guard let partner else { return }
        self.partner = nil
        partner.partner = nil
        partner.closesAfterOutput = true
        switch partner.output {
        case .open: partner.endOutput()
        case .ending: partner.closeOutputIfWritten()
        case .ended: partner.context?.close(promise: nil)
        }
    }
}
