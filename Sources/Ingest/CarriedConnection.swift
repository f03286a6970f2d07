import NIOCore

/// A new connection on a node of a cluster: carried to the node that leads, or served here.
///
/// Nothing is read before that is decided.
final class CarriedConnection: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let parts: EventSocket.Parts

    init(_ parts: EventSocket.Parts) { self.parts = parts }

    func channelActive(context: ChannelHandlerContext) {
        let channel = context.channel, peer = parts.peer(channel), rules = parts.rules()
        if rules.mayPush(user: peer.user, group: peer.group),
            let carried = parts.carrying?(channel, rules.sources[peer.user])
        {
            // Both ends are closed when it cannot be carried: the client connects again.
            carried.whenFailure { _ in channel.close(promise: nil) }
        } else {
            do {
                try context.pipeline.syncOperations.addHandler(EventConnection(parts), position: .after(self))
            } catch { return context.close(promise: nil) }
        }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
}
