import NIOCore
import NIOPosix
import NIOSSL
import Testing

@testable import NodeLink

extension SocketTests {
    /// Who may connect, and what else is refused.
    @Suite struct HandshakeTests {
        @Test func nodesWithTheSameSecretConnect() async throws {
            let cluster = try await Cluster(api: { try $0.pipeline.syncOperations.addHandler(AnswerAtEnd()) })
            let connection = try await cluster.raw(.api(isLocal: true))
            let tls = try await connection.channel.nioSSL_tlsVersion().get()
            #expect(tls == .tlsv12)
            try await connection.send("hello")
            try await connection.endOutput()
            #expect(String(buffer: try await connection.rest()) == "hello")
            try await cluster.close()
        }

        @Test func anotherSecretIsNamedAsTheCause() async throws {
            let cluster = try await Cluster()
            let other = LinkClient(
                secret: LinkSecret(bytes: Array("another secret, long enough".utf8)), node: "b", group: cluster.group)
            await #expect(throws: LinkError.wrongSecret(cluster.peer)) {
                try await other.follow(cluster.peer, after: 0) { _ in }
            }
            #expect(LinkError.wrongSecret(cluster.peer).description.contains("cluster.secret_file"))
            #expect(cluster.followers.value.isEmpty)
            try await eventually("no connection is left") { cluster.server.connectionCount == 0 }
            try await cluster.close()
        }

        /// Neither bytes that are no TLS nor TLS without the key get an answer of the protocol.
        @Test(arguments: [#"{"for":"api","local":true}"# + "\n", "GET / HTTP/1.1\r\n\r\n", "\u{16}\u{3}\u{1}"])
        func aClientWithoutTLSIsClosed(text: String) async throws {
            let cluster = try await Cluster()
            let port = try #require(cluster.server.port)
            let connection = try await RawConnection.connect(cluster.group) {
                try await $0.connect(host: "127.0.0.1", port: port).get()
            }
            try? await connection.send(text)
            // A TLS alert at most; three bytes of a handshake are waited for until its bound.
            let answer = (try? await connection.rest()) ?? ByteBuffer()
            #expect(answer.readableBytes < 16)
            #expect(!String(buffer: answer).contains("ok"))
            try await eventually("no connection is left") { cluster.server.connectionCount == 0 }
            try await cluster.close()
        }

        @Test func certificatesAreNoSubstituteForTheSecret() async throws {
            let cluster = try await Cluster()
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.certificateVerification = .none
            let context = try NIOSSLContext(configuration: tls)
            let channel = try await ClientBootstrap(group: cluster.group).channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let tls = try NIOSSLClientHandler(context: context, serverHostname: nil)
                    try channel.pipeline.syncOperations.addHandler(tls)
                }
            }.connect(host: "127.0.0.1", port: try #require(cluster.server.port)).get()
            try? await channel.writeAndFlush(ByteBuffer(bytes: Purpose.api(isLocal: true).line)).get()
            try await channel.closeFuture.get()
            try await cluster.close()
        }

        @Test func aSilentClientIsClosed() async throws {
            let cluster = try await Cluster()
            let began = ContinuousClock.now
            let channel = try await ClientBootstrap(group: cluster.group)
                .connect(host: "127.0.0.1", port: try #require(cluster.server.port)).get()
            try await channel.closeFuture.get()
            #expect(ContinuousClock.now - began > .seconds(1.5))
            try await eventually("no connection is left") { cluster.server.connectionCount == 0 }
            try await cluster.close()
        }

        /// The handshake succeeds, and no first line comes.
        @Test func aClientWithoutAFirstLineIsClosed() async throws {
            let cluster = try await Cluster()
            let context = try LinkSecret(bytes: Array("a secret of many bytes".utf8)).clientContext(node: "b")
            let channel = try await ClientBootstrap(group: cluster.group).channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let tls = try NIOSSLClientHandler(context: context, serverHostname: nil)
                    try channel.pipeline.syncOperations.addHandler(tls)
                }
            }.connect(host: "127.0.0.1", port: try #require(cluster.server.port)).get()
            try await channel.writeAndFlush(ByteBuffer(string: #"{"for":"#)).get()
            try await channel.closeFuture.get()
            try await cluster.close()
        }

        @Test func whoDoesNotLeadSaysWhoDoes() async throws {
            let cluster = try await Cluster()
            cluster.leads.change { $0 = false }
            let error = LinkError.notLeader(cluster.peer, leader: "c")
            await #expect(throws: error) { try await cluster.client.follow(cluster.peer, after: 0) { _ in } }
            await #expect(throws: error) { try await cluster.raw(.api(isLocal: true)) }
            await #expect(throws: error) { try await cluster.raw(.events(source: nil)) }
            #expect(error.description == "node a (\(cluster.peer.address)) does not lead; c does")
            try await cluster.close()
        }

        @Test(arguments: [(#"{"for":"fetch"}"#, "unknown_purpose"), ("hello", "malformed"), ("", "malformed")])
        func aPurposeThatIsUnknownIsRefused(line: String, code: String) async throws {
            let cluster = try await Cluster()
            let context = try LinkSecret(bytes: Array("a secret of many bytes".utf8)).clientContext(node: "b")
            let port = try #require(cluster.server.port)
            let connection = try await RawConnection.connect(cluster.group, before: { channel in
                let tls = try NIOSSLClientHandler(context: context, serverHostname: nil)
                try channel.pipeline.syncOperations.addHandler(tls)
            }) {
                try await $0.connect(host: "127.0.0.1", port: port).get()
            }
            connection.channel.writeAndFlush(ByteBuffer(string: line + "\n"), promise: nil)
            let answer = String(buffer: try await connection.rest())
            #expect(answer == #"{"error":"\#(code)"}"# + "\n")
            try await cluster.close()
        }

        @Test func whereNobodyListensTheReasonIsSaid() async throws {
            let cluster = try await Cluster()
            let peer = cluster.peer
            await cluster.server.close()
            do {
                try await cluster.client.follow(peer, after: 0) { _ in }
                Issue.record("connected")
            } catch {
                guard case .cannotConnect(peer, let reason) = error else { throw error }
                #expect(reason.contains("refused"))
            }
            await #expect(throws: LinkError.badAddress("nowhere")) {
                try await cluster.client.follow(Peer(node: "x", address: "nowhere"), after: 0) { _ in }
            }
            try await cluster.close()
        }

        @Test func anAddressThatIsTakenIsSaid() async throws {
            let cluster = try await Cluster()
            let address = cluster.peer.address
            do {
                let parts = LinkServer.Parts(
                    leader: { .me }, events: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() },
                    localAPI: "", networkAPI: { nil }, follow: { _, _ in Feed(bytesMax: 1) },
                    snapshot: { ("", {}) }, leaderSaid: { _, _ in })
                _ = try await LinkServer.listen(
                    address: address, secret: LinkSecret(bytes: [UInt8](repeating: 1, count: 16)), parts,
                    group: cluster.group, loop: cluster.group.next())
                Issue.record("listened")
            } catch let error as LinkError {
                guard case .cannotListen(address, _) = error else { throw error }
                #expect(error.description.contains("cluster.address"))
            }
            try await cluster.close()
        }
    }
}
