import CallCenter
import SQLite

/// A browser session that was opened with a token. It has a secret of its own: signing out ends the session, and the
/// browser does not store the token.
struct TokenSession: Equatable, Sendable {
    /// The token's id.
    var token: String
    var expiresAt: Timestamp
}

extension AccountStore {
    static let tokenSessionSchema = """
        CREATE TABLE token_session(
          hash BLOB PRIMARY KEY, token TEXT NOT NULL, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID
        """

    static func readTokenSessions(_ database: borrowing Connection) throws(SQLiteError) -> [[UInt8]: TokenSession] {
        let all = try database.prepare("SELECT hash, token, expires_at FROM token_session")
        var found: [[UInt8]: TokenSession] = [:]
        while try all.step() {
            found[all.withBytes(0) { Array($0) }] = TokenSession(
                token: all.text(1) ?? "", expiresAt: Timestamp(ms: all.int(2)))
        }
        return found
    }

    /// Opens a session for a token; it ends with the token, or after `sessionMs`.
    ///
    /// - Returns: the secret for the browser; only its hash is stored.
    public func signIn(with token: Token, now: Timestamp) throws(StoreError) -> (secret: String, expiresAt: Timestamp) {
        let secret = TokenStore.random(32), hash = TokenStore.hash(secret)
        let session = TokenSession(
            token: token.id, expiresAt: min(now + AccountStore.sessionMs, token.expiresAt ?? Timestamp(ms: .max)))
        try write(mayBeLate: true) { _ in (SecretEntry(at: now, .tokenSession(hash: hash, session)), ()) }
        return (secret, session.expiresAt)
    }

    /// The id of the token of a session; nil when the session has ended.
    public func token(ofSession secret: String, now: Timestamp) -> String? {
        let hash = TokenStore.hash(secret)
        return state.withLock { state in
            guard let session = state.memory.tokenSessions[hash], session.expiresAt > now else { return nil }
            return session.token
        }
    }

    /// Ends all sessions of a token, as it was revoked.
    public func endSessions(ofToken id: String, now: Timestamp) throws(StoreError) {
        try write { memory in
            let isOpen = memory.tokenSessions.values.contains { $0.token == id }
            return (isOpen ? SecretEntry(at: now, .tokenSessionsEnded(token: id)) : nil, ())
        }
    }
}
