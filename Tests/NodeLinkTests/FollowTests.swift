import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import Testing

@testable import NodeLink

extension SocketTests {
    /// The leader's bursts, as a follower gets them.
    @Suite struct FollowTests {
        @Test func framesArriveInOrder() async throws {
            let cluster = try await Cluster(feedBytesMax: 64 << 20)
            let received = Box<[LinkMessage]>([]), peer = cluster.peer
            let following = Task {
                try await cluster.client.follow(peer, after: 41) { frame in received.change { $0.append(frame) } }
            }
            try await eventually("subscribed") { cluster.followers.value.count == 1 }
            let (node, after, feed) = cluster.followers.value[0]
            #expect(node == "b" && after == 41)
            var random = Seeded(3)
            var sent = (0..<500).map { number -> LinkMessage in
                number % 7 == 0 ? .notice([UInt8](repeating: 7, count: number)) : .burst(PureTests.frame(&random))
            }
            sent.append(.burst(FeedTests.frame(1, bytes: 8 << 20)))
            for frame in sent { #expect(feed.offer(frame)) }
            feed.end()
            // The leader's end is no error.
            try await following.value
            #expect(received.value == sent)
            try await eventually("no connection is left") {
                cluster.server.connectionCount == 0 && cluster.client.connectionCount == 0
            }
            try await cluster.close()
        }

        /// Keepalives hold a connection without bursts for longer than its bound.
        @Test func aLeaderWithoutBurstsIsNoSilentOne() async throws {
            let cluster = try await Cluster()
            let received = Box(0), peer = cluster.peer
            let following = Task {
                try await cluster.client.follow(peer, after: 0) { _ in received.change { $0 += 1 } }
            }
            try await eventually("subscribed") { cluster.followers.value.count == 1 }
            let began = ContinuousClock.now
            try await eventually("2.5 s have passed") { ContinuousClock.now - began > .seconds(2.5) }
            #expect(cluster.followers.value[0].feed.offer(FeedTests.frame(1)))
            try await eventually("the frame is there") { received.value == 1 }
            following.cancel()
            try await following.value
            try await eventually("the feed was abandoned") {
                !cluster.followers.value[0].feed.offer(FeedTests.frame(2))
            }
            try await cluster.close()
        }

        /// A leader that answers and then says nothing: its machine hangs.
        @Test func aSilentLeaderIsAnError() async throws {
            final class Yes: ChannelInboundHandler {
                typealias InboundIn = ByteBuffer
                func channelRead(context: ChannelHandlerContext, data: NIOAny) {
                    context.writeAndFlush(NIOAny(ByteBuffer(bytes: LinkAnswer.yes.line)), promise: nil)
                }
            }
            let cluster = try await Cluster()
            let context = try LinkSecret(bytes: Array("a secret of many bytes".utf8)).serverContext()
            let mute = try await ServerBootstrap(group: cluster.group).childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    try channel.pipeline.syncOperations.addHandler(Yes())
                }
            }.bind(host: "127.0.0.1", port: 0).get()
            let peer = Peer(node: "m", address: "127.0.0.1:\(mute.localAddress?.port ?? 0)")
            let began = ContinuousClock.now
            await #expect(throws: LinkError.silent(peer)) { try await cluster.client.follow(peer, after: 0) { _ in } }
            #expect(ContinuousClock.now - began > .seconds(1.2))
            try await mute.close()
            try await cluster.close()
        }

        @Test func whatIsNoFrameEndsTheConnection() async throws {
            final class Nonsense: ChannelInboundHandler {
                typealias InboundIn = ByteBuffer
                func channelRead(context: ChannelHandlerContext, data: NIOAny) {
                    let bytes = LinkAnswer.yes.line + [0, 0, 0, 1, 0] + [0, 0, 0, 0]
                    context.writeAndFlush(NIOAny(ByteBuffer(bytes: bytes)), promise: nil)
                }
            }
            let cluster = try await Cluster()
            let context = try LinkSecret(bytes: Array("a secret of many bytes".utf8)).serverContext()
            let wrong = try await ServerBootstrap(group: cluster.group).childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    try channel.pipeline.syncOperations.addHandler(Nonsense())
                }
            }.bind(host: "127.0.0.1", port: 0).get()
            let peer = Peer(node: "w", address: "127.0.0.1:\(wrong.localAddress?.port ?? 0)")
            await #expect(throws: LinkError.badFrame(peer, reason: "a length of 0")) {
                try await cluster.client.follow(peer, after: 0) { _ in }
            }
            try await wrong.close()
            try await cluster.close()
        }

        /// A follower whose thread is busy: its feed fills, and it is dropped without blocking anybody.
        @Test func aFollowerThatFallsBehindIsDropped() async throws {
            let cluster = try await Cluster(feedBytesMax: 256 << 10)
            let isBusy = Box(true), peer = cluster.peer
            let following = Task {
                try await cluster.client.follow(peer, after: 0) { _ in
                    while isBusy.value { usleep(1_000) }
                }
            }
            try await eventually("subscribed") { cluster.followers.value.count == 1 }
            let feed = cluster.followers.value[0].feed
            // The sockets' buffers fill first.
            var offered = 0
            while feed.offer(FeedTests.frame(1, bytes: 100 << 10)), offered < 10_000 { offered += 1 }
            #expect(offered < 10_000)
            #expect(!feed.offer(FeedTests.frame(2)))
            isBusy.change { $0 = false }
            _ = await following.result
            try await eventually("no connection is left") { cluster.server.connectionCount == 0 }
            try await cluster.close()
        }

        /// Also to a node that does not lead: it may be one that still thinks so, or no more.
        @Test(arguments: [true, false]) func aNodeSaysThatItLeads(leads: Bool) async throws {
            let cluster = try await Cluster()
            cluster.leads.change { $0 = leads }
            let own = Peer(node: "b", address: "10.0.0.2:8791"), peer = cluster.peer
            try await persistently { try await cluster.client.say(own, leads: 7, to: peer) }
            #expect(cluster.heard.value.last?.leader == own && cluster.heard.value.last?.epoch == 7)
            try await eventually("no connection is left") {
                cluster.server.connectionCount == 0 && cluster.client.connectionCount == 0
            }
            try await cluster.close()
        }

        @Test func aServerThatClosesEndsItsFollowers() async throws {
            let cluster = try await Cluster()
            let peer = cluster.peer
            let following = Task { try await cluster.client.follow(peer, after: 0) { _ in } }
            try await eventually("subscribed") { cluster.followers.value.count == 1 }
            cluster.server.closeConnections()
            _ = await following.result
            // The server's side hears of it a moment later.
            let feed = cluster.followers.value[0].feed
            try await eventually("the feed is given up") { !feed.offer(FeedTests.frame(1)) }
            try await cluster.close()
        }
    }
}
