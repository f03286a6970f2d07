import BridgeCore
import FreeSwitchBridge
import Listening
import Logging
import NIOCore
import NIOPosix

/// Answers the dialplan's requests for a route (an outbound event socket), within a deadline, whatever screenpopd does.
struct RouteServer {
    let bridge: LiveBridge
    let deadline: Int64
    let logger: Logger

    /// The answer is written so long before the deadline, so that FreeSWITCH has read it by then. Milliseconds.
    private static let forWriting: Int64 = 50
    /// Connections that wait to be accepted: a burst of calls.
    private static let backlog: Int32 = 1_024

    /// The listening socket, and the connections that are not answered yet.
    struct Listener {
        let channel: NIOAsyncChannel<NIOAsyncChannel<ByteBuffer, ByteBuffer>, Never>
        fileprivate let accepted: AcceptedChannels<ByteBuffer, ByteBuffer>
    }

    static func listen(host: String, port: Int, group: any EventLoopGroup) async throws -> Listener {
        let accepted = AcceptedChannels<ByteBuffer, ByteBuffer>()
        let channel = try await ServerBootstrap(group: group).serverChannelOption(.backlog, value: backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    accepted.hold(try NIOAsyncChannel(wrappingChannelSynchronously: channel))
                }
            }
        return Listener(channel: channel, accepted: accepted)
    }

    /// Runs until the task is cancelled.
    func run(_ listener: Listener) async {
        try? await listener.channel.executeThenClose { connections in
            try await withThrowingDiscardingTaskGroup { group in
                for try await connection in connections {
                    listener.accepted.release(connection)
                    group.addTask { await answer(connection) }
                }
            }
        }
        await listener.accepted.end()
    }

    private func answer(_ connection: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async {
        let began = ContinuousClock.now
        // Every wait ends here: the caller hears nothing meanwhile.
        let end = connection.channel.eventLoop.scheduleTask(in: .milliseconds(deadline)) {
            connection.channel.close(promise: nil)
        }
        defer { end.cancel() }
        try? await connection.executeThenClose { inbound, outbound in
            var input = inbound.makeAsyncIterator(), frames = SwitchFrames(), waiting: [SwitchFrame] = []
            func next() async throws -> SwitchFrame? {
                while true {
                    if !waiting.isEmpty { return waiting.removeFirst() }
                    guard let buffer = try await input.next() else { return nil }
                    waiting += try frames.feed(buffer.readableBytesView)
                }
            }
            try await outbound.write(ByteBuffer(string: "connect\n\n"))
            guard let first = try await next() else { return }
            let channel = SwitchEvent(plain: first.head)
            guard let id = channel["Unique-ID"], RouteServer.isPlain(id) else {
                return logger.warning("a question for a route that names no channel was left aside")
            }
            let passed = (ContinuousClock.now - began).components
            let left =
                deadline - RouteServer.forWriting - passed.seconds * 1_000 - passed.attoseconds
                / 1_000_000_000_000_000
            let reply = await bridge.route(channel, within: max(1, left))
            let variables =
                reply.flatMap { RouteVariables(reply: $0, separator: ",") } ?? RouteVariables.none("no_answer")
            // A command of the connection is done before FreeSWITCH answers it, and so before the dialplan goes on.
            let set = variables.values.map { "\(RouteServer.variable($0.name))=\(RouteServer.plain($0.value))" }
            try await outbound.write(
                ByteBuffer(string: "api uuid_setvar_multi \(id) \(set.joined(separator: ";"))\n\n"))
            guard try await next() != nil else { return }
            // The dialplan goes on with its next action when this connection ends.
            try await outbound.write(ByteBuffer(string: "resume\n\n"))
            guard try await next() != nil else { return }
            try await outbound.write(ByteBuffer(string: "exit\n\n"))
            _ = try await next()
        }
    }

    /// `screenpop_action`.
    private static func variable(_ name: String) -> String { "screenpop_" + name.lowercased() }

    private static func isPlain(_ id: String) -> Bool {
        (1...100).contains(id.utf8.count) && id.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    /// What ends a command, or is expanded by the dialplan, is left out of a value.
    private static func plain(_ text: String) -> String {
        var plain = String.UnicodeScalarView()
        for scalar in text.unicodeScalars
        where scalar.value >= 0x20 && scalar.value != 0x7F && !"${};".unicodeScalars.contains(scalar) {
            plain.append(scalar)
        }
        return String(plain)
    }
}
