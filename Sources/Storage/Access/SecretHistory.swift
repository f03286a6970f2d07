import CallCenter
import SQLite

/// A change of who may sign in: of an account or a token, with who made it. It has no secret and no hash of one.
public struct SecretChange: Equatable, Sendable {
    /// What was done; the raw value is in the file and in the API.
    public enum Kind: String, Sendable, CaseIterable {
        /// A token was made.
        case tokenMade = "token_made"
        /// A token was revoked.
        case tokenRevoked = "token_revoked"
        /// An account was made.
        case accountMade = "account_made"
        /// Another role, name or password.
        case accountChanged = "account_changed"
        /// An account was removed, with its sessions.
        case accountRemoved = "account_removed"
        /// An account has a second factor, or another one.
        case secondFactorSet = "second_factor_set"
        /// An account has no second factor any more.
        case secondFactorRemoved = "second_factor_removed"
        /// Somebody ended sessions of an account, other than by signing out.
        case sessionsEnded = "sessions_ended"
    }

    /// A field of an account or token that is another afterwards.
    public struct Field: Equatable, Sendable {
        /// The field's name, as the API has it.
        public var name: String
        /// The value before; nil when there was none.
        public var from: String?
        /// The value afterwards; nil when there is none.
        public var to: String?
    }

    /// Counts the changes of accounts, or those of tokens.
    public var id: Int64
    /// When it was made.
    public var at: Timestamp
    /// Who made it.
    public var author: Author
    /// What was done.
    public var kind: Kind
    /// The account's operator, or the token's id.
    public var subject: String
    /// That a password was set is a field `password`, without what it is.
    public var fields: [Field]
}

/// The changes of accounts and tokens, as a table beside them. Changes whose entry names no author have no row: they
/// are of an earlier version, or what somebody did by signing in and out.
enum SecretHistory {
    /// `fields`: name, from and to in turn, as `CustomersDatabase.list`; an empty text is none.
    static let schema = """
        CREATE TABLE secret_change(
          id INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT, through TEXT NOT NULL, kind TEXT NOT NULL, \
        subject TEXT NOT NULL, fields TEXT) STRICT
        """

    /// Notes a change of an account, before it is applied.
    static func noteAccount(_ entry: SecretEntry, _ database: borrowing Connection) throws(SQLiteError) {
        switch entry.change {
        case .account(let account, _):
            let before = try database.prepare("SELECT role, name FROM account WHERE operator=?")
            try before.bind(account.operator, 1)
            let isKnown = try before.step()
            let role = isKnown ? before.text(0) : nil, name = isKnown ? before.text(1) : nil
            let fields = [
                SecretChange.Field(name: "role", from: role, to: account.role.rawValue),
                .init(name: "name", from: name, to: account.name), .init(name: "password", from: nil, to: "set"),
            ]
            try note(isKnown ? .accountChanged : .accountMade, account.operator, fields, entry, database)
        case .accountRemoved(let who):
            let before = try database.prepare("SELECT role, name FROM account WHERE operator=?")
            try before.bind(who, 1)
            guard try before.step() else { return }
            let fields = [
                SecretChange.Field(name: "role", from: before.text(0), to: nil),
                .init(name: "name", from: before.text(1), to: nil),
            ]
            try note(.accountRemoved, who, fields, entry, database)
        case .secondFactor(let who, _): try note(.secondFactorSet, who, [], entry, database)
        case .secondFactorRemoved(let who): try note(.secondFactorRemoved, who, [], entry, database)
        case .sessionsEnded(let who, _): try note(.sessionsEnded, who, [], entry, database)
        case .sessionEnded(let hash):
            let one = try database.prepare("SELECT operator FROM session WHERE hash=?")
            try one.bind(hash, 1)
            guard try one.step(), let who = one.text(0) else { return }
            try note(.sessionsEnded, who, [], entry, database)
        case .token, .tokenRevoked, .session, .sessionOpened, .tokenSession, .tokenSessionsEnded: break
        case .codeUsed, .recoveryCodeUsed: break
        }
    }

