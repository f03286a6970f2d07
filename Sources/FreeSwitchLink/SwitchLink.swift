import BridgeLink
import FreeSwitchBridge
import Logging
import NIOCore
import NIOPosix

/// The connection to FreeSWITCH's event socket, opened again after each end.
struct SwitchLink {
    let bridge: LiveBridge
    let host: String
    let port: Int
    let loop: any EventLoop
    let logger: Logger

    /// The longest time between two attempts. Milliseconds.
    private static let pauseMax: Double = 30_000
    private static let pauseMin: Double = 250

    /// Until it is cancelled.
    func run() async {
        var pause = SwitchLink.pauseMin, last = ""
        while !Task.isCancelled {
            let began = ContinuousClock.now
            var failure: (any Error)?
            do { try await connection() } catch { failure = error }
            let ended = await bridge.disconnected()
            if Task.isCancelled { return }
            let said = SwitchLink.sentence(failure ?? ended)
            // After a connection that lasted, the next attempt is immediate.
            let lasted = ContinuousClock.now - began > .seconds(10)
            if lasted { pause = SwitchLink.pauseMin }
            if said != last { logger.warning("FreeSWITCH's event socket at \(host):\(port): \(said); trying again") }
            last = lasted ? "" : said
            // Jitter, so that bridges on several machines do not reconnect in the same moment.
            try? await Task.sleep(for: .milliseconds(Int64(pause * Double.random(in: 0.5...1.5))))
            pause = min(pause * 2, SwitchLink.pauseMax)
        }
    }

    static func sentence(_ failure: (any Error)?) -> String {
        switch failure {
        case nil: "the PBX closed the connection"
        case is LiveBridge.Overfull: "the spool was full"
        case let failure as SwitchSession.Failure: sentence(failure)
        case let failure?: "\(failure)"
        }
    }

    private static func sentence(_ failure: SwitchSession.Failure) -> String {
        switch failure {
        case .refused(let why):
            "it refused (\(why)); the password is in event_socket.conf.xml, and password_file names the file with it"
        case .notPermitted:
            "this machine may not connect; look at apply-inbound-acl in event_socket.conf.xml"
        case .silent: "no answer in time"
        case .closed: "FreeSWITCH ends the connection"
        case .noLists(let why): "it does not say what is alive (\(why))"
        }
    }

    private func connection() async throws {
        let channel = try await ClientBootstrap(group: loop).connectTimeout(.seconds(5))
            .channelOption(.socketOption(.so_keepalive), value: 1).channelOption(.autoRead, value: false)
            .connect(host: host, port: port).get()
        let handler = BridgeHandler<LiveBridge>(
            bridge, receive: { $0.read(socket: $1) }, fail: { $0.endSocket($1) })
        try await handler.run(channel, begin: { $0.connected(channel) }, everyTick: { $0.tick() })
    }
}
