import Listening
import NIOCore
import NIOPosix

/// Accepts the dialplan's questions for a route. Each ends by its deadline, whatever screenpopd and the PBX do: the
/// caller hears nothing meanwhile.
public struct RouteListener: Sendable {
    private typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// A connection with a question.
    public struct Question {
        /// The PBX's bytes.
        public let inbound: NIOAsyncChannelInboundStream<ByteBuffer>
        /// Bytes to the PBX; the connection ends with the answer.
        public let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
        fileprivate let answerBy: ContinuousClock.Instant

        /// How long screenpopd may think from now on, so that the PBX reads the answer in time. Milliseconds, 1 at
        /// least.
        public var timeLeft: Int64 {
            let (seconds, attoseconds) = ContinuousClock.now.duration(to: answerBy).components
            return max(1, seconds * 1_000 + attoseconds / 1_000_000_000_000_000)
        }
    }

    /// The answer is written so long before the deadline, so that the PBX has read it by then. Milliseconds.
    private static let forWriting: Int64 = 50
    /// Connections that wait to be accepted: a burst of calls.
    private static let backlog: Int32 = 1_024

    private let channel: NIOAsyncChannel<Connection, Never>
    /// The connections that are not answered yet.
    private let accepted: AcceptedChannels<ByteBuffer, ByteBuffer>

    /// The port that it listens at.
    public var port: Int? { channel.channel.localAddress?.port }

    /// Binds at once; port 0 has the system choose one. Throws what SwiftNIO has of the bind.
    public static func listen(host: String, port: Int, group: any EventLoopGroup) async throws -> RouteListener {
        let accepted = AcceptedChannels<ByteBuffer, ByteBuffer>()
        let channel = try await ServerBootstrap(group: group).serverChannelOption(.backlog, value: backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    accepted.hold(try NIOAsyncChannel(wrappingChannelSynchronously: channel))
                }
            }
        return RouteListener(channel: channel, accepted: accepted)
    }

    /// Answers until the task is cancelled.
    ///
    /// - Parameters:
    ///   - deadline: after so many milliseconds a connection is closed.
    ///   - answer: reads the question and writes the answer.
    public func run(deadline: Int64, _ answer: @escaping @Sendable (Question) async throws -> Void) async {
        try? await channel.executeThenClose { connections in
            try await withThrowingDiscardingTaskGroup { group in
                for try await connection in connections {
                    accepted.release(connection)
                    group.addTask { await RouteListener.serve(connection, deadline, answer) }
                }
            }
        }
        await accepted.end()
    }

    private static func serve(
        _ connection: Connection, _ deadline: Int64, _ answer: @Sendable (Question) async throws -> Void
    ) async {
        let answerBy = ContinuousClock.now + .milliseconds(deadline - forWriting)
        let end = connection.channel.eventLoop.scheduleTask(in: .milliseconds(deadline)) {
            connection.channel.close(promise: nil)
        }
        defer { end.cancel() }
        try? await connection.executeThenClose { inbound, outbound in
            try await answer(Question(inbound: inbound, outbound: outbound, answerBy: answerBy))
        }
    }
}
