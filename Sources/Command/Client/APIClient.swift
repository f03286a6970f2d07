import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// HTTP client for the daemon: one connection a request.
struct APIClient: Sendable {
    enum Address: Equatable, Sendable {
        case socket(String)
        case host(String, port: Int)
        /// HTTPS.
        case secure(String, port: Int)

        var text: String {
            switch self {
            case .socket(let path): path
            case .host(let host, let port): "http://" + Address.authority(host, port)
            case .secure(let host, let port): "https://" + Address.authority(host, port)
            }
        }

        /// For the header `Host`: a proxy with TLS may serve several names.
        var host: String {
            if case .secure(let host, let port) = self { Address.authority(host, port) } else { "screenpop" }
        }

        private static func authority(_ host: String, _ port: Int) -> String {
            host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }

    let address: Address
    let token: String?
    /// For `Accept-Language`.
    let language: Language
    /// The file of the authorities whose certificates are trusted, in PEM; nil for the system's.
    var authorities: String?

    typealias Inbound = NIOAsyncChannelInboundStream<HTTPClientResponsePart>
    typealias Outbound = NIOAsyncChannelOutboundWriter<HTTPClientRequestPart>

    /// A request: method, path, body.
    struct Question: Sendable {
        var method: HTTPMethod = .GET
        var path: String
        var headers: [(String, String)] = []
        var body = Body.none

        enum Body: Sendable {
            case none
            case bytes([UInt8], type: String)
            /// A file, streamed; told after each piece how many bytes went.
            case file(String, type: String, sent: @Sendable (Int) -> Void)
        }
    }

    /// Sends a request, and passes the response's body on piece by piece.
    ///
    /// - Parameter piece: returns false to stop reading.
    func ask(_ question: Question, piece: (ByteBuffer) throws -> Bool) async throws {
        let channel = try await connect()
        do {
            try await channel.executeThenClose { inbound, outbound in
                // A refusal comes before a long body has been read, so the response is read while the body is sent.
                async let sending: Void = send(question, outbound)
                var status = 0
                var refusal = ByteBuffer()
                reading: for try await part in inbound {
                    switch part {
                    case .head(let head): status = Int(head.status.code)
                    case .body(var buffer):
                        if status >= 400 {
                            refusal.writeBuffer(&buffer)
                        } else if try !piece(buffer) {
                            break reading
                        }
                    case .end:
                        if status >= 400 { throw APIClient.refusal(status, refusal) }
                        return
                    }
                }
                try? await sending
                if status == 0 { throw ClientError.cutOff(address: address.text) }
                throw CutOff()
            }
        } catch let error as ClientError { throw error } catch is CutOff {
            throw ClientError.cutOff(address: address.text)
        } catch let error as CancellationError {
            throw error
        } catch let error as IOError {
            throw ClientError.unreachable(address: address.text, reason: String(cString: strerror(error.errnoCode)))
        } catch {
            if let problem = SecureConnection.problem(error, address.text) { throw problem }
            throw error
        }
    }

    private struct CutOff: Error {}

    /// Sends a request, and reads the whole response.
    func ask(_ question: Question) async throws -> Data {
        var whole = Data()
        try await ask(question) { piece in
            whole.append(contentsOf: piece.readableBytesView)
            return true
        }
        return whole
    }

    /// Sends a request, and decodes the response's JSON.
    func ask<Answer: Decodable>(_ question: Question, as type: Answer.Type = Answer.self) async throws -> Answer {
        try Self.decode(try await ask(question))
    }

    static func decode<Answer: Decodable>(_ data: Data) throws -> Answer {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do { return try decoder.decode(Answer.self, from: data) } catch { throw ClientError.strange("\(error)") }
    }

    private func connect() async throws -> NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart> {
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connectTimeout(.seconds(10))
        let tls: SecureConnection? =
            if case .secure(let host, _) = address { try SecureConnection(to: host, authorities: authorities) } else {
                nil
            }
        let setUp:
            @Sendable (any Channel) -> EventLoopFuture<NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>> =
                { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try tls?.add(to: channel)
                        try channel.pipeline.syncOperations.addHTTPClientHandlers()
                        return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                    }
                }
        do {
            switch address {
            case .socket(let path):
                return try await bootstrap.connect(unixDomainSocketPath: path, channelInitializer: setUp)
            case .host(let host, let port), .secure(let host, let port):
                return try await bootstrap.connect(host: host, port: port, channelInitializer: setUp)
            }
        } catch {
            let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
            throw ClientError.unreachable(address: address.text, reason: reason)
        }
    }

    private func send(_ question: Question, _ outbound: Outbound) async throws {
        var headers = HTTPHeaders(question.headers)
        headers.add(name: "Host", value: address.host)
        headers.add(name: "Connection", value: "close")
        headers.add(name: "Accept-Language", value: language.rawValue)
        if let token { headers.add(name: "Authorization", value: "Bearer \(token)") }
        switch question.body {
        case .none: break
        case .bytes(let bytes, let type):
            headers.add(name: "Content-Type", value: type)
            headers.add(name: "Content-Length", value: String(bytes.count))
        case .file(_, let type, _):
            headers.add(name: "Content-Type", value: type)
            headers.add(name: "Transfer-Encoding", value: "chunked")
        }
        try await outbound.write(
            .head(HTTPRequestHead(version: .http1_1, method: question.method, uri: question.path, headers: headers)))
        switch question.body {
        case .none: break
        case .bytes(let bytes, _): try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: bytes))))
        case .file(let path, _, let sent):
            guard let file = FileHandle(forReadingAtPath: path) else {
                throw ClientError.local("\(path) cannot be read.")
            }
            defer { try? file.close() }
            var count = 0
            while let piece = try file.read(upToCount: 256 << 10), !piece.isEmpty {
                try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: piece))))
                count += piece.count
                sent(count)
            }
        }
        try await outbound.write(.end(nil))
    }

    private struct Problem: Decodable { var detail: String? }

    private static func refusal(_ status: Int, _ body: ByteBuffer) -> ClientError {
        let problem = try? JSONDecoder().decode(Problem.self, from: Data(body.readableBytesView))
        return .refused(status: status, detail: problem?.detail ?? "The daemon answered \(status).")
    }
}

/// Path and query, percent-encoded (RFC 3986: what is not unreserved is encoded).
func path(_ parts: [String], _ query: [(String, String?)] = []) -> String {
    let allowed = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
    func encoded(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: allowed) ?? "" }
    let asked = query.compactMap { name, value in value.map { "\(name)=\(encoded($0))" } }
    return "/" + parts.map(encoded).joined(separator: "/") + (asked.isEmpty ? "" : "?" + asked.joined(separator: "&"))
}
