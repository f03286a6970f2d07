import Glibc
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Listening
import Logging
import NIOCore
import NIOHTTPTypes
import NIOPosix

/// An address to listen on for HTTP.
public enum WebAddress: Sendable {
    /// A Unix socket, made here with mode 0660.
    case path(String)
    /// TCP; a port of 0 takes a free one.
    case host(String, port: Int)
    /// A socket that systemd has opened.
    case descriptor(CInt, ListenerKind)
    /// TCP with TLS. Its connections have a thread of their own: no call waits for a handshake.
    case tls(TLSAddress)

    var kind: ListenerKind {
        switch self {
        case .path: .local
        case .host, .tls: .network
        case .descriptor(_, let kind): kind
        }
    }

    var tls: TLSAddress? { if case .tls(let address) = self { address } else { nil } }
}

/// Why listening on an address failed.
public enum WebListenerError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A file of another kind is at the path; it is not touched.
    case notASocket(path: String)
    /// A socket's path has at most 107 bytes.
    case pathTooLong(path: String)
    /// The system's reason, in its words.
    case cannotListen(address: String, reason: String)
    /// The same of the address of HTTPS.
    case cannotListenSecurely(address: String, reason: String)

    public var description: String {
        switch self {
        case .notASocket(let path):
            "\(path) exists and is not a socket: move it away, or name another path with --api-socket"
        case .pathTooLong(let path):
            "\(path) is too long for a socket (107 bytes at most): name a shorter one with --api-socket"
        case .cannotListen(let address, let reason): "cannot listen on \(address): \(reason); name another with --http"
        case .cannotListenSecurely(let address, let reason):
            "cannot listen on \(address): \(reason); name another in [tls] listen"
        }
    }
}

/// One listening socket with its connections. Hummingbird's own server cannot take a socket that is already open, so
/// the accepting is here.
final class WebListener: Sendable {
    private typealias Accepted = AcceptedChannels<HTTPRequestPart, HTTPResponsePart>

    private let channel: NIOAsyncChannel<HTTP1Channel.Value, Never>
    private let http: HTTP1Channel
    private let accepted: Accepted
    private let logger: Logger
    private let path: String?
    /// As it is bound: the port that was taken, where 0 was asked for.
    let port: Int?
    /// Connections have TLS.
    let isSecure: Bool

    /// - Parameter tlsGroup: the threads of connections with TLS.
    static func listen(
        _ address: WebAddress, responder: RouterResponder<WebContext>, group: any EventLoopGroup,
        tlsGroup: (any EventLoopGroup)? = nil, logger: Logger, connections: HTTPConnections = HTTPConnections()
    ) async throws(WebListenerError) -> WebListener {
        let kind = address.kind, tls = address.tls
        let http = HTTP1Channel(
            responder: { request, writer, channel in
                if let refusal = connections.refusal(of: channel) {
                    return try await refuse(refusal, writer, channel, hsts: tls?.hsts)
                }
                let user = kind == .local ? await LocalUser.id(of: channel) : nil
                let arrival = Arrival(
                    channel: channel, logger: logger, listener: kind, isSecure: tls != nil, user: user)
                try await respond(
                    to: request, writer, context: WebContext(source: arrival), responder, hsts: tls?.hsts)
            },
            // An idle connection is closed after this time; an open stream is not idle.
            configuration: .init(
                additionalChannelHandlers: [EarlyAnswerHandler(), StreamEndHandler()], idleTimeout: .seconds(120)))
        let accepted = Accepted()
        @Sendable func setUp(_ channel: any Channel) -> EventLoopFuture<HTTP1Channel.Value> {
            let remote = kind == .local ? nil : channel.remoteAddress?.ipAddress
            if connections.admit(channel, address: remote) == .closed {
                // Not within the initializer, which the connection has to leave first.
                channel.eventLoop.execute { channel.close(promise: nil) }
            }
            guard let tls else { return http.setup(channel: channel, logger: logger).map(accepted.hold) }
            return channel.eventLoop.makeCompletedFuture { try tls.secure(channel) }.flatMap {
                http.setup(channel: channel, logger: logger).map(accepted.hold)
            }
        }
        let bootstrap = ServerBootstrap(group: group, childGroup: tls == nil ? group : tlsGroup ?? group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.recvAllocator, value: WebListener.buffers)
            .childChannelOption(.maxMessagesPerRead, value: 1)
        switch address {
        case .path(let path):
            try clear(path)
            return try await made(path, path: path) {
                let old = umask(0o117)
                defer { umask(old) }
                return try await bootstrap.bind(
                    unixDomainSocketPath: path, serverBackPressureStrategy: nil, childChannelInitializer: setUp)
            }
        case .host(let host, let port):
            return try await made("\(host):\(port)", path: nil) {
                try await bootstrap.childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                    .bind(host: host, port: port, serverBackPressureStrategy: nil, childChannelInitializer: setUp)
            }
        case .tls(let address):
            do throws(WebListenerError) {
                return try await made("\(address.host):\(address.port)", path: nil) {
                    try await bootstrap.childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                        .bind(
                            host: address.host, port: address.port, serverBackPressureStrategy: nil,
                            childChannelInitializer: setUp)
                }
            } catch {
                guard case .cannotListen(let name, let reason) = error else { throw error }
                throw .cannotListenSecurely(address: name, reason: reason)
            }
        case .descriptor(let descriptor, _):
            return try await made("descriptor \(descriptor)", path: nil) {
                try await bootstrap.bind(descriptor, serverBackPressureStrategy: nil, childChannelInitializer: setUp)
            }
        }
        func made(
            _ name: String, path: String?, _ bind: () async throws -> NIOAsyncChannel<HTTP1Channel.Value, Never>
        ) async throws(WebListenerError) -> WebListener {
            do {
                return WebListener(
                    channel: try await bind(), http: http, accepted: accepted, logger: logger, path: path,
                    isSecure: tls != nil)
            } catch {
                throw .cannotListen(address: name, reason: "\(error)")
            }
        }
    }

