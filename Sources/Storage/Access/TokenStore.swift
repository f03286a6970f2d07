import CallCenter
import Crypto
import Dispatch
import Foundation
import SQLite
import Synchronization

/// What a token's bearer may do (http-api.md, "Who may do what").
public enum Role: String, Equatable, Sendable, Codable, CaseIterable { case `operator`, supervisor, admin, ingest }

/// A token's entry, without its secret.
public struct Token: Equatable, Sendable {
    public var id: String
    /// What it is for, as whoever made it wrote.
    public var name: String
    /// What its bearer may do.
    public var role: Role
    /// Whose own screen it opens; for operators alone.
    public var `operator`: String?
    /// The source its events have; for ingest alone.
    public var source: String?
    /// When it was made.
    public var createdAt: Timestamp
    /// From when on it does not count any more; nil: never.
    public var expiresAt: Timestamp?
    /// When it was last used, to the minute; nil for never.
    public var lastUsedAt: Timestamp?
}

/// The tokens: random, shown once, stored hashed, named, expiring and revocable. In a file of their own that nobody
/// else may read.
public final class TokenStore: Sendable {
    static let migrations = Migrations(steps: [
        """
        CREATE TABLE token(
          hash BLOB PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, role TEXT NOT NULL, operator TEXT, \
        source TEXT,
          created_at INTEGER NOT NULL, expires_at INTEGER, last_used_at INTEGER) STRICT, WITHOUT ROWID
        """,
        SecretProjection.schema,
        SecretHistory.schema,
    ])
    /// Resolution of `lastUsedAt`. Milliseconds.
    static let lastUsedGrain: Int64 = 60_000

    private struct State: ~Copyable {
        var projection: SecretProjection
        /// By hash, so that a token is found in a time that says nothing about it.
        var byHash: [[UInt8]: Token]

        /// Applies a change in memory.
        mutating func apply(_ entry: SecretEntry) {
            switch entry.change {
            case .token(let hash, let token): byHash[hash] = token
            case .tokenRevoked(let id): byHash = byHash.filter { $0.value.id != id }
            default: break
            }
        }
    }
    private let state: Mutex<State>
    private let log: any ChangeLog
    /// Applies changes that nobody waits for any more.
    private let settling = DispatchQueue(label: "tokens behind the log")
    private let answering: Duration

    /// Opens the tokens, and brings them up to the log.
    public static func open(directory: String, log: any ChangeLog) throws(StoreError) -> TokenStore {
        try open(directory: directory, log: log, answering: LogWait.answering)
    }

    /// - Parameter answering: whoever makes a change has an answer within this time.
    static func open(directory: String, log: any ChangeLog, answering: Duration) throws(StoreError) -> TokenStore {
        let path = directory + "/access.db"
        let projection = SecretProjection(path: path, try SecretDatabase.open(path, migrations))
        try projection.bringUp(from: directory, log, existing: { () throws(SQLiteError) in
            try read(projection.database).map { SecretEntry(at: $0.value.createdAt, .token(hash: $0.key, $0.value)) }
        }, apply)
        do throws(SQLiteError) {
            let byHash = try read(projection.database)
            return TokenStore(state: State(projection: projection, byHash: byHash), log, answering)
        } catch { throw StoreError(error, path: path) }
    }

    private init(state: consuming sending State, _ log: any ChangeLog, _ answering: Duration) {
        self.state = Mutex(state)
        self.log = log
        self.answering = answering
    }

