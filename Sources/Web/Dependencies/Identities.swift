import CallCenter
import Storage

/// Authenticates clients: by tokens, and by sessions.
struct Identities: Sendable {
    let tokens: TokenStore
    let accounts: AccountStore
    let now: @Sendable () -> Timestamp
    /// Whose accounts need a second factor.
    var needSecondFactor: Set<Role> = []

    /// The client behind a browser's cookie: an account that signed in, or a token that the session was opened with.
    func verify(cookie: String) -> Who? {
        let now = self.now()
        if let session = accounts.session(cookie, now: now) {
            let who = session.account.operator, role = session.account.role
            return lacksSecondFactor(who, role) ? .enrolling(who, role) : .person(who, role)
        }
        return accounts.token(ofSession: cookie, now: now).flatMap { tokens.verify(id: $0, now: now) }.map(Who.init)
    }

    /// Whether a session is open, without a note that its token was used.
    func isInForce(cookie: String) -> Bool {
        let now = self.now()
        if let account = accounts.session(cookie, now: now)?.account {
            return !lacksSecondFactor(account.operator, account.role)
        }
        return accounts.token(ofSession: cookie, now: now).map { tokens.isInForce(id: $0, now: now) } ?? false
    }

    func isInForce(token: String) -> Bool { tokens.isInForce(token, now: now()) }

    /// Whether an account needs a second factor and has none.
    func lacksSecondFactor(_ who: String, _ role: Role) -> Bool {
        needSecondFactor.contains(role) && accounts.secondFactor(of: who) == nil
    }

    func verify(_ token: String) -> Who? { tokens.verify(token, now: now()).map(Who.init) }
}
