import CallCenter
import Storage

/// Authenticates clients: by tokens, and by sessions.
struct Identities: Sendable {
    let tokens: TokenStore
    let accounts: AccountStore
    let now: @Sendable () -> Timestamp

    /// The client behind a browser's cookie: an account that signed in, or a token that the session was opened with.
    func verify(cookie: String) -> Who? {
        let now = self.now()
        if let session = accounts.session(cookie, now: now) {
            return .person(session.account.operator, session.account.role)
        }
        return accounts.token(ofSession: cookie, now: now).flatMap { tokens.verify(id: $0, now: now) }.map(Who.init)
    }

    func verify(_ token: String) -> Who? { tokens.verify(token, now: now()).map(Who.init) }
}
