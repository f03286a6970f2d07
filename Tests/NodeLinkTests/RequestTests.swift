import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

@testable import NodeLink

/// An HTTP server for the tests: `/echo` sends the body back as it comes, `/count` says how long it was, `/early`
/// answers before the body and closes, `/break` closes within its answer, `/trailers` ends with a field.
final class TestAPI: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart
    private var head: HTTPRequestHead?
    private var count = 0
    private let requests: Box<[HTTPRequestHead]>

    init(_ requests: Box<[HTTPRequestHead]>) { self.requests = requests }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            count = 0
            requests.change { $0.append(head) }
            if head.uri == "/echo" { begin(.ok, [:], context) }
            if head.uri == "/early" {
                begin(.payloadTooLarge, ["connection": "close", "content-length": "4"], context)
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: "long")))), promise: nil)
                let here = NIOLoopBound(context, eventLoop: context.eventLoop)
                context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in here.value.close(promise: nil) }
            }
        case .body(let bytes):
            count += bytes.readableBytes
            if head?.uri == "/echo" { context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil) }
        case .end:
            switch head?.uri {
            case "/echo": context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            case "/count":
                let text = "\(count)"
                begin(.ok, ["content-length": "\(text.utf8.count)"], context)
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            case "/break":
                begin(.ok, ["content-length": "100"], context)
                let here = NIOLoopBound(context, eventLoop: context.eventLoop)
                context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: "half"))))).whenComplete {
                    _ in here.value.close(promise: nil)
                }
            case "/trailers":
                begin(.ok, [:], context)
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: "body")))), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(["screenpop-seq": "7"])), promise: nil)
            default: break
            }
        }
    }

    private func begin(_ status: HTTPResponseStatus, _ fields: HTTPHeaders, _ context: ChannelHandlerContext) {
        context.writeAndFlush(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: fields))), promise: nil)
    }
}

/// A body of pieces, which are made as they are asked for.
struct Pieces: AsyncSequence, Sendable {
    typealias Element = ByteBuffer
    var count: Int
    var bytes = 64 << 10
    /// The piece that fails, if any.
    var failsAt: Int?
    var asked = Box(0)
    struct Fault: Error, Equatable {}

    struct AsyncIterator: AsyncIteratorProtocol {
        let pieces: Pieces
        var made = 0
        mutating func next() async throws -> ByteBuffer? {
            if pieces.failsAt == made { throw Fault() }
            guard made < pieces.count else { return nil }
            made += 1
            pieces.asked.change { $0 += 1 }
            return ByteBuffer(repeating: UInt8(made % 251), count: pieces.bytes)
        }
    }
    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pieces: self) }
}

extension SocketTests {
    @Suite struct RequestTests {
        static func cluster(_ requests: Box<[HTTPRequestHead]> = Box([])) async throws -> Cluster {
            try await Cluster { channel in
                let pipeline = channel.pipeline.syncOperations
                try pipeline.addHandler(BackPressureHandler())
                try pipeline.configureHTTPServerPipeline(withErrorHandling: true)
                try pipeline.addHandler(TestAPI(requests))
            }
        }

        static func head(_ uri: String, _ fields: HTTPHeaders = [:]) -> HTTPRequestHead {
            HTTPRequestHead(version: .http1_1, method: .POST, uri: uri, headers: fields)
        }

        static func text(_ body: LinkBody) async throws -> String {
            var all = ByteBuffer()
            for try await piece in body { all.writeImmutableBuffer(piece) }
            return String(buffer: all)
        }

