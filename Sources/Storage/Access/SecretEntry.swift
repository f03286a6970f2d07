import CallCenter

/// A change of who may sign in, as its entry in the log has it. It has only hashes of secrets, but for those of second
/// factors, from which codes are computed; no export shows it.
struct SecretEntry: Equatable, Sendable {
    var at: Timestamp
    /// Who made the change; nil in entries of earlier versions, and for what signing in and out does.
    var author: Author?
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
        case secondFactor(operator: String, SecondFactor)
        case secondFactorRemoved(operator: String)
        case codeUsed(operator: String, step: Int64)
        case recoveryCodeUsed(operator: String, hash: [UInt8])
        /// A session, with where it was opened from. The entries of earlier versions, `session`, do not say it.
        case sessionOpened(hash: [UInt8], operator: String, expiresAt: Timestamp, SessionOrigin)
        /// All sessions of an account, but for the one with this hash.
        case sessionsEnded(operator: String, allBut: [UInt8]?)
    }

    var bytes: [UInt8] {
        var out = PackedWriter()
        out.signed(at.ms)
        if let author {
            out.byte(SecretEntry.authored)
            out.optional(author.who)
            out.text(author.through.rawValue)
        }
        out.secret(change)
        return ChangeEntry.framed(out.bytes)
    }

    init(at: Timestamp, _ change: Change, by author: Author? = nil) {
        self.at = at
        self.author = author
        self.change = change
    }

    /// Stands before the author, where a change without one has its own number.
    private static let authored: UInt8 = 55

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
            let at = Timestamp(ms: try from.signed())
            var tag = try from.byte(), author: Author?
            if tag == SecretEntry.authored {
                author = Author(try from.optionalText(), through: try from.word())
                tag = try from.byte()
            }
            return SecretEntry(at: at, try from.secret(tag), by: author)
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
        case .secondFactor(let who, let factor):
            byte(9)
            text(who)
            raw(factor.secret)
            signed(factor.since.ms)
            signed(factor.lastStep)
            list(factor.recovery) { $0.raw($1) }
        case .secondFactorRemoved(let who):
            byte(10)
            text(who)
        case .codeUsed(let who, let step):
            byte(11)
            text(who)
            signed(step)
        case .recoveryCodeUsed(let who, let hash):
            byte(12)
            text(who)
            raw(hash)
        case .sessionOpened(let hash, let who, let expiresAt, let origin):
            byte(13)
            raw(hash)
            text(who)
            signed(expiresAt.ms)
            optional(origin.address)
            optional(origin.agent)
        case .sessionsEnded(let who, let kept):
            byte(14)
            text(who)
            optional(kept) { $0.raw($1) }
        }
    }
}

extension PackedReader {
    private mutating func time() throws(Malformed) -> Timestamp { Timestamp(ms: try signed()) }
    private mutating func optionalTime() throws(Malformed) -> Timestamp? {
        try optionalSigned().map { Timestamp(ms: $0) }
    }

    fileprivate mutating func secret(_ tag: UInt8) throws(Malformed) -> SecretEntry.Change {
        switch tag {
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
        case 9:
            return .secondFactor(
                operator: try text(),
                SecondFactor(
                    secret: try byteList(), since: try time(), lastStep: try signed(),
                    recovery: try list { from throws(Malformed) in try from.byteList() }))
        case 10: return .secondFactorRemoved(operator: try text())
        case 11: return .codeUsed(operator: try text(), step: try signed())
        case 12: return .recoveryCodeUsed(operator: try text(), hash: try byteList())
        case 13:
            return .sessionOpened(
                hash: try byteList(), operator: try text(), expiresAt: try time(),
                SessionOrigin(address: try optionalText(), agent: try optionalText()))
        case 14:
            return .sessionsEnded(
                operator: try text(), allBut: try optional { from throws(Malformed) in try from.byteList() })
        default: throw Malformed()
        }
    }
}
