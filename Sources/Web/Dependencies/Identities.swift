import Engine
import Storage

/// Who may ask: tokens, and people who signed in.
struct Identities: Sendable {
    let tokens: TokenStore
    let accounts: AccountStore

    /// Who a browser's cookie stands for: somebody who signed in, or a token that a session was given for.
    func verify(cookie: String) -> Who? {
        let now = Engine.now()
        if let session = accounts.session(cookie, now: now) {
            return .person(session.account.operator, session.account.role)
        }
        return accounts.token(ofSession: cookie, now: now).flatMap { tokens.verify(id: $0, now: now) }.map(Who.init)
    }

    func verify(_ token: String) -> Who? { tokens.verify(token, now: Engine.now()).map(Who.init) }
}
