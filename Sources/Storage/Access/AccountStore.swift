import CallCenter
import Crypto
import Foundation
import SQLite
import Synchronization

/// Somebody who may sign in at the desk.
public struct Account: Equatable, Sendable {
    /// The operator's number.
    public var `operator`: String
    public var role: Role
    public var name: String?
    public var createdAt: Timestamp
    /// When the password was set.
    public var changedAt: Timestamp
    public var lastSignInAt: Timestamp?
}

/// Accounts with passwords, and their sessions. In a file that only the daemon's user can read.
public final class AccountStore: Sendable {
    static let migrations = Migrations(steps: [
        """
        CREATE TABLE account(
          operator TEXT PRIMARY KEY, role TEXT NOT NULL, name TEXT, salt BLOB NOT NULL, hash BLOB NOT NULL, cost TEXT \
        NOT NULL,
          created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL, last_sign_in_at INTEGER) STRICT, WITHOUT ROWID;
        CREATE TABLE session(
          hash BLOB PRIMARY KEY, operator TEXT NOT NULL, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID
        """,
        tokenSessionSchema,
    ])
    /// How long somebody stays signed in: a working day and the way home. Milliseconds.
    public static let sessionMs: Int64 = 14 * 3_600_000
    public static let passwordMin = 8
    /// Maximum of bytes in a password: hashing longer ones costs time.
    public static let passwordMax = 256

    struct State: ~Copyable {
        let database: Connection
        fileprivate var accounts: [String: (account: Account, password: Password)]
        /// By hash, as tokens are.
        fileprivate var sessions: [[UInt8]: Session]
        var tokenSessions: [[UInt8]: TokenSession]
    }
    fileprivate struct Session: Sendable {
        var `operator`: String
        var expiresAt: Timestamp
    }
    let state: Mutex<State>
    private let path: String
    /// The password that an attempt for an unknown account is compared with, so that it takes as long.
    private let nobody: Password

    public static func open(directory: String) throws(StoreError) -> AccountStore {
        let path = directory + "/accounts.db"
        let database = try SecretDatabase.open(path, migrations)
        do throws(SQLiteError) {
            let accounts = try readAccounts(database), sessions = try readSessions(database)
            let tokenSessions = try readTokenSessions(database)
            return AccountStore(
                path: path,
                state: State(
                    database: database, accounts: accounts, sessions: sessions, tokenSessions: tokenSessions))
        } catch { throw StoreError(error, path: path) }
    }

    private init(path: String, state: consuming sending State) {
        self.path = path
        self.state = Mutex(state)
        nobody = Password(
            salt: Array(repeating: 7, count: 16), hash: Array(repeating: 0, count: 32), cost: Password.cost)
    }

    private static func readAccounts(_ database: borrowing Connection) throws(SQLiteError) -> [String: (
        account: Account, password: Password
    )] {
        let all = try database.prepare(
            "SELECT operator, role, name, salt, hash, cost, created_at, changed_at, last_sign_in_at FROM account")
        var found: [String: (account: Account, password: Password)] = [:]
        while try all.step() {
            guard let role = Role(rawValue: all.text(1) ?? ""), let cost = Password.Cost(all.text(5) ?? "") else {
                continue
            }
            let account = Account(
                operator: all.text(0) ?? "", role: role, name: all.text(2), createdAt: Timestamp(ms: all.int(6)),
                changedAt: Timestamp(ms: all.int(7)),
                lastSignInAt: all.isNull(8) ? nil : Timestamp(ms: all.int(8)))
            found[account.operator] = (
                account,
                Password(salt: all.withBytes(3) { Array($0) }, hash: all.withBytes(4) { Array($0) }, cost: cost)
            )
        }
        return found
    }

    private static func readSessions(_ database: borrowing Connection) throws(SQLiteError) -> [[UInt8]: Session] {
        let all = try database.prepare("SELECT hash, operator, expires_at FROM session")
        var found: [[UInt8]: Session] = [:]
        while try all.step() {
            found[all.withBytes(0) { Array($0) }] = Session(
                operator: all.text(1) ?? "", expiresAt: Timestamp(ms: all.int(2)))
        }
        return found
    }

    // MARK: Accounts

    /// By operator.
    public func list() -> [Account] {
        state.withLock { $0.accounts.values.map(\.account).sorted { $0.operator < $1.operator } }
    }

    public func account(_ who: String) -> Account? { state.withLock { $0.accounts[who]?.account } }

