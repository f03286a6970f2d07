import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import NodeLink

extension SocketTests {
    /// Raw bytes in pipes: half-closure, and connections for events.
    @Suite struct PipeTests {
        /// The server reads until the client's end, and then answers with all of it.
        @Test func halfClosureGoesThrough() async throws {
            let cluster = try await Cluster(api: { try $0.pipeline.syncOperations.addHandler(AnswerAtEnd()) })
            for isLocal in [true, false] {
                let connection = try await cluster.raw(.api(isLocal: isLocal))
                let sent = ByteBuffer(repeating: 0x61, count: 20 << 20)
                async let answer = connection.rest()
                try await connection.send(sent)
                try await connection.endOutput()
                let received = try await answer
                #expect(received == sent)
            }
            try await eventually("no connection is left") { cluster.server.connectionCount == 0 }
            try await cluster.close()
        }

        /// A local connection and its bytes so far are carried to the leader's loop, and the replies back.
        @Test func eventsAreCarriedBothWays() async throws {
            let cluster = try await Cluster()
            let carried = Box<[EventLoopFuture<Void>]>([])
            let socket = cluster.folder.path + "/events.sock", client = cluster.client, peer = cluster.peer
            // The follower's socket: it has read the first bytes, and passes the connection on.
            final class PassOn: ChannelInboundHandler, RemovableChannelHandler {
                typealias InboundIn = ByteBuffer
                private let pass: (any Channel, ByteBuffer) -> Void
                init(_ pass: @escaping (any Channel, ByteBuffer) -> Void) { self.pass = pass }
                func channelActive(context: ChannelHandlerContext) { context.read() }
                func channelRead(context: ChannelHandlerContext, data: NIOAny) {
                    let channel = context.channel
                    context.pipeline.syncOperations.removeHandler(self, promise: nil)
                    pass(channel, unwrapInboundIn(data))
                }
            }
            let listener = try await ServerBootstrap(group: cluster.group)
                .childChannelOption(.autoRead, value: false)
                .childChannelOption(.allowRemoteHalfClosure, value: true)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            PassOn { channel, read in
                                let ended = client.carryEvents(channel, source: "pbx1", read: read, to: peer)
                                carried.change { $0.append(ended) }
                            })
                    }
                }.bind(unixDomainSocketPath: socket).get()
            let bridge = try await PipeTests.connect(socket, cluster.group)
            try await bridge.send("one ")
            var echoed = ByteBuffer()
            while echoed.readableBytes < 4, var more = try await bridge.next() { echoed.writeBuffer(&more) }
            #expect(String(buffer: echoed) == "one ")
            let large = ByteBuffer(repeating: 0x62, count: 8 << 20)
            async let rest = bridge.rest()
            try await bridge.send(large)
            try await bridge.endOutput()
            var all = try await rest
            let echo = all.readSlice(length: large.readableBytes)
            #expect(echo == large)
            #expect(String(buffer: all) == "end")
            let events = cluster.events.value
            #expect(events.count == 1 && events[0].source == "pbx1" && events[0].isOnLoop)
            try await carried.value[0].get()

            // The leader's end ends the local connection.
            let second = try await PipeTests.connect(socket, cluster.group)
            try await second.send("two")
            #expect(try await second.next().map { String(buffer: $0) } == "two")
            cluster.server.closeConnections()
            _ = try? await second.rest()
            try await carried.value[1].get()

            // Nobody leads: the local connection is closed, and the reason is known.
            cluster.leads.change { $0 = false }
            let third = try await PipeTests.connect(socket, cluster.group)
            try await third.send("three")
            #expect(try await third.next() == nil)
            await #expect(throws: LinkError.notLeader(peer, leader: "c")) { try await carried.value[2].get() }
            try await eventually("no connection is left") {
                cluster.server.connectionCount == 0 && client.connectionCount == 0
            }
            try await listener.close()
            try await cluster.close()
        }

        static func connect(_ socket: String, _ group: any EventLoopGroup) async throws -> RawConnection {
            try await RawConnection.connect(group) { try await $0.connect(unixDomainSocketPath: socket).get() }
        }

        /// A thousand connections, half of them broken at once, leave none; no descriptor either.
        @Test func connectionsThatBreakLeaveNone() async throws {
            let cluster = try await Cluster(api: { try $0.pipeline.syncOperations.addHandler(AnswerAtEnd()) })
            let before = try descriptors()
            var opened = 0
            for _ in 0..<20 {
                opened += try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 0..<50 {
                        group.addTask {
                            switch number % 5 {
                            case 0:
                                // Broken without an end of TLS, before any byte.
                                let channel = try await ClientBootstrap(group: cluster.group)
                                    .connect(host: "127.0.0.1", port: cluster.server.port ?? 0).get()
                                try? await channel.close()
                            case 1:
                                let connection = try await cluster.raw(.events(source: nil))
                                try await connection.send("x")
                                connection.channel.close(promise: nil)
                            case 2:
                                let connection = try await cluster.raw(.api(isLocal: true))
                                try await connection.send("x")
                                try await connection.endOutput()
                                #expect(try await connection.rest().readableBytes == 1)
                            case 3:
                                let connection = try await cluster.raw(.api(isLocal: false))
                                // Cuts the connection below TLS.
                                connection.channel.cut()
                                try await connection.channel.closeFuture.get()
                            default:
                                let following = Task {
                                    try await cluster.client.follow(cluster.peer, after: Int64(number)) { _ in }
                                }
                                await Task.yield()
                                following.cancel()
                                _ = await following.result
                            }
                            return 1
                        }
                    }
                    return try await group.reduce(0, +)
                }
            }
            #expect(opened == 1_000)
            try await eventually("no connection is left") {
                cluster.server.connectionCount == 0 && cluster.client.connectionCount == 0
            }
            try await eventually("no descriptor is left") { try descriptors() <= before + 8 }
            try await cluster.close()
        }

        private func descriptors() throws -> Int {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
        }
    }
}
