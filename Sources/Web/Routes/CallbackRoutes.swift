import CallCenter
import Engine
import EventWire
import Hummingbird
import Storage

/// `GET /v1/callbacks`: who gave up and was not reached since.
struct CallbackRoutes {
    let house: House

    func add(to router: Router<WebContext>) {
        router.get("v1/callbacks", use: list)
        router.post("v1/callbacks/done", use: done)
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.require(.serve)
        let queue = Query(request).text("queue")
        guard
            let due = await house.engine.ask({ centre, now in
                (now, centre.callbacks.map { one in (one, one.tries.map { centre.call(number: $0.call)?.key }) })
            })
        else { throw Problem.stopping }
        // The queue of a caller is that of the newest try, as in the figures.
        let asked = due.1.filter { queue == nil || $0.0.tries.last?.queue == queue }
        var shown: [Shown] = []
        for (callback, keys) in asked {
            let customer = try callback.customer.flatMap { try house.records.customer($0) }
            let calls = try zip(callback.tries, keys).map { try $1 ?? house.history.call(number: $0.call)?.key }
            shown.append(Shown(callback: callback, calls: calls, customer: customer, number: house.read(callback.e164)))
        }
        return .json { out in
            out.object { out in
                out.field("at", due.0)
                out.key("callbacks")
                out.array { out in for one in shown { one.write(now: due.0, into: &out) } }
            }
        }
    }

    private struct Shown {
        var callback: Callback
        /// Of each try.
        var calls: [CallKey?]
        var customer: CustomerRecord?
        var number: CallerNumber

        func write(now: Timestamp, into out: inout ByteBuilder) {
            out.object { out in
                out.key("from")
                PopEncoder.number(number, into: &out)
                out.key("customer")
                if let customer {
                    out.object { out in
                        out.field("id", customer.id)
                        out.field("name", customer.fields.name)
                        out.field("tier", customer.fields.tier)
                        out.field("owner", customer.fields.owner)
                    }
                } else {
                    out.null()
                }
                out.field("queue", callback.tries.last?.queue)
                out.field("tier", callback.tries.last?.tier)
                out.field("since", callback.tries.first?.at)
                out.field("due_ms", callback.tries.first.map { max(0, now - $0.at) })
                out.key("tries")
                out.array { out in
                    for (one, key) in zip(callback.tries, calls) {
                        out.object { out in
                            out.field("call", key?.call)
                            out.field("source", key?.source)
                            out.field("at", one.at)
                            out.field("queue", one.queue)
                            out.field("waited_ms", one.waited)
                        }
                    }
                }
            }
        }
    }

    private struct Done: Decodable {
        var from: String
        var `operator`: String?
        var note: String?
    }

    /// Called back, or no need to. It goes through the log like everything that changes the figures.
    private func done(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.require(.serve)
        let done: Done = try await request.json()
        guard let e164 = house.read(done.from).e164 else { throw Problem.bad("from is a telephone number, as the list shows it.") }
        guard let isDue = await house.engine.ask({ centre, _ in centre.callbacks.contains { $0.e164 == e164 } }) else { throw Problem.stopping }
        guard isDue else { throw Problem.notFound("Nobody waits to be called back at \(done.from); GET /v1/callbacks lists who does.") }
        let by = context.who.ownOperator ?? done.operator
        try await house.take(refused: "note has control characters in it, or is longer than \(WireLimits.noteBytesMax) bytes.") { out in
            out.object { out in
                out.field("type", "screenpop.callback.done")
                out.field("from", e164)
                if let by { out.field("operator", by) }
                if let note = done.note { out.field("text", note) }
            }
        }
        return Response(status: .noContent)
    }
}