    /// Applies a change to the database; those of accounts are left out.
    private static func apply(_ database: borrowing Connection, _ entry: SecretEntry) throws(SQLiteError) {
        try SecretHistory.noteToken(entry, database)
        switch entry.change {
        case .token(let hash, let token):
            let write = try database.prepare(
                "INSERT OR IGNORE INTO token(hash, id, name, role, operator, source, created_at, expires_at) "
                    + "VALUES(?,?,?,?,?,?,?,?)"
            )
            try write.bind(hash, 1)
            try write.bind(token.id, 2)
            try write.bind(token.name, 3)
            try write.bind(token.role.rawValue, 4)
            try write.bind(token.operator, 5)
            try write.bind(token.source, 6)
            try write.bind(token.createdAt.ms, 7)
            try write.bind(token.expiresAt?.ms, 8)
            try write.run()
        case .tokenRevoked(let id):
            let delete = try database.prepare("DELETE FROM token WHERE id=?")
            try delete.bind(id, 1)
            try delete.run()
        case .account, .accountRemoved, .session, .tokenSession, .sessionEnded, .tokenSessionsEnded: break
        case .secondFactor, .secondFactorRemoved, .codeUsed, .recoveryCodeUsed, .sessionOpened, .sessionsEnded: break
        }
    }

    private static func read(_ database: borrowing Connection) throws(SQLiteError) -> [[UInt8]: Token] {
        let all = try database.prepare(
            "SELECT hash, id, name, role, operator, source, created_at, expires_at, last_used_at FROM token")
        var found: [[UInt8]: Token] = [:]
        while try all.step() {
            guard let role = Role(rawValue: all.text(3) ?? "") else { continue }
            found[all.withBytes(0) { Array($0) }] = Token(
                id: all.text(1) ?? "", name: all.text(2) ?? "", role: role, operator: all.text(4), source: all.text(5),
                createdAt: Timestamp(ms: all.int(6)), expiresAt: all.isNull(7) ? nil : Timestamp(ms: all.int(7)),
                lastUsedAt: all.isNull(8) ? nil : Timestamp(ms: all.int(8)))
        }
        return found
    }

    /// - Parameter author: who makes it, for the history; nil: no line.
    /// - Returns: the token's secret; only its hash is stored.
    public func create(
        role: Role, name: String, operator who: String?, source: String?, expiresAt: Timestamp?,
        by author: Author? = nil, now: Timestamp
    ) throws(StoreError) -> (secret: String, token: Token) {
        let secret = "sp_" + TokenStore.random(32)
        let token = Token(
            id: TokenStore.randomID(), name: name, role: role, operator: who, source: source, createdAt: now,
            expiresAt: expiresAt, lastUsedAt: nil)
        let hash = TokenStore.hash(secret)
        try write(SecretEntry(at: now, .token(hash: hash, token), by: author))
        return (secret, token)
    }

    /// The token's entry; nil for one that is unknown, revoked or expired.
    public func verify(_ secret: String, now: Timestamp) -> Token? {
        let hash = TokenStore.hash(secret)
        return state.withLock { TokenStore.use(hash, &$0, now) }
    }

    /// The entry of the token with this id; nil as for `verify`.
    public func verify(id: String, now: Timestamp) -> Token? {
        state.withLock { state in
            guard let hash = state.byHash.first(where: { $0.value.id == id })?.key else { return nil }
            return TokenStore.use(hash, &state, now)
        }
    }

    /// Whether a token is known and has not expired. It is not noted as a use.
    public func isInForce(_ secret: String, now: Timestamp) -> Bool {
        let hash = TokenStore.hash(secret)
        return state.withLock { TokenStore.isInForce($0.byHash[hash], now) }
    }

    /// The same by the token's id.
    public func isInForce(id: String, now: Timestamp) -> Bool {
        state.withLock { state in TokenStore.isInForce(state.byHash.values.first { $0.id == id }, now) }
    }

    private static func isInForce(_ token: Token?, _ now: Timestamp) -> Bool {
        guard let token else { return false }
        return token.expiresAt.map { $0 > now } ?? true
    }

