import NIOCore

/// Passes the bytes read on a connection to the bridge, on the event loop that both use.
public final class BridgeHandler<Bridge: LinkedBridge>: ChannelInboundHandler, Sendable {
    /// The bytes of one read.
    public typealias InboundIn = ByteBuffer

    private let bridge: Bridge
    private let receive: @Sendable (isolated Bridge, ByteBuffer) -> Void
    private let fail: @Sendable (isolated Bridge, any Error) -> Void

    /// - Parameters:
    ///   - receive: called with the bytes read.
    ///   - fail: called with the error that ends the connection; it is closed then.
    public init(
        _ bridge: Bridge, receive: @escaping @Sendable (isolated Bridge, ByteBuffer) -> Void,
        fail: @escaping @Sendable (isolated Bridge, any Error) -> Void
    ) {
        self.bridge = bridge
        self.receive = receive
        self.fail = fail
    }

    /// SwiftNIO's, on the event loop: passes the bytes to the bridge.
    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        bridge.assumeIsolated { receive($0, bytes) }
    }

    /// SwiftNIO's, on the event loop: passes the error to the bridge, and closes the connection.
    public func errorCaught(context: ChannelHandlerContext, error: any Error) {
        bridge.assumeIsolated { fail($0, error) }
        context.close(promise: nil)
    }

    /// Runs a connection that was opened without reading, until it ends or the task is cancelled.
    ///
    /// - Parameters:
    ///   - begin: called when the connection is established; nothing is read before.
    ///   - everyTick: called every 200 milliseconds.
    public func run(
        _ channel: any Channel, begin: @escaping @Sendable (isolated Bridge) -> Void,
        everyTick: @escaping @Sendable (isolated Bridge) -> Void
    ) async throws {
        let bridge = bridge
        let ticks = try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.addHandler(self)
            bridge.assumeIsolated { begin($0) }
            return channel.eventLoop.scheduleRepeatedTask(initialDelay: .milliseconds(200), delay: .milliseconds(200)) {
                _ in
                bridge.assumeIsolated { everyTick($0) }
            }
        }.get()
        defer { ticks.cancel() }
        try await channel.setOption(.autoRead, value: true).get()
        try await withTaskCancellationHandler {
            try await channel.closeFuture.get()
        } onCancel: {
            channel.close(promise: nil)
        }
    }
}
