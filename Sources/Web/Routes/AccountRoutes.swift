import CallCenter
import Engine
import EventWire
import HTTPTypes
import Hummingbird
import Logging
import Storage

/// `/v1/accounts`: who may sign in at the desk.
struct AccountRoutes {
    let accounts: AccountStore
    let rule: PasswordRule
    let now: @Sendable () -> Timestamp
    let logger: Logger

    func add(to router: GuardedRouter) {
        router.get("v1/accounts", may: .admin, use: list)
        router.put("v1/accounts/{operator}", may: .admin, use: set)
        router.delete("v1/accounts/{operator}", may: .admin, use: remove)
        router.delete("v1/accounts/{operator}/second-factor", may: .admin, use: removeSecondFactor)
        router.delete("v1/accounts/{operator}/sessions", may: .admin, use: endSessions)
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let all = self.accounts.list()
        return .json { out in
            out.object { out in
                out.key("accounts")
                out.array { out in for account in all { out.object { fields(of: account, into: &$0) } } }
            }
        }
    }

    private struct Body: Decodable {
        var role: String?
        var name: String?
        var password: String
    }

    /// Makes an account, or resets the password of one; whoever is signed in with it no longer is.
    private func set(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.segment("operator")
        let asked: Body = try await request.json()
        let known = self.accounts.account(who)
        guard let role = asked.role.map(Role.init(rawValue:)) ?? known?.role ?? .operator, role != .ingest else {
            throw Problem.bad("role is operator, supervisor or admin.")
        }
        guard !who.isEmpty, who.utf8.count <= WireLimits.idBytesMax, who.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else {
            throw Problem.bad("An operator's number has 1 to \(WireLimits.idBytesMax) bytes and no control characters.")
        }
        if let fault = rule.fault(asked.password, of: who, name: asked.name ?? known?.name) {
            throw Problem.bad(fault)
        }
        guard (asked.name?.utf8.count ?? 0) <= WireLimits.stringBytesMax else {
            throw Problem.bad("name has at most \(WireLimits.stringBytesMax) bytes.")
        }
        let accounts = self.accounts, name = asked.name ?? known?.name, now = self.now()
        let author = context.who.author
        let account = try await BlockingThreads.passwords.run {
            try accounts.set(who, role: role, name: name, password: asked.password, by: author, now: now)
        }
        logger.notice("account \(who) \(known == nil ? "made" : "given another password"), role \(role.rawValue)")
        return .json(known == nil ? .created : .ok) { out in out.object { fields(of: account, into: &$0) } }
    }

    private func remove(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.segment("operator")
        guard try self.accounts.remove(who, by: context.who.author, now: self.now())
        else { throw Problem.notFound("There is no account \(who).") }
        logger.notice("account \(who) removed")
        return Response(status: .noContent)
    }

    /// For who has lost telephone and recovery codes; whoever is signed in with the account no longer is.
    private func removeSecondFactor(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.segment("operator"), now = self.now()
        guard try accounts.removeSecondFactor(of: who, by: context.who.author, now: now) else {
            throw Problem.notFound("There is no account \(who) with a second factor.")
        }
        _ = try accounts.endSessions(of: who, now: now)
        logger.notice("the second factor of account \(who) was removed")
        return Response(status: .noContent)
    }

    private func endSessions(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.segment("operator")
        guard accounts.account(who) != nil else { throw Problem.notFound("There is no account \(who).") }
        let count = try accounts.endSessions(of: who, by: context.who.author, now: now())
        if count > 0 { logger.notice("\(count) sessions of account \(who) were ended") }
        return .json { $0.object { $0.field("ended", count) } }
    }

    private func fields(of account: Account, into out: inout ByteBuilder) {
        out.field("operator", account.operator)
        out.field("name", account.name)
        out.field("role", account.role.rawValue)
        out.field("created_at", account.createdAt)
        out.field("password_set_at", account.changedAt)
        out.field("last_sign_in_at", account.lastSignInAt)
        out.field("second_factor_since", accounts.secondFactor(of: account.operator)?.since)
    }
}
