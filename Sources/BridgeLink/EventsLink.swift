import Logging
import NIOCore
import NIOPosix

/// Sends the spool's lines to screenpopd, and reads its replies.
///
/// In a cluster screenpopd has several addresses. When a connection fails, ends, is told that nothing can be written,
/// or hears nothing, the next address is tried; what is not acknowledged is sent again there, and known by its `id`.
/// Any node does: one that does not lead passes events to the one that does.
public struct EventsLink<Bridge: LinkedBridge>: Sendable {
    let bridge: Bridge
    let paths: [String]
    let loop: any EventLoop
    let logger: Logger

    /// Pauses between attempts to connect, each for as many attempts as there are addresses. Milliseconds.
    private let pauses = [50, 100, 200, 500, 1_000, 2_000]
    /// The longest pause after a connection that was made: a node that closes it hears of a leader soon. Milliseconds.
    private let closedPauseMax = 200

    /// - Parameter paths: of screenpopd's sockets, at least one, in the order in which they are tried.
    public init(bridge: Bridge, paths: [String], loop: any EventLoop, logger: Logger) {
        self.bridge = bridge
        self.paths = paths
        self.loop = loop
        self.logger = logger
    }

    /// Until it is cancelled.
    public func run() async {
        guard !paths.isEmpty else { return }
        var failures = 0
        while !Task.isCancelled {
            let place = await bridge.place, path = paths[place % paths.count]
            var failure: (any Error)?, wasUp = false
            let greeting = failures > 0 ? "screenpopd takes events at \(path)" : nil
            do { try await connection(path, greeting) { wasUp = true } } catch { failure = error }
            let end = await bridge.linkDown(next: (place + 1) % paths.count)
            if Task.isCancelled { return }
            if end.hasTaken { failures = 0 }
            // One warning until events are taken again, and not one of each address.
            if failures == 0 {
                let reason = (failure ?? end.failure).map { "\($0)" } ?? "it closed the connection"
                let others = paths.count > 1 ? ", and the next socket is tried" : ""
                logger.warning(
                    "screenpopd does not take events at \(path) (\(reason)); they wait in the spool\(others)")
            }
            failures += 1
            let pause = pauses[min((failures - 1) / paths.count, pauses.count - 1)]
            try? await Task.sleep(for: .milliseconds(wasUp ? min(pause, closedPauseMax) : pause))
        }
    }

    private func connection(_ path: String, _ greeting: String?, _ isUp: () -> Void) async throws {
        let channel = try await ClientBootstrap(group: loop).channelOption(.autoRead, value: false)
            .connect(unixDomainSocketPath: path).get()
        isUp()
        let handler = BridgeHandler<Bridge>(bridge, receive: { $0.read(replies: $1) }, fail: { $0.endLink($1) })
        let hasOthers = paths.count > 1
        try await handler.run(
            channel, begin: { $0.linkUp(channel, greeting: greeting) },
            everyTick: { $0.linkTick(hasOthers: hasOthers) })
    }
}