    private init(
        channel: NIOAsyncChannel<HTTP1Channel.Value, Never>, http: HTTP1Channel, accepted: Accepted, logger: Logger,
        path: String?, isSecure: Bool
    ) {
        self.channel = channel
        self.http = http
        self.accepted = accepted
        self.logger = logger
        self.path = path
        self.isSecure = isSecure
        port = channel.channel.localAddress?.port
    }

    /// A connection keeps as many read buffers as it may read in one go, also while it is idle: one, of the size of a
    /// request. It grows with an upload.
    private static let buffers = AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 1_024, maximum: 65_536)

    private static func clear(_ path: String) throws(WebListenerError) {
        guard path.utf8.count <= 107 else { throw .pathTooLong(path: path) }
        var found = stat()
        guard lstat(path, &found) == 0 else { return }
        guard found.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path: path) }
        unlink(path)
    }

    /// Accepts connections until `close`, and returns when the last connection has ended or the task is cancelled.
    func run() async {
        try? await channel.executeThenClose { inbound in
            await withDiscardingTaskGroup { group in
                do {
                    for try await child in inbound {
                        accepted.release(child)
                        group.addTask { [http, logger] in await http.handle(value: child, logger: logger) }
                    }
                } catch { logger.error("accepting connections ended: \(error)") }
                await accepted.end()
            }
        }
        await accepted.end()
    }

    /// Accepts no more connections; open ones end with the task that runs them.
    func close() async {
        try? await channel.channel.close()
        if let path { unlink(path) }
    }

    private static func respond(
        to request: Request, _ writer: consuming ResponseWriter, context: WebContext,
        _ responder: RouterResponder<WebContext>, hsts: String?
    ) async throws {
        var response: Response
        do {
            response = try await answer(request, context, responder)
        } catch let error as any HTTPResponseError {
            response = (try? error.response(from: request, context: context)) ?? Problem.failed.response
        } catch {
            // The pattern of the path: a path may have a telephone number in it.
            context.logger.error("a request failed: \(error)", metadata: ["PATH": "\(context.endpointPath ?? "")"])
            response = Problem.failed.response
        }
        response.headers[.cacheControl] = response.headers[.cacheControl] ?? "no-store"
        SecurityHeaders.add(to: &response.headers, hsts: hsts)
        try await writer.write(response: response.head, body: response.body)
    }

    /// Answers a connection that is one too many, and closes it.
    private static func refuse(
        _ refusal: Problem, _ writer: consuming ResponseWriter, _ channel: any Channel, hsts: String?
    ) async throws {
        var response = refusal.response
        response.headers[.cacheControl] = "no-store"
        SecurityHeaders.add(to: &response.headers, hsts: hsts)
        // The answer is on its way when this is over; a client that does not close then is closed.
        channel.eventLoop.scheduleTask(in: .milliseconds(500)) { channel.close(promise: nil) }
        try await writer.write(response: response.head, body: response.body)
    }

    /// Runs the handlers in a task of their own. A task keeps its stack as large as it ever was, and the connection's
    /// lives as long as an open stream.
    private static func answer(
        _ request: Request, _ context: WebContext, _ responder: RouterResponder<WebContext>
    ) async throws -> Response {
        try await withThrowingTaskGroup(of: Response.self) { group in
            // Handlers read databases, which the threads that run the connections must not wait for.
            group.addTask(executorPreference: BlockingThreads.requests) {
                try await responder.respond(to: request, context: context)
            }
            return try await group.next() ?? Problem.failed.response
        }
    }
}
