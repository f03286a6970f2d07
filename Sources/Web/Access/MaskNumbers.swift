import HTTPTypes
import Hummingbird
import NIOCore
import Settings

/// Masks telephone numbers in every answer to a role that sees no whole ones (`[numbers] seen_by`). It is outside of
/// all routes: an answer with a number leaves masked whichever route wrote it, streams and refusals included.
struct MaskNumbers: RouterMiddleware {
    let settings: WebSettings

    func handle(_ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response)
        async throws -> Response
    {
        guard settings.masksNumbers(for: context.who) else { return try await next(request, context) }
        let answer: Response
        do { answer = try await next(request, context) } catch let problem as Problem { answer = problem.response }
        return MaskNumbers.masked(answer)
    }

    /// The types of answers that are made of data; a file of a customer is as somebody stored it.
    private static let types = ["application/json", "application/problem+json", "application/x-ndjson", "text/"]

    private static func masked(_ answer: Response) -> Response {
        let type = answer.headers[.contentType] ?? ""
        guard types.contains(where: type.hasPrefix), answer.headers[.contentDisposition] == nil else { return answer }
        var headers = answer.headers
        // A mask has another length than its number.
        headers[.contentLength] = nil
        let body = answer.body
        return Response(
            status: answer.status, headers: headers, body: .init { writer in try await body.write(Writer(to: writer)) })
    }

    private struct Writer: ResponseBodyWriter {
        private var wrapped: any ResponseBodyWriter
        private var mask = NumberMask()

        init(to wrapped: any ResponseBodyWriter) { self.wrapped = wrapped }

        mutating func write(_ buffer: ByteBuffer) async throws {
            let bytes = mask.feed(buffer.readableBytesView)
            if !bytes.isEmpty { try await wrapped.write(ByteBuffer(bytes: bytes)) }
        }

        consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
            let bytes = mask.feed([], isEnd: true)
            if !bytes.isEmpty { try await wrapped.write(ByteBuffer(bytes: bytes)) }
            try await wrapped.finish(trailingHeaders)
        }
    }
}

extension WebSettings {
    /// Whether a client sees the ends of numbers alone. Programs that push events see what they pushed.
    func masksNumbers(for who: Who) -> Bool {
        let least: Who.Right =
            switch numbersSeenBy {
            case .operator: .operator
            case .supervisor: .supervisor
            case .admin: .admin
            }
        return who.may(.operator) && !who.may(least)
    }
}
