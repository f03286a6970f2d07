import AMI
import AsteriskBridge
import BridgeCore
import Listening
import Logging
import NIOCore
import NIOPosix

/// Answers the dialplan's requests for a route (FastAGI), within a deadline, whatever screenpopd does.
struct AGIServer {
    let bridge: LiveBridge
    let deadline: Int64
    let logger: Logger

    /// The answer is written so long before the deadline, so that Asterisk has read it by then. Milliseconds.
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
        // Every wait ends here: Asterisk itself would wait without end.
        let end = connection.channel.eventLoop.scheduleTask(in: .milliseconds(deadline)) {
            connection.channel.close(promise: nil)
        }
        defer { end.cancel() }
        try? await connection.executeThenClose { inbound, outbound in
            var input = inbound.makeAsyncIterator(), bytes: [UInt8] = []
            var read: Result<AGIRequest, AGIRequest.Malformed>?
            while read == nil, let buffer = try await input.next() {
                bytes += buffer.readableBytesView
                read = AGIRequest.read(bytes)
            }
            var variables = RouteVariables.none("no_answer")
            switch read {
            case .success(let request):
                let passed = (ContinuousClock.now - began).components
                let left =
                    deadline - AGIServer.forWriting - passed.seconds * 1_000 - passed.attoseconds
                    / 1_000_000_000_000_000
                if let reply = await bridge.route(request, within: max(1, left)),
                    let found = RouteVariables(reply: reply)
                {
                    variables = found
                }
            case .failure:
                logger.warning("an AGI request was left aside: a caller had written into it")
                variables = .none("malformed")
            case nil: return
            }
            var rest = ""
            for value in variables.values {
                // One at a time: Asterisk does not see a second command behind the first before more comes.
                try await outbound.write(ByteBuffer(string: AGIRequest.set("SCREENPOP_" + value.name, value.value)))
                var isOwed = true
                while isOwed {
                    guard let end = rest.firstIndex(of: "\n") else {
                        guard let buffer = try await input.next() else { return }
                        rest += String(buffer: buffer)
                        continue
                    }
                    // A hangup in the middle is a line where an answer is expected.
                    isOwed = rest[..<end] == "HANGUP"
                    rest.removeSubrange(...end)
                }
            }
        }
    }
}
