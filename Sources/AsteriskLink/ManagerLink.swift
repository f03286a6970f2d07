import AMI
import Logging
import NIOCore
import NIOPosix
import NIOSSL

/// The connection to Asterisk's manager: made, kept, made again.
struct ManagerLink {
    let bridge: LiveBridge
    let host: String
    let port: Int
    let tls: NIOSSLContext?
    let group: any EventLoopGroup
    let logger: Logger

    /// The longest time between two attempts. Milliseconds.
    private static let pauseMax: Double = 30_000
    private static let pauseMin: Double = 250

    /// Until it is cancelled.
    func run() async {
        var pause = ManagerLink.pauseMin, last = ""
        while !Task.isCancelled {
            let began = ContinuousClock.now
            var said = "the PBX closed the connection"
            do { try await connection() } catch is LiveBridge.Overfull {
                said = "the spool was full"
            } catch let failure as AMISession.Failure {
                said = ManagerLink.sentence(failure)
            } catch { said = "\(error)" }
            await bridge.disconnected()
            if Task.isCancelled { return }
            // A connection that stood for a while is tried again at once.
            if ContinuousClock.now - began > .seconds(10) { pause = ManagerLink.pauseMin }
            if said != last { logger.warning("Asterisk's manager at \(host):\(port): \(said); trying again") }
            last = ContinuousClock.now - began > .seconds(10) ? "" : said
            // Jitter: the bridges of several machines do not all come back in one moment.
            try? await Task.sleep(for: .milliseconds(Int64(pause * Double.random(in: 0.5...1.5))))
            pause = min(pause * 2, ManagerLink.pauseMax)
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
        try await ManagerLink.connect(host: host, port: port, tls: tls, group: group).executeThenClose { inbound, outbound in
            let orders = await bridge.connected()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await actions in orders { try await outbound.write(ByteBuffer(bytes: actions)) }
                    // The orders end with the connection, and not the other way round.
                    try await Task.sleep(for: .seconds(86_400))
                }
                group.addTask {
                    for try await buffer in inbound {
                        let answer = try await bridge.take(Array(buffer.readableBytesView))
                        if !answer.isEmpty { try await outbound.write(ByteBuffer(bytes: answer)) }
                    }
                }
                group.addTask {
                    while true {
                        try await Task.sleep(for: .milliseconds(200))
                        let actions = try await bridge.tick()
                        if !actions.isEmpty { try await outbound.write(ByteBuffer(bytes: actions)) }
                    }
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
    }

    static func connect(host: String, port: Int, tls: NIOSSLContext?, group: any EventLoopGroup) async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        try await ClientBootstrap(group: group).connectTimeout(.seconds(5)).channelOption(.socketOption(.so_keepalive), value: 1)
            .connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        // A certificate is for a name, and an address is none that a server can be asked for by.
                        let name = host.contains(":") || host.allSatisfy { $0.isNumber || $0 == "." } ? nil : host
                        try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: tls, serverHostname: name))
                    }
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
    }
}
