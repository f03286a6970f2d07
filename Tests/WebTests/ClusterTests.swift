import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import Synchronization
import Testing

@testable import Web

/// Requests to a node of a cluster: what is sent to the leader, and what its answer waits for.
@Suite struct ClusterTests {
    /// What a node of the tests does, and what was asked of it.
    final class Node: Sendable {
        struct Sent: Sendable {
            var head: HTTPRequest
            var body: String
            var isLocal: Bool
        }
        struct State {
            var leads = false
            var committed: Int64 = 41
            var isLink = false
            var sent: [Sent] = []
            var waited: [Int64] = []
            var isBehind = false
            var leaderWaits = false
            var answer: @Sendable () throws -> Response = { Response(status: .noContent) }
        }
        let state = Mutex(State())
        func set(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }
        var sent: [Sent] { state.withLock { $0.sent } }
        var waited: [Int64] { state.withLock { $0.waited } }

        var role: ClusterRole {
            ClusterRole(
                leads: { self.state.withLock { $0.leads } }, committed: { self.state.withLock { $0.committed } },
                forward: { head, body, isLocal in
                    let text = String(buffer: try await body.collect(upTo: 1 << 20))
                    let answer = self.state.withLock { state in
                        state.sent.append(Sent(head: head, body: text, isLocal: isLocal))
                        return state.answer
                    }
                    return try answer()
                },
                reached: { seq in
                    self.state.withLock { state in
                        state.waited.append(seq)
                        return !state.isBehind
                    }
                },
                carries: { _ in self.state.withLock { $0.isLink } },
                leaderWaits: { self.state.withLock { $0.leaderWaits } })
        }
    }

    static func routes(_ node: Node) throws -> Routes { try Routes { $0.cluster = node.role } }

    /// A body that is written in pieces, with fields behind it.
    static func pieces(_ texts: [String], _ trailers: HTTPFields? = nil) -> ResponseBody {
        ResponseBody { writer in
            for text in texts { try await writer.write(ByteBuffer(string: text)) }
            try await writer.finish(trailers)
        }
    }

    // MARK: A follower

