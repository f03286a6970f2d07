import EventWire
import HTTPTypes
import Hummingbird

/// An error response (RFC 9457).
struct Problem: Error, HTTPResponseError {
    var status: HTTPResponse.Status
    /// What to do, in a sentence.
    var detail: String
    var headers: HTTPFields = [:]
    /// More members, written after the usual ones.
    var members: @Sendable (inout ByteBuilder) -> Void = { _ in }

    init(
        _ status: HTTPResponse.Status, _ detail: String, headers: HTTPFields = [:],
        members: @escaping @Sendable (inout ByteBuilder) -> Void = { _ in }
    ) {
        self.status = status
        self.detail = detail
        self.headers = headers
        self.members = members
    }

    static let failed = Problem(.internalServerError, "The daemon could not answer; its log says why.")
    static let stopping = Problem(.serviceUnavailable, "The daemon is stopping; ask again in a moment.")
    static let noToken = Problem(
        .unauthorized, "A token is needed: screenpop token create makes one; send it as Authorization: Bearer sp_….",
        headers: [.wwwAuthenticate: #"Bearer realm="screenpop""#])

    static func forbidden(_ right: Who.Right) -> Problem {
        let role =
            switch right {
            case .anyone, .known, .operator: "operator"
            case .ingest: "ingest"
            case .supervisor: "supervisor"
            case .admin: "admin"
            }
        return Problem(.forbidden, "This token may not do that: it takes one with the role \(role).")
    }
    static func notFound(_ detail: String) -> Problem { Problem(.notFound, detail) }
    static func bad(_ detail: String) -> Problem { Problem(.badRequest, detail) }

    func response(from request: Request, context: some RequestContext) throws -> Response { response }

    /// `{"type":"about:blank","title":…,"status":…,"detail":…}`.
    func write(into out: inout ByteBuilder) {
        out.object { out in
            out.field("type", "about:blank")
            out.field("title", status.reasonPhrase)
            out.field("status", status.code)
            out.field("detail", detail)
            members(&out)
        }
    }

    var response: Response {
        var out = ByteBuilder(capacity: 256)
        write(into: &out)
        var fields = headers
        fields[.contentType] = "application/problem+json"
        return Response(status: status, headers: fields, body: .init(byteBuffer: ByteBuffer(out)))
    }
}
