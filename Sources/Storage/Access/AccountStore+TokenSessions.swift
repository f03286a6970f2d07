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
        try with { state throws(SQLiteError) in
            let old = try state.database.prepare("DELETE FROM token_session WHERE expires_at <= ?")
            try old.bind(now.ms, 1)
            try old.run()
            state.tokenSessions = state.tokenSessions.filter { $0.value.expiresAt > now }
            let write = try state.database.prepare("INSERT INTO token_session(hash, token, expires_at) VALUES(?,?,?)")
            try write.bind(hash, 1)
            try write.bind(session.token, 2)
            try write.bind(session.expiresAt.ms, 3)
            try write.run()
            state.tokenSessions[hash] = session
        }
        return (secret, session.expiresAt)
    }

    /// The id of the token of a session; nil when the session has ended.
    public func token(ofSession secret: String, now: Timestamp) -> String? {
        let hash = TokenStore.hash(secret)
        return state.withLock { state in
            guard let session = state.tokenSessions[hash], session.expiresAt > now else { return nil }
            return session.token
        }
    }

    /// Ends all sessions of a token, as it was revoked.
    public func endSessions(ofToken id: String) throws(StoreError) {
        try with { state throws(SQLiteError) in
            let delete = try state.database.prepare("DELETE FROM token_session WHERE token=?")
            try delete.bind(id, 1)
            try delete.run()
            state.tokenSessions = state.tokenSessions.filter { $0.value.token != id }
        }
    }
}
