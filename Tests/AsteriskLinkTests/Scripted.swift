import NIOCore
import NIOPosix
import Synchronization

/// A server that answers by a script, and keeps the lines that it read.
final class Scripted: Sendable {
    private struct State: Sendable {
        var lines: [String] = []
        var connections: [any Channel] = []
        var opened = 0
    }
    private let state = Mutex(State())
    private let greeting: String
    /// What is written to a line.
    private let answer: @Sendable (String) -> String

    /// - Parameter greeting: written as a connection is made.
    init(greeting: String = "", answer: @escaping @Sendable (String) -> String) {
        self.greeting = greeting
        self.answer = answer
    }

    /// - Returns: what listens, to be closed.
    func listen(at address: SocketAddress) async throws -> any Channel {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture { try child.pipeline.syncOperations.addHandler(Lines(self)) }
            }.bind(to: address).get()
    }

    var lines: [String] { state.withLock { $0.lines } }
    /// Connections that were made so far.
    var opened: Int { state.withLock { $0.opened } }

    func write(_ bytes: [UInt8]) {
        for one in state.withLock({ $0.connections }) { one.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }
    }

    func hangUp() {
        for one in state.withLock({ $0.connections }) { one.close(promise: nil) }
        state.withLock { $0.connections = [] }
    }

    private final class Lines: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let script: Scripted
        private var rest = ""

        init(_ script: Scripted) { self.script = script }

        func channelActive(context: ChannelHandlerContext) {
            let channel = context.channel
            script.state.withLock {
                $0.connections.append(channel)
                $0.opened += 1
            }
            if !script.greeting.isEmpty { channel.writeAndFlush(ByteBuffer(string: script.greeting), promise: nil) }
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            rest += String(buffer: unwrapInboundIn(data))
            // The manager's lines end with CRLF, which is one character.
            while let end = rest.firstIndex(where: \.isNewline) {
                let line = String(rest[..<end])
                rest.removeSubrange(...end)
                script.state.withLock { $0.lines.append(line) }
                let answer = script.answer(line)
                if !answer.isEmpty { context.channel.writeAndFlush(ByteBuffer(string: answer), promise: nil) }
            }
        }
    }
}
