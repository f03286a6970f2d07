import NIOCore
import NIOHTTPTypes

/// Notifies the open stream of a connection that its client has disconnected, or sends no more.
///
/// Hummingbird's `consumeWithInboundCloseHandler` does the same with a task that reads the connection, and a sequence
/// for a body: 3 KB for each stream, for as long as it is open.
final class StreamEndHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    private var client: StreamClient?
    private var hasEnded = false

    /// Notifies `client`, at once when it has gone already.
    static func watch(_ client: StreamClient, on channel: any Channel) async throws {
        try await channel.eventLoop.submit {
            let handler = try? channel.pipeline.syncOperations.handler(type: StreamEndHandler.self)
            guard let handler, !handler.hasEnded else { return client.hasGone() }
            handler.client = client
        }.get()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { end() }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { end() }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end()
        context.fireErrorCaught(error)
    }

    private func end() {
        hasEnded = true
        client.take()?.hasGone()
    }
}
