import CallCenter
import Engine
import EventWire
import HTTPTypes
import Hummingbird
import NIOCore
import Storage

/// `GET /v1/stream`: pops to the operator concerned, and to no one else.
struct StreamRoutes {
    let engine: Engine
    let recorder: EventRecorder
    let views: any ViewRecorder
    let settings: WebSettings
    let now: @Sendable () -> Timestamp

    /// After so long a browser connects again when its stream has ended: a desk of a node that failed is without pops
    /// meanwhile. Milliseconds.
    private static let retryMs: Int64 = 300
    /// Operators that one stream may name: more than a team has.
    private static let namesMax = 200

    func add(to router: GuardedRouter) {
        router.get("v1/stream", may: .operator, use: stream)
        router.get("v1/pops/{id}", may: .operator, use: pop)
        router.post("v1/pops/{id}/seen", may: .operator, use: seen)
    }

    private func stream(_ request: Request, _ context: WebContext) async throws -> Response {
        let watch = try watch(request, context), lastID = request.headers[.lastEventID]
        if engine.streams.haveEnded { throw Problem.stopping }
        let viewer = context.viewer
        return try .events(.pops, context) { client, writer in
            // Inside the body's closure: a client that left before the headers were written is never subscribed.
            guard let subscription = await engine.watch(watch, lastID: lastID) else { return }
            defer { engine.streams.detach(subscription, nowS: now().ms / 1000) }
            client.whenGone { subscription.end() }
            var hello = ByteBuilder()
            SSEFrame.retry(StreamRoutes.retryMs, into: &hello)
            try await writer.write(ByteBuffer(hello))
            while true {
                switch await subscription.next() {
                case .frames(let frames, let since, let customers):
                    var buffer = ByteBuffer()
                    for frame in frames { buffer.writeBytes(frame) }
                    try await writer.write(buffer)
                    engine.streams.written(since: since)
                    note(customers, shownTo: viewer)
                case .fellBehind: await engine.restart(subscription)
                case .ended: return
                }
            }
        }
    }

    /// After the pop was sent: it waits for nothing.
    private func note(_ customers: [Int64], shownTo viewer: Viewer) {
        if customers.isEmpty { return }
        let at = now()
        views.recordAtOnce(customers.map { RecordView(at: at, by: viewer, through: .pop, customer: $0) })
    }

    private func watch(_ request: Request, _ context: WebContext) throws(Problem) -> Watch {
        let asked = request.uri.queryParameters.getAll("operator").flatMap { $0.split(separator: ",").map(String.init) }
        if let own = context.who.ownOperator {
            guard asked.allSatisfy({ $0 == own }) else {
                throw Problem(
                    .forbidden, "An operator's token sees that operator's own pops alone; leave operator= out.")
            }
            return .own(own)
        }
        try context.require(.supervisor)
        if asked.isEmpty { throw .bad("Say whose pops: ?operator=101, several with commas, or ?operator=all.") }
        if asked.contains("all") { return .everybody }
        let named = Set(asked)
        guard named.count <= StreamRoutes.namesMax, named.allSatisfy({ $0.utf8.count <= WireLimits.idBytesMax }) else {
            throw .bad(
                "operator= has \(StreamRoutes.namesMax) operators at most, each of \(WireLimits.idBytesMax) bytes at "
                    + "most; ?operator=all watches everybody.")
        }
        return .operators(named.sorted())
    }

    /// A pop in the reader's language: the stream's is the one that is configured for the operator.
    private func pop(_ request: Request, _ context: WebContext) async throws -> Response {
        let (pop, named) = try popOfRequest(context), language = request.language ?? settings.language
        guard let found = await engine.ask({ centre, now in centre.pop(pop, of: named, in: language, at: now) })
        else { throw Problem.stopping }
        guard let found else { throw StreamRoutes.gone(named) }
        let reader = context.reader(.pop)
        for customer in found.customers { reader.sees(customer) }
        return .json { PopEncoder.pop(found, into: &$0) }
    }

    /// A pop's id ends with its operator.
    private func popOfRequest(_ context: WebContext) throws -> (pop: String, operator: String) {
        let pop = try context.segment("id")
        let named = pop.firstIndex(of: ".").map { String(pop[pop.index(after: $0)...]) } ?? ""
        if let own = context.who.ownOperator, own != named {
            throw Problem.notFound("There is no such pop on your screen.")
        }
        return (pop, named)
    }

    private static func gone(_ who: String) -> Problem {
        .notFound("There is no such pop on the screen of \(who.isEmpty ? "anyone" : who); it may have been withdrawn.")
    }

    /// The operator saw the pop. It goes through the log like everything that changes the state.
    private func seen(_ request: Request, _ context: WebContext) async throws -> Response {
        let (pop, named) = try popOfRequest(context)
        guard let there = await engine.ask({ centre, _ in centre.hasShown(pop, to: named) }) else {
            throw Problem.stopping
        }
        guard there else { throw StreamRoutes.gone(named) }
        try await recorder.record(.popSeen(pop: pop, operator: named), refused: "That is no pop.")
        return Response(status: .noContent)
    }
}

extension HTTPField.Name {
    static let lastEventID = HTTPField.Name("Last-Event-ID")!
}
