import NIOCore

/// Options of the connections between nodes.
enum LinkOptions {
    // Of linux/tcp.h.
    static let keepIdle = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: 4))
    static let keepInterval = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: 5))
    static let keepCount = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: 6))
    static let userTimeout = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: 18))

    /// A pipe holds as much on its way as it takes to keep both sides busy.
    static let waterMark = ChannelOptions.Types.WriteBufferWaterMark(low: 64 << 10, high: 256 << 10)

    /// Sets what both sides of a link have: no waiting for fuller packets, keepalives after a second without traffic
    /// that give up after two more, and a bound for bytes that are not acknowledged.
    static func apply(to channel: any Channel, unacknowledgedMs: Int) -> EventLoopFuture<Void> {
        let socket: [(ChannelOptions.Types.SocketOption, Int)] = [
            (.tcpOption(.tcp_nodelay), 1), (.socketOption(.so_keepalive), 1), (keepIdle, 1), (keepInterval, 1),
            (keepCount, 2), (userTimeout, unacknowledgedMs),
        ]
        return .andAllSucceed(socket.map { channel.setOption($0, value: $1) }, on: channel.eventLoop)
    }
}
