import AMI
import BridgeLink
import Logging
import NIOCore
import NIOPosix
import NIOSSL

/// The connection to Asterisk's manager, opened again after each end.
struct ManagerLink {
    let bridge: LiveBridge
    let host: String
    let port: Int
    let tls: NIOSSLContext?
    let loop: any EventLoop
    let logger: Logger

    /// The longest time between two attempts. Milliseconds.
    private static let pauseMax: Double = 30_000
    private static let pauseMin: Double = 250

    /// Until it is cancelled.
    func run() async {
        var pause = ManagerLink.pauseMin, last = ""
        while !Task.isCancelled {
            let began = ContinuousClock.now
            var failure: (any Error)?
            do { try await connection() } catch { failure = error }
            let ended = await bridge.disconnected()
            if Task.isCancelled { return }
            let said = ManagerLink.sentence(failure ?? ended)
            // After a connection that lasted, the next attempt is immediate.
            if ContinuousClock.now - began > .seconds(10) { pause = ManagerLink.pauseMin }
            if said != last { logger.warning("Asterisk's manager at \(host):\(port): \(said); trying again") }
            last = ContinuousClock.now - began > .seconds(10) ? "" : said
            // Jitter, so that bridges on several machines do not reconnect in the same moment.
            try? await Task.sleep(for: .milliseconds(Int64(pause * Double.random(in: 0.5...1.5))))
            pause = min(pause * 2, ManagerLink.pauseMax)
        }
    }

    private static func sentence(_ failure: (any Error)?) -> String {
        switch failure {
        case nil: "the PBX closed the connection"
        case is LiveBridge.Overfull: "the spool was full"
        case let failure as AMISession.Failure: sentence(failure)
        case let failure?: "\(failure)"
        }
    }

    static func sentence(_ failure: AMISession.Failure) -> String {
        switch failure {
        case .noManager: "what listens there is no manager; look at ami"
        case .refused(let why): "the login was refused (\(why)); look at user, the secret, and permit in manager.conf"
        case .silent: "no answer in time"
        }
    }

    private func connection() async throws {
        let channel = try await ManagerLink.bootstrap(loop).channelOption(.autoRead, value: false)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try ManagerLink.secure(channel, host: host, tls: tls) }
            }
            .connect(host: host, port: port).get()
        let handler = BridgeHandler(bridge, receive: { $0.read(manager: $1) }, fail: { $0.endManager($1) })
        try await handler.run(channel, begin: { $0.connected(channel) }, everyTick: { $0.tick() })
    }

    private static func bootstrap(_ group: any EventLoopGroup) -> ClientBootstrap {
        ClientBootstrap(group: group).connectTimeout(.seconds(5)).channelOption(.socketOption(.so_keepalive), value: 1)
    }

    private static func secure(_ channel: any Channel, host: String, tls: NIOSSLContext?) throws {
        guard let tls else { return }
        // A certificate is for a name; an IP address cannot be sent as server name.
        let name = host.contains(":") || host.allSatisfy { $0.isNumber || $0 == "." } ? nil : host
        try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: tls, serverHostname: name))
    }

    /// A connection whose bytes the caller reads and writes itself.
    static func connect(
        host: String, port: Int, tls: NIOSSLContext?, group: any EventLoopGroup
    ) async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        try await bootstrap(group).connect(host: host, port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                try secure(channel, host: host, tls: tls)
                return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
    }
}
