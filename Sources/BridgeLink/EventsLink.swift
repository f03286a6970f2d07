import Logging
import NIOCore
import NIOPosix

/// Sends the spool's lines to screenpopd, and reads its replies.
public struct EventsLink<Bridge: LinkedBridge>: Sendable {
    let bridge: Bridge
    let path: String
    let loop: any EventLoop
    let logger: Logger

    /// Pauses between attempts to connect. Milliseconds.
    private let pauses = [50, 100, 200, 500, 1_000, 2_000]

    /// - Parameter path: of screenpopd's socket.
    public init(bridge: Bridge, path: String, loop: any EventLoop, logger: Logger) {
        self.bridge = bridge
        self.path = path
        self.loop = loop
        self.logger = logger
    }

    /// Until it is cancelled.
    public func run() async {
        var failures = 0
        while !Task.isCancelled {
            var failure: (any Error)?
            do {
                try await connection {
                    if failures > 0 { logger.info("screenpopd is there again") }
                    failures = 0
                }
            } catch { failure = error }
            let said = await bridge.linkDown()
            if Task.isCancelled { return }
            if let failure = failure ?? said {
                if failures == 0 {
                    logger.warning("screenpopd does not take events at \(path) (\(failure)); they wait in the spool")
                }
            } else {
                logger.warning("screenpopd closed the connection; events wait in the spool")
            }
            failures += 1
            try? await Task.sleep(for: .milliseconds(pauses[min(failures, pauses.count) - 1]))
        }
    }

    private func connection(_ isUp: () -> Void) async throws {
        let channel = try await ClientBootstrap(group: loop).channelOption(.autoRead, value: false)
            .connect(unixDomainSocketPath: path).get()
        isUp()
        let handler = BridgeHandler<Bridge>(bridge, receive: { $0.read(replies: $1) }, fail: { $0.endLink($1) })
        try await handler.run(channel, begin: { $0.linkUp(channel) }, everyTick: { $0.savePosition() })
    }
}
