import CallCenter

/// Where a session was opened from, for whoever lists sessions.
public struct SessionOrigin: Equatable, Sendable {
    /// Of the browser; behind a trusted proxy, as that says.
    public var address: String?
    /// What the browser calls itself, at most `agentBytesMax` bytes.
    public var agent: String?

    /// More of a browser's own name is cut off. Bytes.
    static let agentBytesMax = 200

    /// Copies its arguments; a longer agent is cut to `agentBytesMax`.
    public init(address: String? = nil, agent: String? = nil) {
        self.address = address
        var cut = agent ?? ""
        while cut.utf8.count > SessionOrigin.agentBytesMax { cut.removeLast() }
        self.agent = agent == nil ? nil : cut
    }
}

/// A session that is open, without its secret.
public struct OpenSession: Equatable, Sendable {
    /// A part of the secret's hash, in hexadecimal: what the session is ended by.
    public var id: String
    /// The account; nil for a session that was opened with a token.
    public var `operator`: String?
    /// The token's id; nil for a session that was opened with a password.
    public var token: String?
    /// nil where it is not known: of a session that was opened with a token.
    public var openedAt: Timestamp?
    /// When the session ends by itself.
    public var expiresAt: Timestamp
    /// Where it was opened from; empty where that is not known.
    public var origin: SessionOrigin

    static func id(of hash: [UInt8]) -> String {
        hash.prefix(8).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}

extension AccountStore {
    /// The open sessions, newest first.
    ///
    /// - Parameter who: those of this account alone; nil for all, those of tokens included.
    public func sessions(of who: String? = nil, now: Timestamp) -> [OpenSession] {
        let all = state.withLock { $0.memory.openSessions(at: now) }
        return all.filter { who == nil || $0.operator == who }
            .sorted { ($1.expiresAt, $0.id) < ($0.expiresAt, $1.id) }
    }

    /// The id of the session with this secret.
    public func sessionID(ofSecret secret: String) -> String { OpenSession.id(of: TokenStore.hash(secret)) }

    /// Ends a session.
    ///
    /// - Parameter who: only when it is one of this account; nil for any.
    /// - Returns: false when there is no such session.
    public func endSession(
        _ id: String, of who: String? = nil, by author: Author? = nil, now: Timestamp
    ) throws(StoreError) -> Bool {
        try write { memory in
            guard let hash = memory.hash(ofSession: id, of: who) else { return (nil, false) }
            return (SecretEntry(at: now, .sessionEnded(hash: hash), by: author), true)
        }
    }

    /// Ends the sessions of an account.
    ///
    /// - Parameter secret: that of a session that stays open; nil to end all.
    /// - Returns: how many have ended.
    public func endSessions(
        of who: String, allBut secret: String? = nil, by author: Author? = nil, now: Timestamp
    ) throws(StoreError) -> Int {
        let kept = secret.map(TokenStore.hash)
        return try write { memory in
            let count = memory.countSessions(of: who, allBut: kept, at: now)
            let entry = SecretEntry(at: now, .sessionsEnded(operator: who, allBut: kept), by: author)
            return (count > 0 ? entry : nil, count)
        }
    }
}