    /// Notes a change of a token, before it is applied.
    static func noteToken(_ entry: SecretEntry, _ database: borrowing Connection) throws(SQLiteError) {
        switch entry.change {
        case .token(_, let token):
            let fields = [
                SecretChange.Field(name: "name", from: nil, to: token.name),
                .init(name: "role", from: nil, to: token.role.rawValue),
                .init(name: "operator", from: nil, to: token.operator),
                .init(name: "source", from: nil, to: token.source),
            ]
            try note(.tokenMade, token.id, fields, entry, database)
        case .tokenRevoked(let id):
            let before = try database.prepare("SELECT name, role, operator, source FROM token WHERE id=?")
            try before.bind(id, 1)
            guard try before.step() else { return }
            let fields = [
                SecretChange.Field(name: "name", from: before.text(0), to: nil),
                .init(name: "role", from: before.text(1), to: nil),
                .init(name: "operator", from: before.text(2), to: nil),
                .init(name: "source", from: before.text(3), to: nil),
            ]
            try note(.tokenRevoked, id, fields, entry, database)
        default: break
        }
    }

    private static func note(
        _ kind: SecretChange.Kind, _ subject: String, _ fields: [SecretChange.Field], _ entry: SecretEntry,
        _ database: borrowing Connection
    ) throws(SQLiteError) {
        guard let author = entry.author else { return }
        let changed = fields.filter { $0.from != $0.to }.flatMap { [$0.name, $0.from ?? "", $0.to ?? ""] }
        let write = try database.prepare(
            "INSERT INTO secret_change(at, who, through, kind, subject, fields) VALUES(?,?,?,?,?,?)")
        try write.bind(entry.at.ms, 1)
        try write.bind(author.who, 2)
        try write.bind(author.through.rawValue, 3)
        try write.bind(kind.rawValue, 4)
        try write.bind(subject, 5)
        try write.bind(CustomersDatabase.list(changed), 6)
        try write.run()
    }

    /// Newest first.
    static func read(
        _ database: borrowing Connection, of subject: String?, below: Int64, limit: Int
    ) throws(SQLiteError) -> [SecretChange] {
        let all = try database.prepare(
            """
            SELECT id, at, who, through, kind, subject, fields FROM secret_change
            WHERE id<?1 AND (?2 IS NULL OR subject=?2) ORDER BY id DESC LIMIT ?3
            """)
        try all.bind(below, 1)
        try all.bind(subject, 2)
        try all.bind(Int64(limit), 3)
        var found: [SecretChange] = []
        while try all.step() {
            guard let kind = SecretChange.Kind(rawValue: all.text(4) ?? "") else { continue }
            let parts = CustomersDatabase.list(all.text(6))
            var change = SecretChange(
                id: all.int(0), at: Timestamp(ms: all.int(1)), author: all.author(2), kind: kind,
                subject: all.text(5) ?? "", fields: [])
            for i in stride(from: 0, to: parts.count - 2, by: 3) {
                change.fields.append(
                    .init(
                        name: parts[i], from: parts[i + 1].isEmpty ? nil : parts[i + 1],
                        to: parts[i + 2].isEmpty ? nil : parts[i + 2]))
            }
            found.append(change)
        }
        return found
    }
}

extension SecretProjection {
    /// The changes that name their author, newest first.
    borrowing func history(of subject: String?, below: Int64?, limit: Int) throws(StoreError) -> [SecretChange] {
        do throws(SQLiteError) {
            return try SecretHistory.read(database, of: subject, below: below ?? .max, limit: limit)
        } catch { throw StoreError(error, path: path) }
    }
}

extension AccountStore {
    /// Who made and changed accounts, newest first.
    ///
    /// - Parameters:
    ///   - who: of this account alone; nil for all.
    ///   - below: only changes with an id below this one; nil for the newest.
    public func history(of who: String? = nil, below: Int64? = nil, limit: Int) throws(StoreError) -> [SecretChange] {
        let found: Result<[SecretChange], StoreError> = state.withLock { state in
            do throws(StoreError) {
                return .success(try state.projection.history(of: who, below: below, limit: limit))
            } catch { return .failure(error) }
        }
        return try found.get()
    }
}