    @Test(arguments: [
        (HTTPRequest.Method.post, "/v1/customers?x=1", #"{"name":"n"}"#), (.put, "/v1/customers/7", "{}"),
        (.patch, "/v1/customers/7", "{}"), (.delete, "/v1/customers/7", ""), (.post, "/v1/nothing", ""),
    ]) func aWriteGoesToTheLeader(method: HTTPRequest.Method, path: String, body: String) async throws {
        let node = Node()
        node.set {
            $0.answer = {
                Response(
                    status: .created, headers: [.screenpopSeq: "42", .eTag: "\"3\"", .connection: "close"],
                    body: .init(byteBuffer: ByteBuffer(string: "made")))
            }
        }
        let routes = try Self.routes(node), token = try routes.token(.supervisor)
        let answer = try await routes.ask(method, path, body, headers: [.ifMatch: "\"2\""], token: token)
        #expect(answer.status == 201 && answer.text == "made")
        #expect(answer.headers[.eTag] == "\"3\"" && answer.headers[.screenpopSeq] == "42")
        #expect(answer.headers[.connection] == nil)
        let sent = try #require(node.sent.first)
        #expect(node.sent.count == 1)
        #expect(sent.head.method == method && sent.head.path == path && sent.body == body && !sent.isLocal)
        #expect(sent.head.headerFields[.authorization] == "Bearer \(token)")
        #expect(sent.head.headerFields[.ifMatch] == "\"2\"")
        #expect(node.waited == [42])
    }

    @Test func aRequestOfTheUnixSocketIsALocalOneAtTheLeaderToo() async throws {
        let node = Node(), routes = try Self.routes(node)
        #expect(try await routes.ask(.post, "/v1/customers", "{}").status == 204)
        #expect(node.sent.first?.isLocal == true)
        // The answer names no position: nothing is waited for.
        #expect(node.waited == [])
    }

    /// Its desks go to the leader, which alone shows pops meanwhile.
    @Test func aFollowerIsNotReadyWhileTheLeaderWaitsForTheDatabase() async throws {
        let node = Node(), routes = try Self.routes(node)
        #expect(try await routes.ask(.get, "/readyz").status == 200)
        node.set { $0.leaderWaits = true }
        let answer = try await routes.ask(.get, "/readyz")
        #expect(answer.status == 503 && answer.text.contains("pops are shown by the node that leads"))
        node.set { $0.leaderWaits = false }
        #expect(try await routes.ask(.get, "/readyz").status == 200)
    }

    @Test func whatOnlyReadsStays() async throws {
        let node = Node(), routes = try Self.routes(node)
        #expect(try await routes.ask(.get, "/v1/operators").status == 200)
        #expect(try await routes.ask(.head, "/v1/operators").status == 405)
        #expect(node.sent.isEmpty)
    }

    @Test func fieldsOfOneConnectionAreNotPassedOn() async throws {
        let node = Node(), routes = try Self.routes(node)
        let hop = try #require(HTTPField.Name("X-Hop"))
        var fields: HTTPFields = [
            .connection: "keep-alive, X-Hop", .transferEncoding: "chunked", .te: "trailers", .expect: "100-continue",
            .upgrade: "h2c", .accept: "*/*",
        ]
        fields[hop] = "1"
        _ = try await routes.ask(.post, "/v1/customers", "{}", headers: fields)
        let passed = try #require(node.sent.first).head.headerFields
        #expect(Set(passed.map(\.name)) == [.accept, .screenpopClient])
    }

    /// Who sent the request is what this node sees, whatever the request says.
    @Test func nobodySaysWhoTheyAre() async throws {
        let node = Node(), routes = try Self.routes(node)
        let fields: HTTPFields = [
            .screenpopClient: #"{"address":"10.9.9.9","isSecure":true,"operator":"100"}"#, .forwardedFor: "10.9.9.9",
            .forwardedProto: "https",
        ]
        _ = try await routes.ask(.post, "/v1/session", "{}", headers: fields, token: "")
        let told = try #require(node.sent.first?.head.headerFields[values: .screenpopClient])
        #expect(told.count == 1)
        let client = try #require(ForwardedClient(field: told[0]))
        #expect(client == ForwardedClient())
    }

    @Test func withoutALeaderNothingIsDone() async throws {
        let node = Node(), routes = try Self.routes(node)
        node.set { $0.answer = { throw ClusterRole.NotForwarded() } }
        let answer = try await routes.ask(.post, "/v1/customers", "{}")
        #expect(answer.status == 503 && answer.headers[.retryAfter] == "1")
        #expect(answer.headers[.contentType] == "application/problem+json")
        #expect(answer.detail.contains("nothing was done"))
        struct Broken: Error {}
        node.set { $0.answer = { throw Broken() } }
        let lost = try await routes.ask(.post, "/v1/customers", "{}")
        #expect(lost.status == 503 && lost.headers[.retryAfter] == "1" && lost.detail.contains("not known"))
    }

    @Test func aNodeThatIsBehindStillAnswers() async throws {
        let node = Node(), routes = try Self.routes(node)
        node.set {
            $0.isBehind = true
            $0.answer = {
                Response(status: .ok, headers: [.screenpopSeq: "9"], body: .init(byteBuffer: .init(string: "a")))
            }
        }
        #expect(try await routes.ask(.post, "/v1/customers", "{}").text == "a")
        #expect(node.waited == [9])
    }

    /// Two nodes that each take the other one for the leader.
    @Test func aRequestIsPassedOnOnce() async throws {
        let node = Node(), routes = try Self.routes(node)
        node.set { $0.isLink = true }
        let answer = try await routes.ask(.post, "/v1/customers", "{}", token: try routes.token(.admin))
        #expect(answer.status == 503 && node.sent.isEmpty)
    }

    /// The position comes behind the body: its last piece waits, and the pieces before it do not.
    @Test func theLastPieceOfAStreamWaits() async throws {
        let node = Node(), routes = try Self.routes(node)
        node.set {
            $0.answer = { Response(status: .ok, body: Self.pieces(["1", "2", "3"], [.screenpopSeq: "50"])) }
        }
        let response = try await routes.response(.post, "/v1/imports", ["x"])
        #expect(node.waited == [])
        let seen = Recorder()
        try await response.body.write(seen.writer { "\(node.waited)" })
        #expect(seen.all == ["1 []", "2 []", "3 [50]", "end nil"])
    }

    // MARK: The leader

    @Test func theLeaderSaysHowFarItIs() async throws {
        let node = Node(), routes = try Self.routes(node)
        node.set { $0.leads = true }
        let made = try await routes.ask(.post, "/v1/customers", #"{"name":"Suzuki"}"#)
        #expect(made.status == 201 && made.headers[.screenpopSeq] == "41")
        let bad = try await routes.ask(.post, "/v1/customers", "[]")
        #expect(bad.status == 400 && bad.headers[.screenpopSeq] == "41")
        #expect(try await routes.ask(.get, "/v1/operators").headers[.screenpopSeq] == nil)
        #expect(node.sent.isEmpty && node.waited.isEmpty)
    }

    /// An import goes on while its answer is sent; only another node gets the position behind it.
    @Test(arguments: [true, false]) func behindAStreamIsThePosition(isLink: Bool) async throws {
        let node = Node(), routes = try Self.routes(node)
        node.set {
            $0.leads = true
            $0.isLink = isLink
        }
        let response = try await routes.response(
            .post, "/v1/imports", ["name,phone\nSato,03-0000-0101\n"], token: try routes.token(.admin))
        #expect(response.headers[.screenpopSeq] == "41")
        node.set { $0.committed = 44 }
        let seen = Recorder()
        try await response.body.write(seen.writer { "" })
        #expect(seen.all.last == (isLink ? "end 44" : "end nil"))
        #expect(seen.all.contains { $0.contains(#""created":1"#) })
    }

    /// What another node says of the client counts, and what the client's own fields say does not.
    @Test func wrongPasswordsCountByTheClientsAddress() async throws {
        let node = Node(), routes = try Self.routes(node)
        node.set {
            $0.leads = true
            $0.isLink = true
        }
        func status(_ address: String) async throws -> Int {
            try await routes.ask(
                .post, "/v1/session", #"{"operator":"\#(Int.random(in: 1_000...999_999))","password":"wrong"}"#,
                headers: [.screenpopClient: #"{"address":"\#(address)","isSecure":false}"#, .forwardedFor: "10.0.0.1"],
                token: ""
            ).status
        }
        for _ in 0..<SignInLimit.freeOfAddress { #expect(try await status("10.1.1.1") == 401) }
        #expect(try await status("10.1.1.1") == 429)
        #expect(try await status("10.1.1.2") == 401)
    }

    @Test func theCookieIsForTLSWhereTheClientUsesIt() async throws {
        let node = Node(), routes = try Self.routes(node)
        node.set {
            $0.leads = true
            $0.isLink = true
        }
        let token = try routes.token(.supervisor)
        for isSecure in [true, false] {
            let answer = try await routes.ask(
                .post, "/v1/session", headers: [.screenpopClient: #"{"isSecure":\#(isSecure)}"#], token: token)
            #expect(answer.headers[.setCookie]?.contains("Secure") == isSecure)
        }
    }

    @Test func aClientIsWrittenAndRead() throws {
        var client = ForwardedClient()
        client.address = "fe80::1"
        client.isSecure = true
        client.operator = "名前 \"1\"\n😀"
        client.user = 1_000
        #expect(client.field.utf8.allSatisfy { (0x20..<0x7F).contains($0) })
        #expect(ForwardedClient(field: client.field) == client)
        #expect(ForwardedClient(field: "no JSON") == nil)
    }

    // MARK: HTTP/1.1

    @Test func headsAreTranslated() async throws {
        let request = HTTPRequest(
            method: .init("PURGE")!, scheme: "http", authority: "h:1", path: "/a?b", headerFields: [.cookie: "c=1"])
        let head = ClusterRole.head(request)
        #expect(head.method == .RAW(value: "PURGE") && head.uri == "/a?b")
        #expect(head.headers["host"] == ["h:1"] && head.headers["cookie"] == ["c=1"])
        let pieces = AsyncStream<ByteBuffer> { stream in
            stream.yield(ByteBuffer(string: "x"))
            stream.finish()
        }
        let answer = HTTPResponseHead(
            version: .http1_1, status: .custom(code: 299, reasonPhrase: "Odd"), headers: ["etag": "1", "x-a": "2"])
        let response = ClusterRole.response(answer, pieces) { ["screenpop-seq": "7"] }
        #expect(response.status.code == 299 && response.headers[.eTag] == "1")
        let seen = Recorder()
        try await response.body.write(seen.writer { "" })
        #expect(seen.all == ["x ", "end 7"])
    }

    // MARK: The nodes

    @Test func theNodesAreListed() async throws {
        let status = ClusterStatus(
            own: "b", leader: "a",
            nodes: [
                .init(node: "a", state: .leader, seq: 9, lagMs: 0),
                .init(node: "b", state: .follower, seq: 7, lagMs: 1_500),
                .init(node: "c", state: .joining, seq: 0, lagMs: 90_000),
            ])
        let routes = try Routes { $0.clusterStatus = { status } }
        let answer = try await routes.ask(.get, "/v1/cluster", token: try routes.token(.supervisor))
        let expected = """
            {"leader":"a","nodes":[{"node":"a","state":"leader","seq":9,"lag_ms":0},\
            {"node":"b","state":"follower","seq":7,"lag_ms":1500},\
            {"node":"c","state":"joining","seq":0,"lag_ms":90000}]}

            """
        #expect(answer.text == expected)
        #expect(try await routes.ask(.get, "/v1/cluster", token: try routes.token(.operator)).status == 403)
        #expect(try await routes.ask(.get, "/v1/cluster?node=a").status == 400)
    }

    @Test func whileNobodyLeadsTheLeaderIsNull() async throws {
        let routes = try Routes { $0.clusterStatus = { ClusterStatus(own: "b", leader: nil, nodes: []) } }
        #expect(try await routes.ask(.get, "/v1/cluster").text == #"{"leader":null,"nodes":[]}"# + "\n")
    }

    @Test func aDaemonWithoutAClusterIsItsOnlyNode() async throws {
        let routes = try Routes(), json = try await routes.ask(.get, "/v1/cluster").json
        let nodes = try #require(json["nodes"] as? [[String: Any]])
        #expect(nodes.count == 1 && nodes[0]["state"] as? String == "leader" && nodes[0]["lag_ms"] as? Int == 0)
        let name = try #require(json["leader"] as? String)
        #expect(name == ProcessInfo.processInfo.hostName && nodes[0]["node"] as? String == name)
        // Nothing is sent elsewhere, and no answer names a position.
        let made = try await routes.ask(.post, "/v1/customers", #"{"name":"Suzuki"}"#)
        #expect(made.status == 201 && made.headers[.screenpopSeq] == nil)
    }
}

/// The pieces of a body as they were written, each with what was true then.
private final class Recorder: Sendable {
    private let pieces = Mutex<[String]>([])
    var all: [String] { pieces.withLock { $0 } }

    func writer(_ note: @escaping @Sendable () -> String) -> any ResponseBodyWriter {
        Writer(recorder: self, note: note)
    }

    private struct Writer: ResponseBodyWriter {
        let recorder: Recorder
        let note: @Sendable () -> String
        mutating func write(_ buffer: ByteBuffer) async throws {
            let text = "\(String(buffer: buffer)) \(note())"
            recorder.pieces.withLock { $0.append(text) }
        }
        consuming func finish(_ trailers: HTTPFields?) async throws {
            let text = "end \(trailers?[.screenpopSeq] ?? "nil")"
            recorder.pieces.withLock { $0.append(text) }
        }
    }
}
