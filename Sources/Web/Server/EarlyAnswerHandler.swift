import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Lets a client finish that was answered before it had sent its whole request: one whose body is too long, say.
///
/// When the connection ends with that answer, Hummingbird reads no more from it. A client that goes on sending would
/// wait for the daemon until the connection counts as idle. So the rest is read and thrown away, within bounds. Where
/// no HTTP can be read any more, the connection is closed soon after the answer.
final class EarlyAnswerHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// Bytes that are thrown away at most.
    private static let bytesMax = 64 << 20
    /// So long they are waited for.
    private static let patience = TimeAmount.seconds(10)
    /// So long a client whose request is no HTTP has to read the answer.
    private static let grace = TimeAmount.seconds(1)

    /// The request's end was not read yet.
    private var isReceiving = false
    /// The connection ends with the answer.
    private var endsWithAnswer = false
    private var isDiscarding = false
    private var discarded = 0

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            isReceiving = true
            endsWithAnswer = head.headerFields[.connection] == "close"
        case .body(let bytes):
            guard isDiscarding else { break }
            discarded += bytes.readableBytes
            if discarded > EarlyAnswerHandler.bytesMax { context.close(promise: nil) }
            return
        case .end:
            isReceiving = false
            if isDiscarding { return }
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        if isDiscarding, isReceiving { context.read() }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part = unwrapOutboundIn(data)
        context.write(data, promise: promise)
        guard case .end = part, isReceiving, endsWithAnswer, !isDiscarding else { return }
        isDiscarding = true
        context.read()
        close(context.channel, in: EarlyAnswerHandler.patience)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.fireErrorCaught(error)
        if error is HTTPParserError { close(context.channel, in: EarlyAnswerHandler.grace) }
    }

    private func close(_ channel: any Channel, in time: TimeAmount) {
        channel.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    }
}
