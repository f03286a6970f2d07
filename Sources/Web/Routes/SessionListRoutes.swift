import CallCenter
import Engine
import EventWire
import HTTPTypes
import Hummingbird
import Logging
import Storage

/// `/v1/sessions`: who is signed in, of all accounts and tokens.
struct SessionListRoutes {
    let accounts: AccountStore
    let tokens: TokenStore
    let now: @Sendable () -> Timestamp
    let logger: Logger

    private static let limitDefault = 100, limitMax = 1_000

    func add(to router: GuardedRouter) {
        router.get("v1/sessions", may: .admin, use: list)
        router.delete("v1/sessions/{id}", may: .admin, use: end)
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = Query(request)
        let limit = try query.limit(default: SessionListRoutes.limitDefault, max: SessionListRoutes.limitMax)
        var all = accounts.sessions(of: query.text("operator"), now: now())[...]
        if let after = query.text("after") {
            guard let at = all.firstIndex(where: { $0.id == after }) else {
                throw Problem.bad("after is the id of a session that is open; begin again without it.")
            }
            all = all[(at + 1)...]
        }
        let page = Array(all.prefix(limit)), next = all.count > limit ? page.last?.id : nil
        let own = Cookie.read(request).map(accounts.sessionID(ofSecret:))
        let names = ViewerNames(tokens: tokens, accounts: accounts).all()
        return .json { out in
            out.object { out in
                out.key("items")
                out.array { out in
                    for one in page {
                        out.object { SessionListRoutes.fields(of: one, isOwn: one.id == own, names, into: &$0) }
                    }
                }
                out.field("next", next)
            }
        }
    }

    private func end(_ request: Request, _ context: WebContext) async throws -> Response {
        let id = try context.segment("id")
        guard try accounts.endSession(id, by: context.who.author, now: now()) else {
            throw Problem.notFound("There is no open session \(id).")
        }
        logger.notice("session \(id) was ended")
        return Response(status: .noContent)
    }

    static func fields(
        of one: OpenSession, isOwn: Bool, _ names: ViewerNames.Known, into out: inout ByteBuilder
    ) {
        out.field("id", one.id)
        out.field("operator", one.operator)
        out.field("token", one.token)
        let viewer = one.operator.map(Viewer.operator) ?? one.token.map(Viewer.token)
        out.field("name", viewer.flatMap(names.name(of:)))
        out.field("opened_at", one.openedAt)
        out.field("expires_at", one.expiresAt)
        out.field("address", one.origin.address)
        out.field("agent", one.origin.agent)
        out.field("own", isOwn)
    }
}