        /// 64 MB there and back, over one connection, by both addresses of the interface.
        @Test(arguments: [true, false]) func aLargeBodyGoesThereAndBack(isLocal: Bool) async throws {
            let requests = Box<[HTTPRequestHead]>([])
            let cluster = try await RequestTests.cluster(requests)
            let pieces = Pieces(count: 1_000)
            let (head, body) = try await cluster.client.request(
                cluster.peer, isLocal: isLocal, head: RequestTests.head("/echo", ["host": "h", "x-any": "1"]),
                body: pieces)
            #expect(head.status == .ok)
            var count = 0, isSame = true
            for try await piece in body {
                let first = piece.getInteger(at: piece.readerIndex, as: UInt8.self)
                isSame = isSame && first == UInt8((count / pieces.bytes + 1) % 251)
                count += piece.readableBytes
            }
            #expect(count == 1_000 * pieces.bytes)
            #expect(isSame)
            let fields = requests.value[0].headers
            #expect(fields["x-any"] == ["1"] && fields["host"] == ["h"] && fields["transfer-encoding"] == ["chunked"])
            try await cluster.close()
        }

        /// The leader's interface knows which connections come from another node.
        @Test func connectionsFromLinksAreKnown() async throws {
            let seen = Box<[SocketAddress?]>([])
            let cluster = try await Cluster { channel in
                seen.change { $0.append(channel.remoteAddress) }
                try channel.pipeline.syncOperations.addHandler(AnswerAtEnd())
            }
            let connection = try await cluster.raw(.api(isLocal: false))
            try await eventually("accepted") { seen.value.count == 1 }
            #expect(cluster.server.carries(seen.value[0]))
            #expect(!cluster.server.carries(nil))
            let direct = try await ClientBootstrap(group: cluster.group)
                .connect(host: "127.0.0.1", port: cluster.apiPort).get()
            try await eventually("accepted") { seen.value.count == 2 }
            #expect(!cluster.server.carries(seen.value[1]))
            try await direct.close()
            try await connection.channel.close()
            try await eventually("forgotten") { !cluster.server.carries(seen.value[0]) }
            try await cluster.close()
        }

        @Test func aConnectionIsUsedAgain() async throws {
            let cluster = try await RequestTests.cluster()
            for number in 0..<50 {
                let (_, body) = try await cluster.client.request(
                    cluster.peer, isLocal: true, head: RequestTests.head("/count"),
                    body: Pieces(count: 1, bytes: number + 1))
                #expect(try await RequestTests.text(body) == "\(number + 1)")
            }
            #expect(cluster.client.connectionCount == 1)
            try await eventually("an idle connection is closed") { cluster.client.connectionCount == 0 }
            try await cluster.close()
        }

        @Test func manyRequestsAtOnce() async throws {
            let cluster = try await RequestTests.cluster()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...60 {
                    group.addTask {
                        let text = try await persistently {
                            let (_, body) = try await cluster.client.request(
                                cluster.peer, isLocal: number % 2 == 0, head: SocketTests.RequestTests.head("/count"),
                                body: Pieces(count: number, bytes: 100))
                            return try await SocketTests.RequestTests.text(body)
                        }
                        #expect(text == "\(number * 100)")
                    }
                }
                try await group.waitForAll()
            }
            try await eventually("no more than are held are left") {
                cluster.client.connectionCount <= 2 * LinkLimits.idleMax
            }
            try await cluster.close()
        }

        /// An answer that comes before the end of the body ends the sending, and the connection is not used again.
        @Test func anAnswerBeforeTheEndOfTheBody() async throws {
            let cluster = try await RequestTests.cluster()
            let pieces = Pieces(count: 1_000_000)
            let (head, body) = try await cluster.client.request(
                cluster.peer, isLocal: true, head: RequestTests.head("/early"), body: pieces)
            #expect(head.status == .payloadTooLarge)
            #expect(try await RequestTests.text(body) == "long")
            let asked = pieces.asked.value
            #expect(asked < 1_000_000)
            try await eventually("no connection is left") { cluster.client.connectionCount == 0 }
            #expect(pieces.asked.value == asked)
            try await cluster.close()
        }

