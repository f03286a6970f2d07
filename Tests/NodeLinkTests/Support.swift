import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import Testing

@testable import NodeLink

/// Waits for something that happens on another thread, a minute at most.
func eventually(_ what: String, _ isTrue: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(60)
    while try await !isTrue() {
        try #require(ContinuousClock.now < end, "did not happen within a minute: \(what)")
        try await Task.sleep(for: .milliseconds(2))
    }
}

/// Does it again where a connection was too slow: the bounds are short, and a machine that runs tests is busy.
func persistently<Value: Sendable>(_ work: () async throws -> Value) async throws -> Value {
    let end = ContinuousClock.now + .seconds(60)
    while true {
        do { return try await work() } catch let error as LinkError {
            switch error {
            case .cannotConnect, .noAnswer, .refused(_, code: "unavailable"), .notALink, .ended:
                guard ContinuousClock.now < end else { throw error }
            default: throw error
            }
        }
    }
}

/// Suites with sockets, one test at a time: each has threads of its own.
@Suite(.serialized, .timeLimit(.minutes(3))) struct SocketTests {}

/// A folder that is removed with it.
final class Folder: Sendable {
    let path = NSTemporaryDirectory() + "link-" + String(UInt64.random(in: 0 ... .max), radix: 36)

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String, mode: Int = 0o600) throws -> String {
        let file = path + "/" + name
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        return file
    }
}

/// A value behind a lock.
final class Box<Value: Sendable>: Sendable {
    private let state: Mutex<Value>
    init(_ value: Value) { state = Mutex(value) }
    var value: Value { state.withLock { $0 } }
    func change(_ body: (inout Value) -> Void) { state.withLock { body(&$0) } }
}

/// A leader on this machine, and a client of another node.
final class Cluster: Sendable {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
    let folder: Folder
    let server: LinkServer
    let client: LinkClient
    let leads = Box(true)
    /// Who subscribed, after which position, with what for a feed.
    let followers = Box<[(node: String, after: Int64, feed: Feed)]>([])
    /// The sources of the connections for events, and their loops.
    let events = Box<[(source: String?, isOnLoop: Bool)]>([])
    /// Who said that it leads, and since which epoch.
    let heard = Box<[(leader: Peer, epoch: Int64)]>([])
    private let api: [any Channel]

    var peer: Peer { Peer(node: "a", address: "127.0.0.1:\(server.port ?? 0)") }
    var apiPort: Int { api[1].localAddress?.port ?? 0 }

    init(
        feedBytesMax: Int = 1 << 20, snapshot: String? = nil,
        api addHandlers: @escaping @Sendable (any Channel) throws -> Void = { _ in }
    ) async throws {
        let folder = try Folder(), group = self.group, loop = group.next(), leads = self.leads
        let followers = self.followers, events = self.events, heard = self.heard, api = folder.path + "/api.sock"
        let bootstrap = ServerBootstrap(group: group)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try addHandlers(channel) }
            }
        let local = try await bootstrap.bind(unixDomainSocketPath: api).get()
        let network = try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
        let port = network.localAddress?.port ?? 0
        let parts = LinkServer.Parts(
            leader: { leads.value ? .me : .other(node: "c") },
            events: { channel, source in
                channel.eventLoop.makeCompletedFuture {
                    events.change { $0.append((source, channel.eventLoop === loop)) }
                    try channel.pipeline.syncOperations.addHandler(EventEcho())
                }
            },
            localAPI: api, networkAPI: { ("127.0.0.1", port) },
            follow: { node, after in
                let feed = Feed(bytesMax: feedBytesMax)
                followers.change { $0.append((node, after, feed)) }
                return feed
            },
            snapshot: {
                struct None: Error {}
                guard let snapshot else { throw None() }
                return (snapshot, {})
            }, leaderSaid: { leader, epoch in heard.change { $0.append((leader, epoch)) } })
        let secret = LinkSecret(bytes: Array("a secret of many bytes".utf8))
        self.folder = folder
        self.api = [local, network]
        server = try await .listen(address: "127.0.0.1:0", secret: secret, parts, group: group, loop: loop)
        client = LinkClient(secret: secret, node: "b", group: group)
    }

    func close() async throws {
        await client.close()
        await server.close()
        for channel in api { try? await channel.close() }
        try await group.shutdownGracefully()
    }

    /// A connection whose bytes a test reads and writes itself.
    func raw(_ purpose: Purpose) async throws -> RawConnection {
        let peer = self.peer, parts = Box<NIOLoopBound<PullHandler<ByteBuffer>>?>(nil)
        let channel = try await persistently {
            try await client.open(peer, purpose, on: group.next()) { channel in
                let handler = PullHandler<ByteBuffer>(peer, on: channel.eventLoop)
                try channel.pipeline.syncOperations.addHandler(handler)
                let here = NIOLoopBound(handler, eventLoop: channel.eventLoop)
                parts.change { $0 = here }
            }.get()
        }
        return RawConnection(channel: channel, parts: try #require(parts.value))
    }
}

/// A connection that is read as a test asks for it.
struct RawConnection: Sendable {
    let channel: any Channel
    let parts: NIOLoopBound<PullHandler<ByteBuffer>>

    /// A connection that a bootstrap makes, with handlers before the one that reads.
    static func connect(
        _ group: any EventLoopGroup, before: @escaping @Sendable (any Channel) throws -> Void = { _ in },
        _ connect: (ClientBootstrap) async throws -> any Channel
    ) async throws -> RawConnection {
        let parts = Box<NIOLoopBound<PullHandler<ByteBuffer>>?>(nil)
        let bootstrap = ClientBootstrap(group: group)
            .channelOption(.autoRead, value: false).channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try before(channel)
                    let handler = PullHandler<ByteBuffer>(Peer(node: "", address: ""), on: channel.eventLoop)
                    try channel.pipeline.syncOperations.addHandler(handler)
                    let here = NIOLoopBound(handler, eventLoop: channel.eventLoop)
                    parts.change { $0 = here }
                }
            }
        let channel = try await connect(bootstrap)
        return RawConnection(channel: channel, parts: try #require(parts.value))
    }

    func send(_ bytes: ByteBuffer) async throws { try await channel.writeAndFlush(bytes).get() }
    func send(_ text: String) async throws { try await send(ByteBuffer(string: text)) }
    func endOutput() async throws { try await channel.close(mode: .output).get() }

    /// nil at the end.
    func next() async throws -> ByteBuffer? {
        let parts = self.parts
        return try await channel.eventLoop.flatSubmit { parts.value.next() }.get()
    }

    /// Everything until the end.
    func rest() async throws -> ByteBuffer {
        var all = ByteBuffer()
        while var more = try await next() { all.writeBuffer(&more) }
        return all
    }
}

/// Echoes what it reads, as long as it reads; ends when the other side has.
final class EventEcho: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    func channelActive(context: ChannelHandlerContext) { context.read() }
    func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.writeAndFlush(data, promise: nil) }
    func channelReadComplete(context: ChannelHandlerContext) { context.read() }
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed? = event as? ChannelEvent else { return }
        let here = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(NIOAny(ByteBuffer(string: "end"))).whenComplete { _ in here.value.close(promise: nil) }
    }
}

/// Reads to the end of the input, answers with everything it read, and closes.
final class AnswerAtEnd: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private var all = ByteBuffer()
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        all.writeBuffer(&buffer)
    }
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed? = event as? ChannelEvent else { return }
        let here = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(NIOAny(all)).whenComplete { _ in here.value.close(promise: nil) }
    }
}
