import CallCenter
import Engine
import EventWire
import HTTPTypes
import Hummingbird
import Logging
import Storage

/// `/v1/account`: what somebody who has signed in does with the own account: password, second factor, sessions.
struct OwnAccountRoutes {
    let accounts: AccountStore
    let tokens: TokenStore
    let identities: Identities
    let settings: WebSettings
    let gate: SignInGate
    let rule: PasswordRule
    let now: @Sendable () -> Timestamp
    let logger: Logger
    /// Secrets that were shown, and whose first code did not come yet; by account.
    private let pending = Mutexed<[String: Pending]>([:])

    private struct Pending: Sendable {
        var secret: [UInt8]
        var expiresAt: Timestamp
    }
    /// How long a secret waits for its first code. Milliseconds.
    private static let pendingMs: Int64 = 600_000

    func add(to router: GuardedRouter) {
        router.get("v1/account", may: .known, use: show)
        router.put("v1/account/password", may: .known, use: setPassword)
        router.post("v1/account/second-factor", may: .known, use: begin)
        router.post("v1/account/second-factor/confirm", may: .known, use: confirm)
        router.delete("v1/account/sessions", may: .known, use: endOthers)
        router.delete("v1/account/sessions/{id}", may: .known, use: end)
    }

    /// - Throws: `Problem` 404 for tokens and local programs, which have no account.
    private func signedIn(_ context: WebContext) throws -> Account {
        guard let who = context.who.account, let account = accounts.account(who) else {
            throw Problem.notFound("Whoever asks has not signed in with an account; a token has none.")
        }
        return account
    }

    private func show(_ request: Request, _ context: WebContext) async throws -> Response {
        let account = try signedIn(context), sessions = accounts.sessions(of: account.operator, now: now())
        let own = Cookie.read(request).map(accounts.sessionID(ofSecret:))
        let factor = accounts.secondFactor(of: account.operator)
        let isNeeded = identities.needSecondFactor.contains(account.role)
        let names = ViewerNames(tokens: tokens, accounts: accounts).all()
        return .json { out in
            out.object { out in
                out.field("operator", account.operator)
                out.field("name", account.name)
                out.field("role", account.role.rawValue)
                out.field("password_set_at", account.changedAt)
                out.field("second_factor_required", isNeeded)
                out.field("second_factor_since", factor?.since)
                out.field("recovery_codes_left", factor?.recoveryCodesLeft)
                out.key("sessions")
                out.array { out in
                    for one in sessions {
                        out.object { SessionListRoutes.fields(of: one, isOwn: one.id == own, names, into: &$0) }
                    }
                }
            }
        }
    }

    private struct Proof: Decodable {
        var password: String
        var code: String?
        var new_password: String?
    }

    /// Reads a request that has to show again whose it is: a browser that was left open is not enough.
    private func proof(_ account: Account, _ request: Request, _ context: WebContext) async throws -> Proof {
        let asked: Proof = try await request.json()
        guard asked.password.utf8.count <= AccountStore.passwordMax else {
            throw Problem.bad("A password has at most \(AccountStore.passwordMax) bytes.")
        }
        let address = ForwardedClient(request, context, settings.desk).address ?? "local"
        do {
            _ = try await gate.check(
                account.operator, password: asked.password, code: asked.code, from: address, isOwn: true)
        } catch let problem as Problem where problem.status == .unauthorized {
            // The session is right, and must not end: pages sign in again after a 401.
            var refused = problem
            refused.status = .conflict
            throw refused
        }
        return asked
    }

    /// Another password. All sessions of the account end, this one too.
    private func setPassword(_ request: Request, _ context: WebContext) async throws -> Response {
        let account = try signedIn(context)
        guard !accounts.isOutside(account.operator) else {
            throw Problem(.conflict, "This account's password is the directory's: change it there.")
        }
        let asked = try await proof(account, request, context), now = self.now()
        guard let password = asked.new_password else { throw Problem.bad("new_password is missing.") }
        if let fault = rule.fault(password, of: account.operator, name: account.name) { throw Problem.bad(fault) }
        if password == asked.password { throw Problem.bad("The new password is the old one.") }
        let accounts = self.accounts, author = context.who.author
        _ = try await BlockingThreads.passwords.run {
            try accounts.setPassword(password, of: account.operator, by: author, now: now)
        }
        logger.notice("account \(account.operator) has chosen another password")
        return Response(status: .noContent)
    }

    // MARK: The second factor

    /// Makes a secret and shows it. It counts once its first code has come.
    private func begin(_ request: Request, _ context: WebContext) async throws -> Response {
        let account = try signedIn(context)
        _ = try await proof(account, request, context)
        let secret = OneTimeCode.newSecret(), now = self.now(), expiresAt = now + OwnAccountRoutes.pendingMs
        pending.change { pending in
            pending = pending.filter { $0.value.expiresAt > now }
            pending[account.operator] = Pending(secret: secret, expiresAt: expiresAt)
        }
        return .json(.created) { out in
            out.object { out in
                out.field("secret", OneTimeCode.grouped(secret))
                out.field("uri", OneTimeCode.uri(secret, account: account.operator))
                out.field("expires_at", expiresAt)
            }
        }
    }

    private struct Code: Decodable { var code: String }

    private func confirm(_ request: Request, _ context: WebContext) async throws -> Response {
        let account = try signedIn(context), asked: Code = try await request.json(), now = self.now()
        guard let one = pending.value[account.operator], one.expiresAt > now else {
            throw Problem(.conflict, "There is no secret that waits for its code; begin again.")
        }
        let code = asked.code.filter { !$0.isWhitespace }
        guard
            let codes = try accounts.setSecondFactor(
                of: account.operator, secret: one.secret, code: code, by: Author(account.operator, through: .desk),
                now: now)
        else {
            throw Problem(.conflict, "This code is wrong: is the clock of the telephone right?") {
                $0.field("second_factor", "wrong")
            }
        }
        pending.change { $0[account.operator] = nil }
        logger.notice("account \(account.operator) has a second factor")
        return .json(.created) { $0.object { $0.field("recovery_codes", codes) } }
    }

    // MARK: Sessions

    private func end(_ request: Request, _ context: WebContext) async throws -> Response {
        let account = try signedIn(context), id = try context.segment("id")
        guard try accounts.endSession(id, of: account.operator, by: context.who.author, now: now()) else {
            throw Problem.notFound("There is no open session \(id) of yours.")
        }
        return Response(status: .noContent)
    }

    /// Ends all but the session of the browser that asks.
    private func endOthers(_ request: Request, _ context: WebContext) async throws -> Response {
        let account = try signedIn(context)
        let count = try accounts.endSessions(
            of: account.operator, allBut: Cookie.read(request), by: context.who.author, now: now())
        return .json { $0.object { $0.field("ended", count) } }
    }
}
