import CallCenter
import SQLite

/// A browser that was given a session for a token. The session has a secret of its own: signing out ends it, and the
/// token stays what only its owner knows.
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

    /// Gives a browser a session for a token; it ends with the token, or after `sessionMs`.
    ///
    /// - Returns: what the browser is given, which is kept nowhere.
    public func signIn(with token: Token, now: Timestamp) throws(StoreError) -> (secret: String, expiresAt: Timestamp) {
        let secret = TokenStore.random(32), hash = TokenStore.hash(secret)
        let session = TokenSession(
            token: token.id, expiresAt: min(now + AccountStore.sessionMs, token.expiresAt ?? Timestamp(ms: .max)))
        try with { state throws(SQLiteError) in
            let old = try state.database.prepare("DELETE FROM token_session WHERE expires_at <= ?")
            try old.bind(now.ms, 1)
            try old.run()
            state.tokenSessions = state.tokenSessions.filter { $0.value.expiresAt > now }
            let put = try state.database.prepare("INSERT INTO token_session(hash, token, expires_at) VALUES(?,?,?)")
            try put.bind(hash, 1)
            try put.bind(session.token, 2)
            try put.bind(session.expiresAt.ms, 3)
            try put.run()
            state.tokenSessions[hash] = session
        }
        return (secret, session.expiresAt)
    }

    /// The id of the token that a session was given for; nil for a session that is none any more.
    public func token(ofSession secret: String, now: Timestamp) -> String? {
        let hash = TokenStore.hash(secret)
        return state.withLock { state in
            guard let session = state.tokenSessions[hash], session.expiresAt > now else { return nil }
            return session.token
        }
    }

    /// Ends the sessions that were given for a token: it is revoked.
    public func endSessions(ofToken id: String) throws(StoreError) {
        try with { state throws(SQLiteError) in
            let take = try state.database.prepare("DELETE FROM token_session WHERE token=?")
            try take.bind(id, 1)
            try take.run()
            state.tokenSessions = state.tokenSessions.filter { $0.value.token != id }
        }
    }
}
