import CallCenter

extension AccountStore {
    /// What is in the database, for reading.
    struct Memory {
        var accounts: [String: (account: Account, password: Password)]
        /// By hash, as tokens are.
        var sessions: [[UInt8]: Session]
        var tokenSessions: [[UInt8]: TokenSession]
        /// By operator.
        var factors: [String: SecondFactor]
    }

    struct Session: Sendable {
        var `operator`: String
        var expiresAt: Timestamp
        var origin: SessionOrigin
    }
}

extension AccountStore.Memory {
    /// Applies a change, as `AccountStore.apply` does to the database.
    mutating func apply(_ entry: SecretEntry) {
        switch entry.change {
        case .account(let account, let password):
            accounts[account.operator] = (account, password)
            sessions = sessions.filter { $0.value.operator != account.operator }
        case .accountRemoved(let who):
            accounts[who] = nil
            factors[who] = nil
            sessions = sessions.filter { $0.value.operator != who }
        case .session(let hash, let who, let expiresAt):
            open(hash, .init(operator: who, expiresAt: expiresAt, origin: SessionOrigin()), at: entry.at)
        case .sessionOpened(let hash, let who, let expiresAt, let origin):
            open(hash, .init(operator: who, expiresAt: expiresAt, origin: origin), at: entry.at)
        case .sessionsEnded(let who, let kept):
            sessions = sessions.filter { $0.value.operator != who || $0.key == kept }
        case .secondFactor(let who, let factor): factors[who] = factor
        case .secondFactorRemoved(let who): factors[who] = nil
        case .codeUsed(let who, let step):
            if let last = factors[who]?.lastStep { factors[who]?.lastStep = max(last, step) }
        case .recoveryCodeUsed(let who, let hash): factors[who]?.recovery.removeAll { $0 == hash }
        case .tokenSession(let hash, let session):
            tokenSessions = tokenSessions.filter { $0.value.expiresAt > entry.at }
            tokenSessions[hash] = session
        case .sessionEnded(let hash):
            sessions[hash] = nil
            tokenSessions[hash] = nil
        case .tokenSessionsEnded(let token): tokenSessions = tokenSessions.filter { $0.value.token != token }
        case .token, .tokenRevoked: break
        }
    }

    private mutating func open(_ hash: [UInt8], _ session: AccountStore.Session, at time: Timestamp) {
        sessions = sessions.filter { $0.value.expiresAt > time }
        sessions[hash] = session
        accounts[session.operator]?.account.lastSignInAt = time
    }

    func has(account who: String) -> Bool { accounts[who] != nil }

    func openSessions(at now: Timestamp) -> [OpenSession] {
        sessions.filter { $0.value.expiresAt > now }.map { hash, one in
            OpenSession(
                id: OpenSession.id(of: hash), operator: one.operator, token: nil,
                openedAt: one.expiresAt - AccountStore.sessionMs, expiresAt: one.expiresAt, origin: one.origin)
        }
            + tokenSessions.filter { $0.value.expiresAt > now }.map { hash, one in
                OpenSession(
                    id: OpenSession.id(of: hash), operator: nil, token: one.token, openedAt: nil,
                    expiresAt: one.expiresAt, origin: SessionOrigin())
            }
    }

    func hash(ofSession id: String, of who: String?) -> [UInt8]? {
        if let found = sessions.first(where: { OpenSession.id(of: $0.key) == id }) {
            return who == nil || found.value.operator == who ? found.key : nil
        }
        return who == nil ? tokenSessions.keys.first { OpenSession.id(of: $0) == id } : nil
    }

    func countSessions(of who: String, allBut kept: [UInt8]?, at now: Timestamp) -> Int {
        sessions.count { $0.value.operator == who && $0.key != kept && $0.value.expiresAt > now }
    }
}
