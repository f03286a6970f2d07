import EventWire
import Hummingbird
import NIOCore

/// `POST /v1/events`: the event protocol over HTTP, for PBXs elsewhere.
struct EventRoutes {
    let house: House

    /// Bytes of one request: a day of a small centre. A bridge with more sends several.
    static let bytesMax = 32 << 20

    func add(to router: Router<WebContext>) { router.post("v1/events", use: post) }

    private func post(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.require(.ingest)
        let type = request.headers[.contentType]?.prefix { $0 != ";" }.lowercased() ?? "application/json"
        let isOne = type == "application/json"
        guard isOne || type == "application/x-ndjson" else {
            throw Problem(.unsupportedMediaType, "Send application/x-ndjson, one event a line, or one event as application/json.")
        }
        var lines = Array(try await request.body.collect(upTo: EventRoutes.bytesMax).readableBytesView)
        if isOne {
            // One object may be laid out over several lines; inside strings JSON has no raw line breaks.
            for i in lines.indices where lines[i] == 0x0A || lines[i] == 0x0D { lines[i] = 0x20 }
        }
        guard lines.contains(where: { $0 > 0x20 }) else { throw Problem.bad("There is no event in the body.") }
        var source: String?
        if case .token(_, _, _, let own?) = context.who { source = own }
        let replies = try await house.take(lines: lines, source: source ?? "default") { decoded in
            guard let source, decoded.event.source != source else { return nil }
            if case .ping = decoded.event.body { return nil }
            return WireError(
                .forbidden, field: "source", message: "This token pushes for its own source alone; leave source out, or use another token.",
                id: decoded.event.id, call: decoded.call)
        }
        return Response(
            status: .ok, headers: [.contentType: isOne ? "application/json" : "application/x-ndjson"], body: .init(byteBuffer: ByteBuffer(replies)))
    }
}
