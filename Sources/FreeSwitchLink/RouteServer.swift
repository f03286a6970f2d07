import BridgeCore
import BridgeLink
import FreeSwitchBridge
import Logging
import NIOCore

/// Answers the dialplan's requests for a route (an outbound event socket).
struct RouteServer {
    let bridge: LiveBridge
    let logger: Logger

    func answer(_ question: RouteListener.Question) async throws {
        var input = question.inbound.makeAsyncIterator(), frames = SwitchFrames(), waiting: [SwitchFrame] = []
        func next() async throws -> SwitchFrame? {
            while true {
                if !waiting.isEmpty { return waiting.removeFirst() }
                guard let buffer = try await input.next() else { return nil }
                waiting += try frames.feed(buffer.readableBytesView)
            }
        }
        try await question.outbound.write(ByteBuffer(string: "connect\n\n"))
        guard let first = try await next() else { return }
        let channel = SwitchEvent(plain: first.head)
        guard let id = channel["Unique-ID"], RouteServer.isPlain(id) else {
            return logger.warning("a question for a route that names no channel was left aside")
        }
        let reply = await bridge.route(channel, within: question.timeLeft)
        let variables =
            reply.flatMap { RouteVariables(reply: $0, separator: ",") } ?? RouteVariables.none("no_answer")
        // A command of the connection is done before FreeSWITCH answers it, and so before the dialplan goes on.
        let set = variables.values.map { "\(RouteServer.variable($0.name))=\(RouteServer.plain($0.value))" }
        try await question.outbound.write(
            ByteBuffer(string: "api uuid_setvar_multi \(id) \(set.joined(separator: ";"))\n\n"))
        guard try await next() != nil else { return }
        // The dialplan goes on with its next action when this connection ends.
        try await question.outbound.write(ByteBuffer(string: "resume\n\n"))
        guard try await next() != nil else { return }
        try await question.outbound.write(ByteBuffer(string: "exit\n\n"))
        _ = try await next()
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
