import BridgeLink
import Logging
import NIOCore
import NIOPosix
import NIOSSL

/// The parts of a running bridge, its start and its stop.
public struct BridgeParts: Sendable {
    /// How long a stop waits until screenpopd has acknowledged the spool. Milliseconds.
    private static let farewellMs = 2_000

    let ami: (host: String, port: Int)
    let agi: (host: String, port: Int)?
    private let agiDeadline: Int64
    let eventsSockets: [String]
    private let tls: Bool
    private let tlsCAFile: String?
    private let spoolDirectory: String
    private let spoolBytes: Int64

    /// - Parameters:
    ///   - agiDeadline: milliseconds.
    ///   - eventsSockets: paths of screenpopd's sockets, in the order in which they are tried.
    ///   - tlsCAFile: certificates to trust in PEM; nil: those of the system.
    public init(
        ami: (host: String, port: Int), agi: (host: String, port: Int)?, agiDeadline: Int64, eventsSockets: [String],
        tls: Bool, tlsCAFile: String?,
        spoolDirectory: String, spoolBytes: Int64
    ) {
        self.ami = ami
        self.agi = agi
        self.agiDeadline = agiDeadline
        self.eventsSockets = eventsSockets
        self.tls = tls
        self.tlsCAFile = tlsCAFile
        self.spoolDirectory = spoolDirectory
        self.spoolBytes = spoolBytes
    }

    /// Runs until `until` returns.
    ///
    /// - Parameter isReady: called with the port that FastAGI is answered at.
    public func run(
        _ options: LiveBridge.Options, logger: Logger, isReady: @Sendable (Int?) -> Void,
        until: @escaping @Sendable () async -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1), loop = group.next()
        let bridge = LiveBridge(
            options, spool: try Spool(directory: spoolDirectory, bytesMax: spoolBytes), directory: spoolDirectory,
            loop: loop, logger: logger)
        let context = try tlsContext()
        let listener = try await listen(group)
        await bridge.begin()
        isReady(listener?.port)

        let manager = Task {
            await ManagerLink(bridge: bridge, host: ami.host, port: ami.port, tls: context, loop: loop, logger: logger)
                .run()
        }
        let events = Task { await EventsLink(bridge: bridge, paths: eventsSockets, loop: loop, logger: logger).run() }
        let orders = Task {
            await OrdersLink(bridge: bridge, paths: eventsSockets, source: options.source, group: group, logger: logger)
                .run()
        }
        let dialplan = Task {
            await listener?.run(deadline: agiDeadline, AGIServer(bridge: bridge, logger: logger).answer)
        }
        await until()
        dialplan.cancel()
        orders.cancel()
        manager.cancel()
        _ = await manager.value
        await bridge.farewell(within: BridgeParts.farewellMs)
        events.cancel()
        _ = await (events.value, orders.value, dialplan.value)
        try await group.shutdownGracefully()
    }

    private func listen(_ group: any EventLoopGroup) async throws -> RouteListener? {
        guard let agi else { return nil }
        do { return try await RouteListener.listen(host: agi.host, port: agi.port, group: group) } catch {
            throw Unusable(
                description:
                    "FastAGI cannot be answered at \(agi.host):\(agi.port) (\(error)); write another address into agi, "
                        + "or \"\" for none"
            )
        }
    }

    func tlsContext() throws -> NIOSSLContext? {
        guard tls else { return nil }
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let tlsCAFile { configuration.trustRoots = .file(tlsCAFile) }
        // A PBX's certificate is rarely for the address that it is reached by; with a certificate of the centre's own
        // it is trusted by that.
        if tlsCAFile != nil { configuration.certificateVerification = .noHostnameVerification }
        do { return try NIOSSLContext(configuration: configuration) } catch {
            throw Unusable(description: "TLS cannot be set up (\(error)); look at tls_ca_file")
        }
    }

    /// Something the configuration names cannot be used.
    public struct Unusable: Error, CustomStringConvertible {
        /// What cannot be used and what to change, for the log and the terminal.
        public let description: String
    }
}
