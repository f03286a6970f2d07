import BridgeLink
import Logging
import NIOCore
import NIOPosix

/// The parts of a running bridge, its start and its stop.
public struct BridgeParts: Sendable {
    /// How long a stop waits until screenpopd has acknowledged the spool. Milliseconds.
    private static let farewellMs = 2_000

    let esl: (host: String, port: Int)
    let route: (host: String, port: Int)?
    private let routeDeadline: Int64
    let eventsSockets: [String]
    private let spoolDirectory: String
    private let spoolBytes: Int64

    /// - Parameters:
    ///   - esl: FreeSWITCH's event socket.
    ///   - route: where the dialplan's question is answered; nil: nowhere.
    ///   - routeDeadline: milliseconds.
    ///   - eventsSockets: paths of screenpopd's sockets, in the order in which they are tried.
    public init(
        esl: (host: String, port: Int), route: (host: String, port: Int)?, routeDeadline: Int64,
        eventsSockets: [String], spoolDirectory: String, spoolBytes: Int64
    ) {
        self.esl = esl
        self.route = route
        self.routeDeadline = routeDeadline
        self.eventsSockets = eventsSockets
        self.spoolDirectory = spoolDirectory
        self.spoolBytes = spoolBytes
    }

    /// Runs until `until` returns.
    ///
    /// - Parameter isReady: called with the port that the dialplan is answered at.
    public func run(
        _ options: LiveBridge.Options, logger: Logger, isReady: @Sendable (Int?) -> Void,
        until: @escaping @Sendable () async -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1), loop = group.next()
        let bridge = LiveBridge(
            options, spool: try Spool(directory: spoolDirectory, bytesMax: spoolBytes), directory: spoolDirectory,
            loop: loop, logger: logger)
        let listener = try await listen(group)
        await bridge.begin()
        isReady(listener?.port)

        let socket = Task {
            await SwitchLink(bridge: bridge, host: esl.host, port: esl.port, loop: loop, logger: logger).run()
        }
        let events = Task {
            await EventsLink<LiveBridge>(bridge: bridge, paths: eventsSockets, loop: loop, logger: logger).run()
        }
        let orders = Task {
            await OrdersLink<LiveBridge>(
                bridge: bridge, paths: eventsSockets, source: options.source, group: group, logger: logger
            ).run()
        }
        let dialplan = Task {
            await listener?.run(deadline: routeDeadline, RouteServer(bridge: bridge, logger: logger).answer)
        }
        await until()
        dialplan.cancel()
        orders.cancel()
        socket.cancel()
        _ = await socket.value
        await bridge.farewell(within: BridgeParts.farewellMs)
        events.cancel()
        _ = await (events.value, orders.value, dialplan.value)
        try await group.shutdownGracefully()
    }

    private func listen(_ group: any EventLoopGroup) async throws -> RouteListener? {
        guard let route else { return nil }
        do { return try await RouteListener.listen(host: route.host, port: route.port, group: group) } catch {
            throw Unusable(
                description:
                    "the dialplan cannot be answered at \(route.host):\(route.port) (\(error)); write another address "
                        + "into route, or \"\" for none"
            )
        }
    }

    /// Something the configuration names cannot be used.
    public struct Unusable: Error, CustomStringConvertible {
        /// What cannot be used and what to change, for the log and the terminal.
        public let description: String
    }
}
