import EventWire
import Logging
import NIOCore
import NIOPosix

/// Receives screenpopd's orders for the PBX. They have a connection of their own, so that they do not wait behind
/// events.
public struct OrdersLink<Bridge: LinkedBridge>: Sendable {
    let bridge: Bridge
    let paths: [String]
    let source: String?
    let group: any EventLoopGroup
    let logger: Logger

    /// Between two attempts. Milliseconds.
    private let pauseMs: Int64 = 500
    /// After this number of pauses a daemon that gives no orders is asked again.
    private let pausesWhenRefused = 120

    /// - Parameters:
    ///   - paths: of screenpopd's sockets, at least one; the one is used that events go to.
    ///   - source: which PBX orders are taken for; nil leaves it to screenpopd, which knows the bridge's user.
    public init(bridge: Bridge, paths: [String], source: String?, group: any EventLoopGroup, logger: Logger) {
        self.bridge = bridge
        self.paths = paths
        self.source = source
        self.group = group
        self.logger = logger
    }

    /// Until it is cancelled.
    public func run() async {
        guard !paths.isEmpty else { return }
        var isRefused = false
        while !Task.isCancelled {
            let place = await bridge.place
            do {
                try await connection(paths[place % paths.count])
                isRefused = false
            } catch let refusal as Refused {
                // A daemon that knows no orders, or lets this user give none: events go on without.
                if !isRefused { logger.warning("screenpopd gives no orders for the PBX: \(refusal.reply)") }
                isRefused = true
            } catch {
                // `EventsLink` says that it is away.
                isRefused = false
            }
            await bridge.ordersDown()
            for _ in 0..<(isRefused ? pausesWhenRefused : 1) where !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(pauseMs))
                // Another node may give them.
                if await bridge.place != place { break }
            }
        }
    }

    private func connection(_ path: String) async throws {
        let channel = try await ClientBootstrap(group: group).connect(unixDomainSocketPath: path) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
        try await channel.executeThenClose { inbound, outbound in
            let answers = await bridge.ordersUp()
            var hello = ByteBuilder(capacity: 64)
            OrderLine.takesOrders(source: source).write(into: &hello)
            try await outbound.write(ByteBuffer(bytes: hello.bytes))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await answer in answers { try await outbound.write(ByteBuffer(bytes: answer)) }
                }
                group.addTask {
                    var framer = LineFramer()
                    for try await buffer in inbound {
                        var orders: [PBXOrder] = [], refusal: String?
                        buffer.withUnsafeReadableBytes { bytes in
                            framer.feed(bytes) { line in
                                guard case .line(let line) = line else { return }
                                if case .order(let order)? = OrderLine.read(line) { orders.append(order) }
                                if case .refused? = ReplyLine.read(line) {
                                    refusal = String(decoding: line, as: UTF8.self)
                                }
                            }
                        }
                        if let refusal { throw Refused(reply: refusal) }
                        for order in orders { await bridge.execute(order) }
                    }
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
    }
}

private struct Refused: Error { var reply: String }
