import CallCenter
import Crypto
import Dispatch
import Foundation
import SQLite
import Synchronization

/// Somebody who may sign in at the desk.
public struct Account: Equatable, Sendable {
    /// The operator's number.
    public var `operator`: String
    /// What may be done in its sessions.
    public var role: Role
    /// The operator's name; nil when none was given.
    public var name: String?
    /// When it was made.
    public var createdAt: Timestamp
    /// When the password was set.
    public var changedAt: Timestamp
    /// When a session was last opened with it; nil for never.
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
        SecretProjection.schema,
        secondFactorSchema,
        SecretHistory.schema,
    ])
    /// How long somebody stays signed in: a working day and the way home. Milliseconds.
    public static let sessionMs: Int64 = 14 * 3_600_000
    /// Maximum of bytes in a password: hashing longer ones costs time.
    public static let passwordMax = 256

    struct State: ~Copyable {
        var projection: SecretProjection
        var memory: Memory
        /// Changes that are in force in memory, and not handed to the log yet: its database is away.
        var late: [SecretEntry] = []
        /// Somebody hands them to the log, one after the other.
        var isCatchingUp = false
    }
    let state: Mutex<State>
    let log: any ChangeLog
    private let path: String
    /// Applies changes that nobody waits for any more, and hands late ones to the log.
    let settling = DispatchQueue(label: "accounts behind the log")
    let answering: Duration
    /// The password that an attempt for an unknown account is compared with, so that it takes as long.
    private let nobody: Password
    /// What new passwords cost to guess.
    private let cost: Password.Cost

    /// Opens the accounts and sessions, and brings them up to the log.
    public static func open(directory: String, log: any ChangeLog) throws(StoreError) -> AccountStore {
        try open(directory: directory, log: log, cost: Password.cost)
    }

    /// - Parameters:
    ///   - cost: a low one for tests that sign in often.
    ///   - answering: whoever makes a change has an answer within this time.
    static func open(
        directory: String, log: any ChangeLog, cost: Password.Cost, answering: Duration = LogWait.answering
    ) throws(StoreError) -> AccountStore {
        let path = directory + "/accounts.db"
        let projection = SecretProjection(path: path, try SecretDatabase.open(path, migrations))
        try projection.bringUp(
            from: directory, log, existing: { () throws(SQLiteError) in try entries(projection.database) }, apply)
        do throws(SQLiteError) {
            let memory = Memory(
                accounts: try readAccounts(projection.database), sessions: try readSessions(projection.database),
                tokenSessions: try readTokenSessions(projection.database),
                factors: try readSecondFactors(projection.database))
            return AccountStore(
                path: path, state: State(projection: projection, memory: memory), log, cost, answering)
        } catch { throw StoreError(error, path: path) }
    }

    private init(
        path: String, state: consuming sending State, _ log: any ChangeLog, _ cost: Password.Cost,
        _ answering: Duration
    ) {
        self.path = path
        self.answering = answering
        self.state = Mutex(state)
        self.log = log
        self.cost = cost
        nobody = Password(salt: Array(repeating: 7, count: 16), hash: Array(repeating: 0, count: 32), cost: cost)
    }

    /// The entries that make what a database of an earlier version has.
    private static func entries(_ database: borrowing Connection) throws(SQLiteError) -> [SecretEntry] {
        var all: [SecretEntry] = []
        for (account, password) in try readAccounts(database).values {
            all.append(SecretEntry(at: account.changedAt, .account(account, password)))
        }
        for (hash, session) in try readSessions(database) {
            // The entry's time ends sessions that have expired by then: none.
            all.append(
                SecretEntry(
                    at: session.expiresAt - sessionMs,
                    .session(hash: hash, operator: session.operator, expiresAt: session.expiresAt)))
        }
        for (hash, session) in try readTokenSessions(database) {
            all.append(SecretEntry(at: session.expiresAt - sessionMs, .tokenSession(hash: hash, session)))
        }
        return all.sorted { $0.at < $1.at }
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
        let all = try database.prepare("SELECT hash, operator, expires_at, address, agent FROM session")
        var found: [[UInt8]: Session] = [:]
        while try all.step() {
            found[all.withBytes(0) { Array($0) }] = Session(
                operator: all.text(1) ?? "", expiresAt: Timestamp(ms: all.int(2)),
                origin: SessionOrigin(address: all.text(3), agent: all.text(4)))
        }
        return found
    }

    // MARK: Accounts

    /// By operator.
    public func list() -> [Account] {
        state.withLock { $0.memory.accounts.values.map(\.account).sorted { $0.operator < $1.operator } }
    }

    /// The account of an operator; nil when there is none. From memory: reads no file.
    public func account(_ who: String) -> Account? { state.withLock { $0.memory.accounts[who]?.account } }

    /// Creates an account, or changes its password, role and name; its sessions end.
    ///
    /// - Parameter author: who does it, for the history; nil: no line.
    public func set(
        _ who: String, role: Role, name: String?, password text: String, by author: Author? = nil, now: Timestamp
    ) throws(StoreError) -> Account {
        let password: Password
        do { password = try Password(of: text, cost: cost) } catch { throw .cannotHash(path: path, reason: "\(error)") }
        return try write { memory in
            let account = Account(
                operator: who, role: role, name: name, createdAt: memory.accounts[who]?.account.createdAt ?? now,
                changedAt: now, lastSignInAt: memory.accounts[who]?.account.lastSignInAt)
            return (SecretEntry(at: now, .account(account, password), by: author), account)
        }
    }

    /// Another password for an account, whose role and name stay; its sessions end. nil when there is no such account.
    public func setPassword(
        _ text: String, of who: String, by author: Author? = nil, now: Timestamp
    ) throws(StoreError) -> Account? {
        guard let account = self.account(who) else { return nil }
        return try set(who, role: account.role, name: account.name, password: text, by: author, now: now)
    }

    /// False when there is no such account.
    public func remove(_ who: String, by author: Author? = nil, now: Timestamp) throws(StoreError) -> Bool {
        try write { memory in
            guard memory.accounts[who] != nil else { return (nil, false) }
            return (SecretEntry(at: now, .accountRemoved(operator: who), by: author), true)
        }
    }

    /// Checks a password; nil when account or password is wrong. Takes about a tenth of a second in either case.
    public func check(_ who: String, password: String) -> Account? {
        let found = state.withLock { $0.memory.accounts[who] }
        let matches = (found?.password ?? nobody).matches(password)
        return matches ? found?.account : nil
    }

    // MARK: Sessions

    /// Opens a session.
    ///
    /// - Returns: the secret for the browser; only its hash is stored.
    public func signIn(
        _ who: String, from origin: SessionOrigin = SessionOrigin(), now: Timestamp
    ) throws(StoreError) -> (secret: String, expiresAt: Timestamp) {
        let secret = TokenStore.random(32), hash = TokenStore.hash(secret), expires = now + AccountStore.sessionMs
        try write(mayBeLate: true) { _ in
            (SecretEntry(at: now, .sessionOpened(hash: hash, operator: who, expiresAt: expires, origin)), ())
        }
        return (secret, expires)
    }

    /// The account of a session; nil when it has ended.
    public func session(_ secret: String, now: Timestamp) -> (account: Account, expiresAt: Timestamp)? {
        let hash = TokenStore.hash(secret)
        return state.withLock { state in
            guard let session = state.memory.sessions[hash], session.expiresAt > now,
                let account = state.memory.accounts[session.operator]?.account
            else { return nil }
            return (account, session.expiresAt)
        }
    }

    /// Ends a session, whether it was given for a password or for a token.
    public func signOut(_ secret: String, now: Timestamp) throws(StoreError) {
        let hash = TokenStore.hash(secret)
        if endLate(hash) { return }
        try write { memory in
            let isOpen = memory.sessions[hash] != nil || memory.tokenSessions[hash] != nil
            return (isOpen ? SecretEntry(at: now, .sessionEnded(hash: hash)) : nil, ())
        }
    }

    /// Applies a change to the database; those of tokens are left out.
    static func apply(_ database: borrowing Connection, _ entry: SecretEntry) throws(SQLiteError) {
        try SecretHistory.noteAccount(entry, database)
        switch entry.change {
        case .account(let account, let password):
            let write = try database.prepare(
                """
                INSERT OR REPLACE INTO account(operator, role, name, salt, hash, cost, created_at, changed_at, \
                last_sign_in_at) VALUES(?,?,?,?,?,?,?,?,?)
                """)
            try write.bind(account.operator, 1)
            try write.bind(account.role.rawValue, 2)
            try write.bind(account.name, 3)
            try write.bind(password.salt, 4)
            try write.bind(password.hash, 5)
            try write.bind(password.cost.text, 6)
            try write.bind(account.createdAt.ms, 7)
            try write.bind(account.changedAt.ms, 8)
            try write.bind(account.lastSignInAt?.ms, 9)
            try write.run()
            try run("DELETE FROM session WHERE operator=?", account.operator, database)
        case .accountRemoved(let who):
            try run("DELETE FROM account WHERE operator=?", who, database)
            try run("DELETE FROM session WHERE operator=?", who, database)
            try run("DELETE FROM second_factor WHERE operator=?", who, database)
        case .session(let hash, let who, let expiresAt):
            try open(hash, who, expiresAt, SessionOrigin(), at: entry.at, database)
        case .sessionOpened(let hash, let who, let expiresAt, let origin):
            try open(hash, who, expiresAt, origin, at: entry.at, database)
        case .sessionsEnded(let who, let kept):
            let delete = try database.prepare("DELETE FROM session WHERE operator=? AND hash IS NOT ?")
            try delete.bind(who, 1)
            if let kept { try delete.bind(kept, 2) }
            try delete.run()
        case .secondFactor(let who, let factor): try write(factor, of: who, database)
        case .secondFactorRemoved(let who): try run("DELETE FROM second_factor WHERE operator=?", who, database)
        case .codeUsed(let who, let step):
            let note = try database.prepare("UPDATE second_factor SET last_step=max(last_step, ?) WHERE operator=?")
            try note.bind(step, 1)
            try note.bind(who, 2)
            try note.run()
        case .recoveryCodeUsed(let who, let hash):
            guard var factor = try readSecondFactors(database)[who] else { return }
            factor.recovery.removeAll { $0 == hash }
            try write(factor, of: who, database)
        case .tokenSession(let hash, let session):
            try database.run("DELETE FROM token_session WHERE expires_at<=\(entry.at.ms)")
            try write(
                hash, session.token, session.expiresAt, "INSERT OR REPLACE INTO token_session VALUES(?,?,?)", database)
        case .sessionEnded(let hash):
            for table in ["session", "token_session"] {
                let delete = try database.prepare("DELETE FROM \(table) WHERE hash=?")
                try delete.bind(hash, 1)
                try delete.run()
            }
        case .tokenSessionsEnded(let token): try run("DELETE FROM token_session WHERE token=?", token, database)
        case .token, .tokenRevoked: break
        }
    }

    private static func open(
        _ hash: [UInt8], _ who: String, _ expiresAt: Timestamp, _ origin: SessionOrigin, at time: Timestamp,
        _ database: borrowing Connection
    ) throws(SQLiteError) {
        try database.run("DELETE FROM session WHERE expires_at<=\(time.ms)")
        let write = try database.prepare(
            "INSERT OR REPLACE INTO session(hash, operator, expires_at, address, agent) VALUES(?,?,?,?,?)")
        try write.bind(hash, 1)
        try write.bind(who, 2)
        try write.bind(expiresAt.ms, 3)
        try write.bind(origin.address, 4)
        try write.bind(origin.agent, 5)
        try write.run()
        let note = try database.prepare("UPDATE account SET last_sign_in_at=? WHERE operator=?")
        try note.bind(time.ms, 1)
        try note.bind(who, 2)
        try note.run()
    }

    private static func run(_ sql: String, _ text: String, _ database: borrowing Connection) throws(SQLiteError) {
        let statement = try database.prepare(sql)
        try statement.bind(text, 1)
        try statement.run()
    }

    private static func write(
        _ hash: [UInt8], _ text: String, _ expiresAt: Timestamp, _ sql: String, _ database: borrowing Connection
    ) throws(SQLiteError) {
        let statement = try database.prepare(sql)
        try statement.bind(hash, 1)
        try statement.bind(text, 2)
        try statement.bind(expiresAt.ms, 3)
        try statement.run()
    }
}
