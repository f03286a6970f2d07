import Logging
import NIOCore
import NIOPosix

/// Carries the spool's lines to screenpopd, and its replies back.
struct EventsLink {
    let bridge: LiveBridge
    let path: String
    let group: any EventLoopGroup
    let logger: Logger

    /// Between two attempts. Milliseconds.
    private static let pauses = [50, 100, 200, 500, 1_000, 2_000]

    /// Until it is cancelled.
    func run() async {
        var failures = 0
        while !Task.isCancelled {
            do {
                try await connection {
                    if failures > 0 { logger.info("screenpopd is there again") }
                    failures = 0
                }
                if !Task.isCancelled { logger.warning("screenpopd closed the connection; events wait in the spool") }
            } catch {
                if failures == 0, !Task.isCancelled { logger.warning("screenpopd does not take events at \(path) (\(error)); they wait in the spool") }
            }
            await bridge.linkDown()
            failures += 1
            try? await Task.sleep(for: .milliseconds(EventsLink.pauses[min(failures, EventsLink.pauses.count) - 1]))
        }
    }

    private func connection(_ isUp: () -> Void) async throws {
        let channel = try await ClientBootstrap(group: group).connect(unixDomainSocketPath: path) { channel in
            channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel) }
        }
        try await channel.executeThenClose { inbound, outbound in
            let more = await bridge.linkUp()
            isUp()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    var rest: [UInt8] = []
                    for try await buffer in inbound {
                        rest += buffer.readableBytesView
                        var lines = rest.split(separator: 10, omittingEmptySubsequences: false).map(Array.init)
                        rest = lines.removeLast()
                        try await bridge.take(replies: lines)
                    }
                    throw ChannelError.eof
                }
                group.addTask {
                    for await _ in more {
                        while true {
                            let bytes = await bridge.nextLines()
                            if bytes.isEmpty { break }
                            try await outbound.write(ByteBuffer(bytes: bytes))
                        }
                    }
                }
                group.addTask {
                    while true {
                        try await Task.sleep(for: .milliseconds(200))
                        await bridge.keepPlace()
                    }
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
    }
}
