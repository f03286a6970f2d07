import CallCenter
import Engine
import EventWire
import HTTPTypes
import Hummingbird
import Logging
import Storage

/// `/v1/tokens`: the tokens of TCP clients.
struct TokenRoutes {
    let tokens: TokenStore
    let accounts: AccountStore
    let now: @Sendable () -> Timestamp
    let logger: Logger

    func add(to router: GuardedRouter) {
        router.get("v1/tokens", may: .admin, use: list)
        router.post("v1/tokens", may: .admin, use: create)
        router.delete("v1/tokens/{id}", may: .admin, use: revoke)
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let all = tokens.list()
        return .json { out in
            out.object { out in
                out.key("tokens")
                out.array { out in for token in all { out.object { TokenRoutes.fields(of: token, into: &$0) } } }
            }
        }
    }

    private struct Body: Decodable {
        var role: String
        var name: String
        var `operator`: String?
        var source: String?
        var expires_in_s: Int64?
    }

    private func create(_ request: Request, _ context: WebContext) async throws -> Response {
        let asked: Body = try await request.json()
        guard let role = Role(rawValue: asked.role) else {
            throw Problem.bad("role is one of \(Role.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        guard !asked.name.isEmpty, asked.name.utf8.count <= 128, asked.name.utf8.allSatisfy({ $0 >= 0x20 }) else {
            throw Problem.bad("name says what the token is for, in 128 bytes at most.")
        }
        if role == .operator, asked.operator == nil { throw Problem.bad("A token for an operator names the operator.") }
        if role != .operator, asked.operator != nil {
            throw Problem.bad("Only a token with the role operator names an operator.")
        }
        for (field, id) in [("operator", asked.operator), ("source", asked.source)] {
            guard let id else { continue }
            let isPlain = id.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
            guard !id.isEmpty, id.utf8.count <= WireLimits.idBytesMax, isPlain else {
                throw Problem.bad("\(field) has 1 to \(WireLimits.idBytesMax) bytes and no control characters.")
            }
        }
        let expiresIn = try Bounded.expiryS.checked(ifAny: asked.expires_in_s, "expires_in_s")
        let now = self.now()
        let made = try tokens.create(
            role: role, name: asked.name, operator: asked.operator, source: asked.source,
            expiresAt: expiresIn.map { now + $0 * 1_000 }, by: context.who.author, now: now)
        logger.notice("token \(made.token.id) made for \(asked.name), role \(role.rawValue)")
        return .json(.created) { out in
            out.object { out in
                out.field("token", made.secret)
                TokenRoutes.fields(of: made.token, into: &out)
            }
        }
    }

    private func revoke(_ request: Request, _ context: WebContext) async throws -> Response {
        let id = try context.segment("id")
        let now = self.now()
        guard try tokens.revoke(id, by: context.who.author, now: now) else {
            throw Problem.notFound("There is no token \(id).")
        }
        try accounts.endSessions(ofToken: id, now: now)
        logger.notice("token \(id) revoked")
        return Response(status: .noContent)
    }

    private static func fields(of token: Token, into out: inout ByteBuilder) {
        out.field("id", token.id)
        out.field("name", token.name)
        out.field("role", token.role.rawValue)
        out.field("operator", token.operator)
        out.field("source", token.source)
        out.field("created_at", token.createdAt)
        out.field("expires_at", token.expiresAt)
        out.field("last_used_at", token.lastUsedAt)
    }
}
