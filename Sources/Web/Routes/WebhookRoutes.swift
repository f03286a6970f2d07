import CallCenter
import EventWire
import Hummingbird
import Storage

/// `/v1/webhooks`: who is told of events, how that does, and what could not be delivered.
struct WebhookRoutes {
    let webhooks: WebhookDesk
    let writer: RecordWriter

    func add(to router: GuardedRouter) {
        router.get("v1/webhooks", may: .admin, use: list)
        router.get("v1/webhooks/{name}/dead", may: .admin, use: dead)
        router.post("v1/webhooks/{name}/dead/{id}/send", may: .admin, use: send)
        router.get("v1/webhooks/{name}/try", may: .admin, use: preview)
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let all = try webhooks.list()
        return .json { out in
            out.object { out in
                out.key("items")
                out.array { out in for one in all { WebhookRoutes.encode(one, into: &out) } }
            }
        }
    }

    private static func encode(_ one: WebhookStatus, into out: inout ByteBuilder) {
        out.object { out in
            out.field("name", one.name)
            out.field("url", one.url)
            out.field("types", one.types)
            out.field("queues", one.queues)
            out.field("tiers", one.tiers)
            out.field("signed", one.isSigned)
            out.field("state", one.state.rawValue)
            out.field("position", one.position)
            out.field("waiting", one.waiting)
            out.field("dead", one.dead)
            out.field("delivered", one.delivered)
            out.field("delivered_at", one.deliveredAt)
            out.field("problem", one.problem)
        }
    }

    private func dead(_ request: Request, _ context: WebContext) async throws -> Response {
        let name = try known(context), query = Query(request)
        let limit = try query.limit(default: 100, max: 1_000)
        let after = try query.text("after").map { text throws(Problem) in
            guard let place = OutwardEvent.place(ofID: text) else {
                throw .bad("after is the next of the page before.")
            }
            return place
        }
        let found = try writer.store.deadDeliveries(of: name, after: after, limit: limit + 1)
        let page = found.prefix(limit)
        return .json { out in
            out.object { out in
                out.key("items")
                out.array { out in
                    for one in page {
                        out.object { out in
                            out.field("id", one.id)
                            out.field("seq", one.seq)
                            out.field("type", one.type)
                            out.field("tries", one.tries)
                            out.field("at", one.at)
                            out.field("problem", one.problem)
                        }
                    }
                }
                out.field("next", found.count > limit ? page.last?.id : nil)
            }
        }
    }

    private func send(_ request: Request, _ context: WebContext) async throws -> Response {
        let name = try known(context), id = try context.segment("id")
        let place = OutwardEvent.place(ofID: id)
        let found = try place.flatMap { place in
            // The one behind the place before it.
            try writer.store.deadDeliveries(of: name, after: (place.seq, place.part - 1), limit: 1).first
        }
        guard let found, found.id == id else {
            throw Problem.notFound("The webhook \(name) has no event \(id) that was given up.")
        }
        do { try await webhooks.send(found, context.who.author) } catch let refusal as WebhookRefusal {
            throw WebhookRoutes.problem(refusal, name)
        }
        return Response(status: .noContent)
    }

    private func preview(_ request: Request, _ context: WebContext) async throws -> Response {
        let name = try known(context), found: WebhookPreview?
        do { found = try await webhooks.preview(name) } catch let refusal as WebhookRefusal {
            throw WebhookRoutes.problem(refusal, name)
        }
        guard let found else {
            throw Problem.notFound("None of the newest events in the log is one that the webhook \(name) sends.")
        }
        if let customer = found.customer { context.reader().sees(customer) }
        return .json { out in
            out.object { out in
                out.field("event", found.event)
                out.field("url", found.url)
                out.key("headers")
                out.object { out in
                    for (name, value) in found.headers.sorted(by: { $0.key < $1.key }) {
                        out.key(text: name)
                        out.value(value)
                    }
                }
                out.field("body", found.body)
            }
        }
    }

    /// The name in the path, of a webhook that is configured.
    private func known(_ context: WebContext) throws -> String {
        let name = try context.segment("name")
        guard try webhooks.list().contains(where: { $0.name == name }) else {
            throw WebhookRoutes.problem(.unknown, name)
        }
        return name
    }

    private static func problem(_ refusal: WebhookRefusal, _ name: String) -> Problem {
        switch refusal {
        case .unknown: .notFound("There is no webhook \(name); [[webhook]] in the configuration names them.")
        case .gone: Problem(.gone, "The event is not in the log any more, or was erased, so it cannot be sent.")
        case .notAccepted(let why): Problem(.badGateway, "The receiver of \(name) did not accept it: \(why).")
        }
    }
}
