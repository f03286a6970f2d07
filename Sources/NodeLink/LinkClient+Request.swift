import NIOCore
import NIOHTTP1

extension LinkClient {
    /// Sends one HTTP request to the leader's interface.
    ///
    /// The bodies are streamed both ways: each piece of the request is read when the one before it was written, and the
    /// answer is received as it is read. A connection is used again when a request and its answer were whole.
    ///
    /// - Parameters:
    ///   - isLocal: whether the client may do everything, as on the leader's own Unix socket.
    ///   - head: without `Connection` and other fields of a single connection. A body without `Content-Length` needs
    ///     `Transfer-Encoding: chunked`, which is added where both are missing.
    ///   - body: read by a task that has ended when the answer's body has, or when this throws.
    /// - Returns: the answer; its body may be shorter than announced only with an error.
    /// - Throws: `LinkError` when there is no connection, or none any more, and whatever `body` throws. Nothing was
    ///   done where the error says that no connection was made.
    public func request<Body: AsyncSequence & Sendable>(
        _ peer: Peer, isLocal: Bool, head: HTTPRequestHead, body: Body
    ) async throws -> (head: HTTPResponseHead, body: LinkBody) where Body.Element == ByteBuffer {
        let exchange = try await exchange(peer, isLocal: isLocal)
        return (try await exchange.begin(head, body), LinkBody(exchange))
    }

    private func exchange(_ peer: Peer, isLocal: Bool) async throws -> Exchange {
        let key = IdleConnections.Key(address: peer.address, isLocal: isLocal)
        while let found = idle.next(key) {
            let isThere = try await found.channel.eventLoop.submit { found.parts.value.resume() }.get()
            if isThere { return Exchange(found, peer, idle, key) }
        }
        let purpose = Purpose.api(isLocal: isLocal)
        let (channel, parts) = try await open(peer, purpose, of: HTTPClientResponsePart.self) { channel in
            try channel.pipeline.syncOperations.addHTTPClientHandlers()
        }
        return Exchange(IdleConnections.Connection(channel: channel, parts: parts), peer, idle, key)
    }
}

/// The body of an answer. To be read once, by one reader; when it is not read to its end the connection is closed.
public struct LinkBody: AsyncSequence, Sendable {
    public typealias Element = ByteBuffer
    private let exchange: Exchange

    init(_ exchange: Exchange) { self.exchange = exchange }

    /// The fields behind the body, once it has been read to its end.
    public var trailers: HTTPHeaders? { exchange.trailers }

    /// Reads the answer's pieces as they come. Throws `LinkError` when the connection ends before the answer does.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let exchange: Exchange
        public mutating func next() async throws -> ByteBuffer? { try await exchange.next() }
    }
    /// The one reader of this body.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(exchange: exchange) }
}
