import CallCenter
import EventWire
import Hummingbird

/// `POST /v1/presence`: I look at this now; who else does? `POST /v1/presence/leave`: not any more. In a cluster the
/// leader has it, as it has all requests that are no `GET`.
struct PresenceRoutes {
    let book: PresenceBook
    let people: PeopleNames
    let now: @Sendable () -> Timestamp

    func add(to router: GuardedRouter) {
        router.post("v1/presence", may: .operator, use: look)
        router.post("v1/presence/leave", may: .operator, use: leave)
    }

    private struct Looking: Decodable {
        var kind: String
        var id: Int64
        var writing: Bool?
        var `operator`: String?
    }

    private func look(_ request: Request, _ context: WebContext) async throws -> Response {
        let (who, place, isWriting) = try await asked(request, context)
        let others = book.look(who, at: place, isWriting: isWriting, now: now())
        let names = await people.of(others.map(\.who))
        return .json { out in
            out.object { out in
                out.key("others")
                out.array { out in
                    for one in others {
                        out.object { out in
                            out.field("operator", one.who)
                            out.field("name", names[one.who])
                            out.field("since", one.since)
                            out.field("writing", one.isWriting)
                        }
                    }
                }
            }
        }
    }

    private func leave(_ request: Request, _ context: WebContext) async throws -> Response {
        let (who, place, _) = try await asked(request, context)
        book.leave(who, place)
        return Response(status: .noContent)
    }

    private func asked(
        _ request: Request, _ context: WebContext
    ) async throws -> (who: String, place: Presence.Place, isWriting: Bool) {
        let looking: Looking = try await request.strictJSON(
            ["kind", "id", "writing", "operator"], of: "what is looked at")
        guard let kind = Presence.Kind(rawValue: looking.kind) else {
            throw Problem.bad("kind is \(Presence.Kind.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        if let own = context.who.ownOperator, looking.operator ?? own != own { throw Problem.forbidden(.supervisor) }
        guard let who = context.who.person ?? looking.operator, !who.isEmpty, who.utf8.count <= WireLimits.idBytesMax
        else { throw Problem.bad("operator is missing; add who looks at it.") }
        let id = try Bounded.id.checked(looking.id, "id")
        return (who, Presence.Place(kind: kind, id: id), looking.writing ?? false)
    }
}
