import Engine
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1

/// This node's part in a cluster, as far as the interface needs it: where writes go, and how far this node is.
public struct ClusterRole: Sendable {
    /// Whether this node writes. Asked at each request, on any thread.
    public var leads: @Sendable () -> Bool
    /// The newest committed position of this node, which the answers of writes name.
    public var committed: @Sendable () async -> Int64
    /// Sends a request to the leader. Its head has no fields of a single connection.
    ///
    /// Throws `NotForwarded` when the leader certainly did not get it.
    public var forward: @Sendable (_ head: HTTPRequest, _ body: RequestBody, _ isLocal: Bool) async throws -> Response
    /// Returns when this node's state and records have reached a position; false after 5 s.
    public var reached: @Sendable (Int64) async -> Bool
    /// Whether a connection over TCP is one that another node's requests come through, by its remote address.
    public var carries: @Sendable (SocketAddress?) -> Bool

    /// Passes a message between desks to the other nodes; whether there are any.
    public var passOn: @Sendable (DeskMessage) -> Bool
    /// Whether the leader waits for the database, and so alone shows what happens.
    public var leaderWaits: @Sendable () -> Bool

    /// Nothing was sent: no leader is known, or none can be reached.
    public struct NotForwarded: Error, Sendable {
        /// For `forward`, before anything was sent.
        public init() {}
    }

    /// The defaults are those of a node that no other node's requests come through.
    public init(
        leads: @escaping @Sendable () -> Bool, committed: @escaping @Sendable () async -> Int64,
        forward: @escaping @Sendable (HTTPRequest, RequestBody, Bool) async throws -> Response,
        reached: @escaping @Sendable (Int64) async -> Bool,
        carries: @escaping @Sendable (SocketAddress?) -> Bool = { _ in false },
        passOn: @escaping @Sendable (DeskMessage) -> Bool = { _ in false },
        leaderWaits: @escaping @Sendable () -> Bool = { false }
    ) {
        self.leads = leads
        self.committed = committed
        self.forward = forward
        self.reached = reached
        self.carries = carries
        self.passOn = passOn
        self.leaderWaits = leaderWaits
    }

    // MARK: HTTP/1.1, as a client of SwiftNIO's speaks it

    /// The head of a request, for `forward`.
    public static func head(_ request: HTTPRequest) -> HTTPRequestHead {
        var fields = HTTPHeaders()
        if let authority = request.authority { fields.add(name: "host", value: authority) }
        for field in request.headerFields { fields.add(name: field.name.rawName, value: field.value) }
        return HTTPRequestHead(
            version: .http1_1, method: HTTPMethod(rawValue: request.method.rawValue), uri: request.path ?? "/",
            headers: fields)
    }

    /// An answer, from `forward`.
    ///
    /// - Parameter trailers: the fields behind the body, asked for once it has ended.
    public static func response<Body: AsyncSequence & Sendable>(
        _ head: HTTPResponseHead, _ body: Body, trailers: @escaping @Sendable () -> HTTPHeaders?
    ) -> Response where Body.Element == ByteBuffer {
        Response(
            status: .init(code: Int(head.status.code), reasonPhrase: head.status.reasonPhrase),
            headers: fields(head.headers),
            body: ResponseBody { writer in
                for try await piece in body { try await writer.write(piece) }
                try await writer.finish(trailers().map(fields))
            })
    }

    private static func fields(_ headers: HTTPHeaders) -> HTTPFields {
        var fields = HTTPFields()
        for (name, value) in headers {
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        return fields
    }
}

extension HTTPField.Name {
    /// The log position that a write is at or before, in the answers to writes of a cluster; in the fields behind the
    /// body where the write goes on while the answer is sent.
    static let screenpopSeq = HTTPField.Name("Screenpop-Seq")!
    /// Who sent a request that another node passes on (`ForwardedClient`).
    static let screenpopClient = HTTPField.Name("Screenpop-Client")!
}