        /// The client's own connection broke: the leader must not see a request that looks whole.
        @Test(arguments: [[:], ["content-length": "6553600"]] as [HTTPHeaders])
        func aBodyThatBreaksIsNoWholeRequest(fields: HTTPHeaders) async throws {
            let cluster = try await RequestTests.cluster()
            await #expect(throws: Pieces.Fault()) {
                _ = try await cluster.client.request(
                    cluster.peer, isLocal: true, head: RequestTests.head("/count", fields),
                    body: Pieces(count: 100, failsAt: 50))
            }
            try await eventually("no connection is left") {
                cluster.client.connectionCount == 0 && cluster.server.connectionCount == 0
            }
            try await cluster.close()
        }

        @Test func aBodyThatIsShorterThanAnnouncedIsNoWholeRequest() async throws {
            let cluster = try await RequestTests.cluster()
            await #expect(throws: BodyLengthFault(announced: 1_000, sent: 999)) {
                _ = try await cluster.client.request(
                    cluster.peer, isLocal: true, head: RequestTests.head("/count", ["content-length": "1000"]),
                    body: Pieces(count: 1, bytes: 999))
            }
            try await cluster.close()
        }

        @Test func anAnswerThatBreaksIsAnError() async throws {
            let cluster = try await RequestTests.cluster()
            let (head, body) = try await cluster.client.request(
                cluster.peer, isLocal: true, head: RequestTests.head("/break"), body: Pieces(count: 0))
            #expect(head.status == .ok)
            await #expect(throws: LinkError.self) { _ = try await RequestTests.text(body) }
            try await eventually("no connection is left") { cluster.client.connectionCount == 0 }
            try await cluster.close()
        }

        @Test func fieldsBehindTheBodyArrive() async throws {
            let cluster = try await RequestTests.cluster()
            let (_, body) = try await cluster.client.request(
                cluster.peer, isLocal: true, head: RequestTests.head("/trailers"), body: Pieces(count: 0))
            #expect(body.trailers == nil)
            #expect(try await RequestTests.text(body) == "body")
            #expect(body.trailers?["screenpop-seq"] == ["7"])
            try await cluster.close()
        }

        /// Nobody reads the answer: the leader is made to wait, and holds no more than the sockets do.
        @Test func backPressureReachesTheSender() async throws {
            let cluster = try await RequestTests.cluster()
            let pieces = Pieces(count: 10_000)
            do {
                let (_, body) = try await cluster.client.request(
                    cluster.peer, isLocal: true, head: RequestTests.head("/echo"), body: pieces)
                var last = -1
                // Until nothing moves for a while.
                try await eventually("the sender waits") {
                    try await Task.sleep(for: .milliseconds(300))
                    defer { last = pieces.asked.value }
                    return pieces.asked.value == last && last > 0
                }
                #expect(pieces.asked.value < 10_000)
                _ = body.trailers
            }
            // The answer was dropped, and its connection with it.
            try await eventually("no connection is left") {
                cluster.client.connectionCount == 0 && cluster.server.connectionCount == 0
            }
            try await cluster.close()
        }

        @Test func aCancelledRequestLeavesNothing() async throws {
            let cluster = try await RequestTests.cluster()
            let asking = Task {
                // No answer ever comes.
                _ = try await cluster.client.request(
                    cluster.peer, isLocal: true, head: RequestTests.head("/none"), body: Pieces(count: 1))
            }
            try await eventually("asked") { cluster.server.connectionCount == 1 }
            asking.cancel()
            await #expect(throws: (any Error).self) { try await asking.value }
            try await eventually("no connection is left") {
                cluster.client.connectionCount == 0 && cluster.server.connectionCount == 0
            }
            try await cluster.close()
        }

        /// The connections to a leader that is none any more are closed, and their requests fail.
        @Test func connectionsToAnOldLeaderAreClosed() async throws {
            let cluster = try await RequestTests.cluster()
            let asking = Task {
                _ = try await cluster.client.request(
                    cluster.peer, isLocal: true, head: RequestTests.head("/none"), body: Pieces(count: 1))
            }
            try await eventually("asked") { cluster.server.connectionCount == 1 }
            cluster.client.closeConnections(allBut: cluster.peer)
            #expect(cluster.client.connectionCount == 1)
            cluster.client.closeConnections(allBut: Peer(node: "c", address: "10.0.0.3:1"))
            await #expect(throws: LinkError.self) { try await asking.value }
            try await cluster.close()
        }
    }
}
