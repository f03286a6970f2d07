import CallCenter
import EventWire
import Hummingbird
import Storage

/// `GET /v1/contacts`: calls, other contacts and notes of all customers by a part of what was written of them.
struct ContactSearchRoutes {
    let timeline: TimelineRoutes

    func add(to router: GuardedRouter) { router.get("v1/contacts", may: .operator, use: find) }

    private func find(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = Query(request), limit = try query.limit(default: 20, max: 200)
        guard let text = query.text("q") else {
            throw Problem.bad("Say what was written: ?q=a part of a note.")
        }
        guard text.utf8.count <= WireLimits.stringBytesMax else {
            throw Problem.bad("q has at most \(WireLimits.stringBytesMax) bytes.")
        }
        let found = try timeline.records.searchContacts(text, limit: limit)
        let names = try await timeline.names(of: Set(found.compactMap(\.entry.touchpoint.operator)))
        let reader = context.reader(.search)
        return .json(capacity: 4_096) { out in
            out.object { out in
                out.key("items")
                out.array { out in
                    for one in found {
                        reader.sees(one.entry.customer)
                        ContactSearchRoutes.write(one, names, into: &out)
                    }
                }
                out.field("next", String?.none)
            }
        }
    }

    private static func write(_ one: FoundContact, _ names: [String: String], into out: inout ByteBuilder) {
        let entry = one.entry, contact = entry.touchpoint
        out.object { out in
            out.field("customer", entry.customer)
            out.field("customer_name", one.name)
            out.field("kind", entry.call != nil ? "call" : contact.isContact ? "contact" : "note")
            out.field("at", contact.at)
            out.field("id", entry.id < 0 ? -entry.id : nil)
            out.field("channel", contact.channel)
            out.field("call", entry.call)
            out.field("direction", contact.direction?.rawValue)
            out.field("operator", contact.operator)
            out.field("operator_name", contact.operator.flatMap { names[$0] })
            out.field("summary", contact.summary)
            out.field("outcome", contact.outcome)
        }
    }
}
