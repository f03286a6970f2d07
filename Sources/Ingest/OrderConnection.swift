import Engine
import EventWire
import NIOCore

/// A connection for orders: sends orders to a bridge, and reads their outcomes.
final class OrderConnection: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let orders: PBXOrders
    private let bridge: Int
    private var framer = LineFramer()

    init(_ orders: PBXOrders, source: String, channel: any Channel) {
        self.orders = orders
        bridge = orders.opened(source) { bytes in channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { receive(unwrapInboundIn(data)) }

    func receive(_ buffer: ByteBuffer) {
        buffer.withUnsafeReadableBytes { bytes in
            framer.feed(bytes) { line in
                guard case .line(let line) = line else { return }
                switch OrderLine.read(line) {
                case .done(let id): orders.end(id, .done, by: bridge)
                case .refused(let id, let reason): orders.end(id, .refused(reason), by: bridge)
                case .takesOrders, .order, nil: break
                }
            }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) { context.read() }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        orders.closed(bridge)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
