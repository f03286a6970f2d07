import CallCenter
import Glibc
import SQLite

/// A database of secrets as a projection of the log: tokens, or accounts and their sessions.
struct SecretProjection: ~Copyable {
    let path: String
    let database: Connection
    /// Entries that are in the log, and could not be committed here: applied before the next change.
    private var unapplied: [(seq: Int64, entry: SecretEntry)] = []
    /// The change on its way into the log. There is one at most: the next one is validated against what it did.
    private(set) var onTheWay: OnTheWay?

    /// A change on its way into the log.
    struct OnTheWay {
        let change: PendingChange
        let entry: SecretEntry
        /// It is in force in memory already, as nobody can wait for the log to sign in.
        var isInForce: Bool
    }

    /// Entries of the log that a start applies in one transaction: each one alone would wait for the disk.
    private static let appliedAtOnce = 1_000

    typealias Apply = (borrowing Connection, SecretEntry) throws(SQLiteError) -> Void

    /// The table of the mark. `through`: the log position up to which changes are here; nil when they were never in
    /// the log.
    static let schema = """
        CREATE TABLE log_mark(one INTEGER PRIMARY KEY CHECK(one=1), through INTEGER) STRICT;
        INSERT INTO log_mark VALUES(1, NULL)
        """

    init(path: String, _ database: consuming Connection) {
        self.path = path
        self.database = database
    }

    /// The newest log position that tokens or accounts of a state directory are made of; 0 for none.
    static func newestMark(in directory: String) throws(StoreError) -> Int64 {
        var newest: Int64 = 0
        for name in [tokens, accounts] { newest = max(newest, try mark(of: name, in: directory) ?? 0) }
        return newest
    }

    /// The names of the files.
    static let tokens = "access.db", accounts = "accounts.db"

    /// The log position up to which the changes of a file are there; nil for a file that is missing, and for one of a
    /// version whose log had no such changes.
    static func mark(of name: String, in directory: String) throws(StoreError) -> Int64? {
        let path = directory + "/" + name
        guard access(path, F_OK) == 0 else { return nil }
        do throws(SQLiteError) {
            let database = try Connection(path: path)
            let isThere = "SELECT count(*) FROM sqlite_schema WHERE type='table' AND name='log_mark'"
            guard try database.integer(isThere) == 1 else { return nil }
            return try database.integer("SELECT through FROM log_mark WHERE through IS NOT NULL")
        } catch { throw StoreError(error, path: path) }
    }

    /// Hands a change to the log, while no other is on its way.
    ///
    /// - Parameter isInForce: whether it is in force in memory already.
    mutating func begin(_ entry: SecretEntry, _ log: any ChangeLog, isInForce: Bool = false) -> PendingChange {
        let change = log.begin(entry.bytes, .secrets)
        onTheWay = OnTheWay(change: change, entry: entry, isInForce: isInForce)
        return change
    }

    /// The change on its way is in force in memory from now on.
    mutating func noteInForce() { onTheWay?.isInForce = true }

    /// The change on its way whose fate is known by now, which is not on its way any more; nil for none. One that is in
    /// the log waits for `applyWaiting`.
    mutating func decided() -> (change: OnTheWay, fate: PendingChange.Fate)? {
        guard let one = onTheWay, let fate = one.change.fate else { return nil }
        if case .kept(let seq, _) = fate { unapplied.append((seq, one.entry)) }
        onTheWay = nil
        return (one, fate)
    }

    /// Adds entries of a log that machines share, which another machine has appended; `applyWaiting` has to follow.
    mutating func follow(_ entries: [(seq: Int64, entry: SecretEntry)]) { unapplied += entries }

    /// Applies here what was appended. What the disk refuses is applied at the next change, or at the next start.
    mutating func applyWaiting(_ apply: Apply) throws(StoreError) {
        do throws(SQLiteError) {
            try commit(unapplied, apply)
            unapplied = []
        } catch { throw StoreError(error, path: path) }
    }

    /// Applies entries in one transaction; the mark is the position of the last one.
    private borrowing func commit(
        _ entries: [(seq: Int64, entry: SecretEntry)], _ apply: Apply
    ) throws(SQLiteError) {
        guard let last = entries.last?.seq else { return }
        do throws(SQLiteError) {
            try database.run("BEGIN IMMEDIATE")
            for (_, entry) in entries { try apply(database, entry) }
            try database.run("UPDATE log_mark SET through=max(coalesce(through, 0), \(last))")
            try database.run("COMMIT")
        } catch {
            if database.inTransaction { try? database.run("ROLLBACK") }
            throw error
        }
    }

    /// Applies what the log has behind the mark. Without a mark, the secrets of an earlier version are written to the
    /// log first, unless the log has secrets already and this file has none: then it is rebuilt.
    ///
    /// - Parameter existing: the entries that make what is here.
    borrowing func bringUp(
        from directory: String, _ log: any ChangeLog, existing: () throws(SQLiteError) -> [SecretEntry], _ apply: Apply
    ) throws(StoreError) {
        do throws(SQLiteError) {
            if let through = try database.integer("SELECT through FROM log_mark WHERE through IS NOT NULL") {
                return try applyLog(directory, after: through, apply)
            }
            let here = try existing()
            if here.isEmpty { return try applyLog(directory, after: 0, apply) }
            var last: Int64 = 0
            for entry in here {
                do throws(ChangeLogError) { last = try log.append(entry.bytes, .secrets) } catch {
                    throw SQLiteError(code: 0, message: "\(error)")
                }
            }
            try database.run("UPDATE log_mark SET through=\(last)")
        } catch { throw StoreError(error, path: path) }
    }

    private borrowing func applyLog(
        _ directory: String, after seq: Int64, _ apply: Apply
    ) throws(SQLiteError) {
        let path = EventLog.path(directory)
        guard access(path, F_OK) == 0 else { return }
        var failure: SQLiteError?, waiting: [(seq: Int64, entry: SecretEntry)] = []
        do throws(LogError) {
            try LogFile.open(path: path).changes(after: seq) { logged in
                guard logged.kind == .secrets else { return true }
                do throws(Malformed) {
                    waiting.append((logged.seq, try SecretEntry(logged.line)))
                    guard waiting.count >= SecretProjection.appliedAtOnce else { return true }
                    do throws(SQLiteError) { try commit(waiting, apply) } catch { failure = error }
                    waiting = []
                } catch {
                    failure = SQLiteError(
                        code: LogTables.damaged, message: "entry \(logged.seq) of the log cannot be read")
                }
                return failure == nil
            }
        } catch { throw SQLiteError(code: LogTables.damaged, message: "\(error)") }
        if let failure { throw failure }
        try commit(waiting, apply)
    }
}