    private static func use(_ hash: [UInt8], _ state: inout State, _ now: Timestamp) -> Token? {
        guard var token = state.byHash[hash] else { return nil }
        if let expires = token.expiresAt, expires <= now { return nil }
        if now - (token.lastUsedAt ?? Timestamp(ms: 0)) >= TokenStore.lastUsedGrain {
            token.lastUsedAt = now
            state.byHash[hash] = token
            // `lastUsedAt` is only information for administrators: an error here must not refuse a request.
            if let note = try? state.projection.database.prepare("UPDATE token SET last_used_at=? WHERE hash=?") {
                try? note.bind(now.ms, 1)
                try? note.bind(hash, 2)
                try? note.run()
            }
        }
        return token
    }

    /// Oldest first.
    public func list() -> [Token] {
        state.withLock { $0.byHash.values.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) } }
    }

    /// False when there is no such token.
    public func revoke(_ id: String, by author: Author? = nil, now: Timestamp) throws(StoreError) -> Bool {
        guard state.withLock({ $0.byHash.values.contains { $0.id == id } }) else { return false }
        try write(SecretEntry(at: now, .tokenRevoked(id: id), by: author))
        return true
    }

    /// Who made and revoked tokens, newest first.
    ///
    /// - Parameters:
    ///   - id: of this token alone; nil for all.
    ///   - below: only changes with an id below this one; nil for the newest.
    public func history(of id: String? = nil, below: Int64? = nil, limit: Int) throws(StoreError) -> [SecretChange] {
        try settled { state throws(StoreError) in
            try state.projection.history(of: id, below: below, limit: limit)
        }
    }

    // MARK: Changes

    /// Applies changes that another machine has appended to the log that it shares with this one.
    ///
    /// - Parameter entries: entries of the kind `secrets`, in order.
    public func follow(_ entries: [EventLog.Entry]) throws(StoreError) {
        let decoded = try SecretEntry.decode(entries)
        try settled { [decoded] state throws(StoreError) in
            for (_, entry) in decoded { state.apply(entry) }
            state.projection.follow(decoded)
            try state.projection.applyWaiting(TokenStore.apply)
        }
    }

    /// Hands a change to the log, and applies it in memory and to the database when it is there. Nobody who looks a
    /// token up waits for that.
    ///
    /// - Throws: `unwritten` when the log refuses it, and when it does not answer in time.
    private func write(_ entry: SecretEntry) throws(StoreError) {
        let log = self.log, began = ContinuousClock.now
        while true {
            let (change, isOwn) = try settled { state throws(StoreError) in
                if let before = state.projection.onTheWay { return (before.change, false) }
                return (state.projection.begin(entry, log), true)
            }
            let fate = change.wait(until: min(change.since, began) + answering)
            guard let fate else {
                change.whenDecided { [weak self] in
                    self?.settling.async { [weak self] in try? self?.settled { _ throws(StoreError) in } }
                }
                throw .unwritten(isOwn ? .undecided : .behind)
            }
            guard isOwn else { continue }
            try settled { _ throws(StoreError) in }
            if case .refused(let error) = fate { throw .unwritten(error) }
            return
        }
    }

    /// Works on the state, in which what is known to be in the log is applied.
    private func settled<Answer: Sendable>(
        _ work: (inout State) throws(StoreError) -> Answer
    ) throws(StoreError) -> Answer {
        let result: Result<Answer, StoreError> = state.withLock { state in
            do throws(StoreError) {
                if let (one, fate) = state.projection.decided(), case .kept = fate { state.apply(one.entry) }
                try state.projection.applyWaiting(TokenStore.apply)
                return .success(try work(&state))
            } catch { return .failure(error) }
        }
        return try result.get()
    }

    static func hash(_ secret: String) -> [UInt8] { Array(SHA256.hash(data: Array(secret.utf8))) }

    /// Hexadecimal: an id is typed on a command line, where one that begins with `-` would be an option.
    private static func randomID() -> String {
        String(UInt64.random(in: 0..<1 << 48) | 1 << 48, radix: 16).dropFirst().description
    }

    /// `count` random bytes in base64url (RFC 4648).
    static func random(_ count: Int) -> String {
        let bytes = SymmetricKey(size: .init(bitCount: count * 8)).withUnsafeBytes { Data($0) }
        return bytes.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
