import CallCenter
import Engine
import EventWire
import Hummingbird
import NIOCore

/// `POST /v1/events`: the event protocol over HTTP, for PBXs elsewhere.
struct EventRoutes {
    let engine: Engine
    let callerLookup: CallerLookup
    let now: @Sendable () -> Timestamp

    /// Bytes of one request: some 20,000 events. A bridge with more sends several.
    static let bytesMax = 4 << 20

    func add(to router: GuardedRouter) { router.post("v1/events", may: .ingest, use: post) }

    private func post(_ request: Request, _ context: WebContext) async throws -> Response {
        let type = request.headers[.contentType]?.prefix { $0 != ";" }.lowercased() ?? "application/json"
        let isOne = type == "application/json"
        guard isOne || type == "application/x-ndjson" else {
            throw Problem(
                .unsupportedMediaType,
                "Send application/x-ndjson, one event a line, or one event as application/json.")
        }
        var body = try await read(request)
        if isOne {
            // One object may span several lines; inside strings JSON has no raw line breaks.
            body.withUnsafeMutableReadableBytes { bytes in
                for i in bytes.indices where bytes[i] == 0x0A || bytes[i] == 0x0D { bytes[i] = 0x20 }
            }
        }
        guard body.readableBytesView.contains(where: { $0 > 0x20 }) else {
            throw Problem.bad("There is no event in the body.")
        }
        var source: String?
        if case .token(_, _, _, let own?) = context.who { source = own }
        let pieces = EventPieces(engine: engine, callerLookup: callerLookup, now: now, source: source)
        let replies = try await pieces.process(body)
        return Response(
            status: .ok, headers: [.contentType: isOne ? "application/json" : "application/x-ndjson"],
            body: .init(byteBuffer: replies))
    }

    private func read(_ request: Request) async throws -> ByteBuffer {
        let tooLarge = Problem(
            .contentTooLarge,
            "One request carries at most \(EventRoutes.bytesMax >> 20) MiB of events; nothing was taken. Send several."
        )
        // A body that announces too many bytes is not read.
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > EventRoutes.bytesMax {
            throw tooLarge
        }
        do { return try await request.body.collect(upTo: EventRoutes.bytesMax) } catch is NIOTooManyBytesError {
            throw tooLarge
        }
    }
}
