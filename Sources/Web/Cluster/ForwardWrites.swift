import Glibc
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Settings

/// Sends what may change something to the node that leads, and answers when this node has what was written: a client
/// reads its own writes wherever it asks. On the leader, the answers name the position.
///
/// Requests that only read are answered by each node from its own state.
struct ForwardWrites: RouterMiddleware {
    let role: ClusterRole
    let desk: Settings.Desk
    let logger: Logger

    func handle(_ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response)
        async throws -> Response
    {
        var context = context
        context.isFromNode = isFromNode(request, context)
        if context.isFromNode {
            context.forwarded =
                request.headers[.screenpopClient].flatMap(ForwardedClient.init(field:)) ?? ForwardedClient()
        }
        switch request.method {
        case .get, .head, .options: return try await next(request, context)
        default: break
        }
        if role.leads() { return try await lead(isFromNode: context.isFromNode) { try await next(request, context) } }
        // Two nodes that each believe the other one leads would send a request to and fro.
        guard !context.isFromNode else { throw Problem.noLeader }
        return try await forward(request, context)
    }

    /// A local program of this daemon's own user may do everything; it may say who sent a request too.
    private func isFromNode(_ request: Request, _ context: WebContext) -> Bool {
        switch context.listener {
        case .network: role.carries(context.channel.remoteAddress)
        case .local: context.user == geteuid() && request.headers[.screenpopClient] != nil
        }
    }

    // MARK: The leader

    private func lead(isFromNode: Bool, _ answer: () async throws -> Response) async throws -> Response {
        var response: Response
        do { response = try await answer() } catch var problem as Problem {
            // Some of what was asked may have been done.
            problem.headers[.screenpopSeq] = String(await role.committed())
            throw problem
        }
        response.headers[.screenpopSeq] = String(await role.committed())
        // An import goes on while its answer is sent: the position is known at its end.
        if isFromNode, response.body.contentLength == nil, response.headers[.contentLength] == nil {
            let body = response.body, committed = role.committed
            response.body = ResponseBody { writer in
                try await body.write(SeqWriter(wrapped: writer, committed: committed))
            }
        }
        return response
    }

    // MARK: A follower

    private func forward(_ request: Request, _ context: WebContext) async throws -> Response {
        var head = request.head
        Hop.removeFields(from: &head.headerFields)
        head.headerFields[.screenpopClient] = ForwardedClient(request, context, desk).field
        var response: Response
        do {
            response = try await role.forward(head, request.body, context.listener == .local)
        } catch is ClusterRole.NotForwarded { throw Problem.noLeader } catch let problem as Problem {
            throw problem
        } catch {
            logger.warning("the leader's answer to a request did not arrive", metadata: ["ERROR": "\(error)"])
            throw Problem.leaderLost
        }
        Hop.removeFields(from: &response.headers)
        if let seq = response.headers[.screenpopSeq].flatMap({ Int64($0) }) { await wait(for: seq) }
        guard response.headers[.contentLength] == nil else { return response }
        let body = response.body
        response.body = ResponseBody { writer in
            try await body.write(HeldBackWriter(wrapped: writer, wait: wait(for:)))
        }
        return response
    }

    private func wait(for seq: Int64) async {
        if await !role.reached(seq) {
            logger.warning("this node is behind: an answer was sent before what was written is here")
        }
    }
}

/// Fields that are about one connection, and not about the message (RFC 9110, 7.6.1).
private enum Hop {
    static let names: [HTTPField.Name] = [
        .connection, .transferEncoding, .te, .trailer, .upgrade, .expect, .proxyAuthenticate, .proxyAuthorization,
        HTTPField.Name("Keep-Alive")!, HTTPField.Name("Proxy-Connection")!, .screenpopClient,
    ]

    static func removeFields(from fields: inout HTTPFields) {
        for value in fields[values: .connection] {
            for name in value.split(separator: ",") {
                if let name = HTTPField.Name(name.filter { $0 != " " }) { fields[name] = nil }
            }
        }
        for name in names { fields[name] = nil }
    }
}

/// Writes the position behind the body.
private struct SeqWriter: ResponseBodyWriter {
    var wrapped: any ResponseBodyWriter
    let committed: @Sendable () async -> Int64

    mutating func write(_ buffer: ByteBuffer) async throws { try await wrapped.write(buffer) }

    consuming func finish(_ trailers: HTTPFields?) async throws {
        var trailers = trailers ?? [:]
        trailers[.screenpopSeq] = String(await committed())
        try await wrapped.finish(trailers)
    }
}

/// Holds the last piece of a body back until this node has reached the position that comes behind it: a client that
/// has the last line has what it says.
private struct HeldBackWriter: ResponseBodyWriter {
    var wrapped: any ResponseBodyWriter
    let wait: @Sendable (Int64) async -> Void
    private var held: ByteBuffer?

    init(wrapped: any ResponseBodyWriter, wait: @escaping @Sendable (Int64) async -> Void) {
        self.wrapped = wrapped
        self.wait = wait
    }

    mutating func write(_ buffer: ByteBuffer) async throws {
        if let held { try await wrapped.write(held) }
        held = buffer
    }

    consuming func finish(_ trailers: HTTPFields?) async throws {
        if let seq = trailers?[.screenpopSeq].flatMap({ Int64($0) }) { await wait(seq) }
        if let held { try await wrapped.write(held) }
        try await wrapped.finish(nil)
    }
}

extension Problem {
    static let noLeader = Problem(
        .serviceUnavailable, "No node of the cluster leads at the moment, and nothing was done; ask again in a second.",
        headers: [.retryAfter: "1"])
    static let leaderLost = Problem(
        .serviceUnavailable,
        "The leading node's answer did not arrive, so it is not known whether this was done; look, and ask again.",
        headers: [.retryAfter: "1"])
}
