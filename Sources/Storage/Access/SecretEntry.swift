import CallCenter

/// A change of who may sign in, as its entry in the log has it. It has only hashes of secrets, and no export shows it.
struct SecretEntry: Equatable, Sendable {
    var at: Timestamp
    var change: Change

    enum Change: Equatable, Sendable {
        case token(hash: [UInt8], Token)
        case tokenRevoked(id: String)
        case account(Account, Password)
        case accountRemoved(operator: String)
        case session(hash: [UInt8], operator: String, expiresAt: Timestamp)
        case tokenSession(hash: [UInt8], TokenSession)
        /// A session that was opened with a password or with a token.
        case sessionEnded(hash: [UInt8])
        case tokenSessionsEnded(token: String)
    }

    var bytes: [UInt8] {
        var out = PackedWriter()
        out.signed(at.ms)
        out.secret(change)
        return ChangeEntry.framed(out.bytes)
    }

    init(at: Timestamp, _ change: Change) {
        self.at = at
        self.change = change
    }

    /// Entries of the log with their positions.
    static func decode(_ entries: [EventLog.Entry]) throws(StoreError) -> [(seq: Int64, entry: SecretEntry)] {
        var decoded: [(seq: Int64, entry: SecretEntry)] = []
        for entry in entries {
            do throws(Malformed) { decoded.append((entry.seq, try SecretEntry(entry.line))) } catch {
                throw .damagedEntry(seq: entry.seq)
            }
        }
        return decoded
    }

    init(_ bytes: [UInt8]) throws(Malformed) {
        self = try ChangeEntry.unframed(bytes).reading { from throws(Malformed) in
            SecretEntry(at: Timestamp(ms: try from.signed()), try from.secret())
        }
    }
}

extension PackedWriter {
    fileprivate mutating func raw(_ bytes: [UInt8]) { bytes.withUnsafeBytes { self.bytes($0) } }

    fileprivate mutating func secret(_ change: SecretEntry.Change) {
        switch change {
        case .token(let hash, let token):
            byte(1)
            raw(hash)
            text(token.id)
            text(token.name)
            text(token.role.rawValue)
            optional(token.operator)
            optional(token.source)
            signed(token.createdAt.ms)
            optional(token.expiresAt?.ms)
        case .tokenRevoked(let id):
            byte(2)
            text(id)
        case .account(let account, let password):
            byte(3)
            text(account.operator)
            text(account.role.rawValue)
            optional(account.name)
            signed(account.createdAt.ms)
            signed(account.changedAt.ms)
            optional(account.lastSignInAt?.ms)
            raw(password.salt)
            raw(password.hash)
            text(password.cost.text)
        case .accountRemoved(let who):
            byte(4)
            text(who)
        case .session(let hash, let who, let expiresAt):
            byte(5)
            raw(hash)
            text(who)
            signed(expiresAt.ms)
        case .tokenSession(let hash, let session):
            byte(6)
            raw(hash)
            text(session.token)
            signed(session.expiresAt.ms)
        case .sessionEnded(let hash):
            byte(7)
            raw(hash)
        case .tokenSessionsEnded(let token):
            byte(8)
            text(token)
        }
    }
}

extension PackedReader {
    private mutating func time() throws(Malformed) -> Timestamp { Timestamp(ms: try signed()) }
    private mutating func optionalTime() throws(Malformed) -> Timestamp? {
        try optionalSigned().map { Timestamp(ms: $0) }
    }

    fileprivate mutating func secret() throws(Malformed) -> SecretEntry.Change {
        switch try byte() {
        case 1:
            return .token(
                hash: try byteList(),
                Token(
                    id: try text(), name: try text(), role: try word(), operator: try optionalText(),
                    source: try optionalText(), createdAt: try time(), expiresAt: try optionalTime(), lastUsedAt: nil))
        case 2: return .tokenRevoked(id: try text())
        case 3:
            let account = Account(
                operator: try text(), role: try word(), name: try optionalText(), createdAt: try time(),
                changedAt: try time(), lastSignInAt: try optionalTime())
            let salt = try byteList(), hash = try byteList()
            guard let cost = Password.Cost(try text()) else { throw Malformed() }
            return .account(account, Password(salt: salt, hash: hash, cost: cost))
        case 4: return .accountRemoved(operator: try text())
        case 5: return .session(hash: try byteList(), operator: try text(), expiresAt: try time())
        case 6: return .tokenSession(hash: try byteList(), TokenSession(token: try text(), expiresAt: try time()))
        case 7: return .sessionEnded(hash: try byteList())
        case 8: return .tokenSessionsEnded(token: try text())
        default: throw Malformed()
        }
    }
}
