import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Reads the rest of a request that was answered before its end, for example because its body is too long.
///
/// When the connection closes with that response, Hummingbird reads no more from it. A client that continues to send
/// would block until the connection counts as idle. So the rest is read and discarded, within bounds. If the bytes are
/// no valid HTTP, the connection is closed soon after the response.
final class EarlyAnswerHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// Maximum of discarded bytes.
    private static let bytesMax = 64 << 20
    /// The longest wait for them.
    private static let patience = TimeAmount.seconds(10)
    /// How long a client that sent no valid HTTP has to read the response.
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