    /// Creates an account, or changes its password, role and name; its sessions end.
    public func set(_ who: String, role: Role, name: String?, password text: String, now: Timestamp) throws(StoreError)
        -> Account
    {
        let password: Password
        do { password = try Password(of: text) } catch { throw .cannotHash(path: path, reason: "\(error)") }
        return try with { state throws(SQLiteError) in
            let account = Account(
                operator: who, role: role, name: name, createdAt: state.accounts[who]?.account.createdAt ?? now,
                changedAt: now,
                lastSignInAt: state.accounts[who]?.account.lastSignInAt)
            let write = try state.database.prepare(
                """
                INSERT INTO account(operator, role, name, salt, hash, cost, created_at, changed_at) \
                VALUES(?,?,?,?,?,?,?,?)
                ON CONFLICT(operator) DO UPDATE SET role=excluded.role, name=excluded.name, salt=excluded.salt, \
                hash=excluded.hash, cost=excluded.cost,
                  changed_at=excluded.changed_at
                """)
            try write.bind(who, 1)
            try write.bind(role.rawValue, 2)
            try write.bind(name, 3)
            try write.bind(password.salt, 4)
            try write.bind(password.hash, 5)
            try write.bind(password.cost.text, 6)
            try write.bind(account.createdAt.ms, 7)
            try write.bind(now.ms, 8)
            try write.run()
            try AccountStore.endSessions(of: who, &state)
            state.accounts[who] = (account, password)
            return account
        }
    }

    /// False when there is no such account.
    public func remove(_ who: String) throws(StoreError) -> Bool {
        try with { state throws(SQLiteError) in
            guard state.accounts[who] != nil else { return false }
            let delete = try state.database.prepare("DELETE FROM account WHERE operator=?")
            try delete.bind(who, 1)
            try delete.run()
            try AccountStore.endSessions(of: who, &state)
            state.accounts[who] = nil
            return true
        }
    }

    /// Checks a password; nil when account or password is wrong. Takes about a tenth of a second in either case.
    public func check(_ who: String, password: String) -> Account? {
        let found = state.withLock { $0.accounts[who] }
        let matches = (found?.password ?? nobody).matches(password)
        return matches ? found?.account : nil
    }

    // MARK: Sessions

    /// Opens a session.
    ///
    /// - Returns: the secret for the browser; only its hash is stored.
    public func signIn(_ who: String, now: Timestamp) throws(StoreError) -> (secret: String, expiresAt: Timestamp) {
        let secret = TokenStore.random(32), hash = TokenStore.hash(secret), expires = now + AccountStore.sessionMs
        try with { state throws(SQLiteError) in
            let old = try state.database.prepare("DELETE FROM session WHERE expires_at <= ?")
            try old.bind(now.ms, 1)
            try old.run()
            state.sessions = state.sessions.filter { $0.value.expiresAt > now }
            let write = try state.database.prepare("INSERT INTO session(hash, operator, expires_at) VALUES(?,?,?)")
            try write.bind(hash, 1)
            try write.bind(who, 2)
            try write.bind(expires.ms, 3)
            try write.run()
            let note = try state.database.prepare("UPDATE account SET last_sign_in_at=? WHERE operator=?")
            try note.bind(now.ms, 1)
            try note.bind(who, 2)
            try note.run()
            state.sessions[hash] = Session(operator: who, expiresAt: expires)
            state.accounts[who]?.account.lastSignInAt = now
        }
        return (secret, expires)
    }

    /// The account of a session; nil when it has ended.
    public func session(_ secret: String, now: Timestamp) -> (account: Account, expiresAt: Timestamp)? {
        let hash = TokenStore.hash(secret)
        return state.withLock { state in
            guard let session = state.sessions[hash], session.expiresAt > now,
                let account = state.accounts[session.operator]?.account
            else { return nil }
            return (account, session.expiresAt)
        }
    }

    /// Ends a session, whether it was given for a password or for a token.
    public func signOut(_ secret: String) throws(StoreError) {
        let hash = TokenStore.hash(secret)
        try with { state throws(SQLiteError) in
            let delete = try state.database.prepare("DELETE FROM session WHERE hash=?")
            try delete.bind(hash, 1)
            try delete.run()
            state.sessions[hash] = nil
            let ofToken = try state.database.prepare("DELETE FROM token_session WHERE hash=?")
            try ofToken.bind(hash, 1)
            try ofToken.run()
            state.tokenSessions[hash] = nil
        }
    }

    private static func endSessions(of who: String, _ state: inout State) throws(SQLiteError) {
        let delete = try state.database.prepare("DELETE FROM session WHERE operator=?")
        try delete.bind(who, 1)
        try delete.run()
        state.sessions = state.sessions.filter { $0.value.operator != who }
    }

    func with<Answer: Sendable>(_ work: (inout State) throws(SQLiteError) -> Answer) throws(StoreError) -> Answer {
        let answer: Result<Answer, SQLiteError> = state.withLock { state in
            do throws(SQLiteError) { return .success(try work(&state)) } catch { return .failure(error) }
        }
        do throws(SQLiteError) { return try answer.get() } catch { throw StoreError(error, path: path) }
    }
}
