import SQLite

/// The log's database: SQLite in WAL mode with `synchronous=FULL`, so that a commit is on disk when it returns.
///
/// `@unchecked Sendable`: used by one thread at a time. Only `EventLog` has it. It passes it on in a `Commit`, and does
/// not use it while that runs.
final class LogDisk: @unchecked Sendable {
    private let path: String
    private let database: Connection
    private let insert: Statement
    private let begin: Statement
    private let end: Statement
    private let holding: Statement
    /// The length of the write-ahead log's file as far as it was lengthened ahead of what is written. Bytes.
    private var lengthened: Int64 = 0
    /// False after the file could not be lengthened.
    private var mayLengthen = true

    /// The write-ahead log is written into the database, and begins again, at this many pages.
    static let pagesInLog: Int64 = 4_000
    /// A page of 4 KiB with the header of its frame, and the log's own header.
    private static let logBytes = pagesInLog * (4_096 + 24) + 32
    /// By how much it is lengthened at a time: 500 commits, some milliseconds.
    private static let stepBytes: Int64 = 2 << 20

    /// - Returns: the database, and the place of its newest entry; 0 for none.
    static func open(path: String, working: @escaping @Sendable () -> Void) throws(LogError) -> (
        disk: LogDisk, last: Int64
    ) {
        do throws(SQLiteError) {
            let disk = try LogDisk(path: path, working: working)
            return (disk, try disk.database.integer("SELECT last FROM burst ORDER BY first DESC LIMIT 1") ?? 0)
        } catch {
            if error.code == LogDisk.newer { throw .newer(path: path, version: Int64(error.message) ?? 0) }
            throw LogError(error, path: path)
        }
    }

    private init(path: String, working: @escaping @Sendable () -> Void) throws(SQLiteError) {
        let opened = try Connection(path: path)
        try opened.run(
            """
            PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=\(LogDisk.pagesInLog);
            PRAGMA cache_size=-4096
            """)
        if case .newer(let found) = try LogDisk.migrations.run(on: opened, working: working) {
            throw SQLiteError(code: LogDisk.newer, message: String(found))
        }
        insert = try opened.prepare(
            "INSERT INTO burst(first, last, read_at, entries, changes, epoch) VALUES(?,?,?,?,?,?)")
        begin = try opened.prepare("BEGIN IMMEDIATE")
        end = try opened.prepare("COMMIT")
        holding = try opened.prepare(
            "SELECT first, entries FROM burst WHERE first<=?1 AND last>=?1 ORDER BY first DESC LIMIT 1")
        self.path = path
        database = opened
    }

    /// Not one of SQLite's codes: told apart from them inside `open` only.
    private static let newer: Int32 = -1

    static let migrations = Migrations(steps: [
        """
        CREATE TABLE burst(
          first INTEGER PRIMARY KEY, last INTEGER NOT NULL, read_at INTEGER NOT NULL, entries BLOB NOT NULL) STRICT;
        CREATE TABLE policy(place INTEGER PRIMARY KEY, after INTEGER NOT NULL, policy BLOB NOT NULL) STRICT
        """,
        // The log's identity. `behind`: its first position is the next one, as an earlier log had those up to there.
        """
        CREATE TABLE identity(
          one INTEGER PRIMARY KEY CHECK(one=1), log TEXT NOT NULL, behind INTEGER NOT NULL) STRICT
        """,
        // How many entries of a row are changes of records: a start finds them without reading the events.
        """
        ALTER TABLE burst ADD COLUMN changes INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX burst_changes ON burst(first) WHERE changes>0
        """,
        // Which leadership appended a row to a log that several machines share (docs/decisions/0040).
        "ALTER TABLE burst ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0",
        // What was deleted from its beginning, so that a start knows what it cannot rebuild.
        LogCut.schema,
    ])

    /// The log's identity, and the position before its first one; nil for a log of an older version.
    func identity() throws(LogError) -> (log: LogIdentity, behind: Int64)? {
        do throws(SQLiteError) { return try LogTables.identity(database) } catch { throw LogError(error, path: path) }
    }

    func claim(_ identity: LogIdentity, behind: Int64) throws(LogError) {
        do throws(SQLiteError) {
            let write = try database.prepare("INSERT OR REPLACE INTO identity VALUES(1,?,?)")
            try write.bind(identity.text, 1)
            try write.bind(behind, 2)
            try write.run()
        } catch { throw LogError(error, path: path) }
    }

    /// A commit returns before it is on the disk's own medium: for a log whose entries are safe on other machines.
    ///
    /// A crash of the machine may undo the newest commits and leaves the file whole; a crash of the program undoes
    /// none.
    func relax() throws(LogError) {
        do throws(SQLiteError) { try database.run("PRAGMA synchronous=NORMAL") } catch {
            throw LogError(error, path: path)
        }
    }

    func newestRow() throws(LogError) -> LogRow? {
        do throws(SQLiteError) {
            let row = try database.prepare(
                "SELECT first, last, epoch, read_at, changes FROM burst ORDER BY first DESC LIMIT 1")
            guard try row.step() else { return nil }
            return LogRow(
                first: row.int(0), last: row.int(1), epoch: row.int(2), readAt: row.int(3), changes: row.int(4),
                entries: [])
        } catch { throw LogError(error, path: path) }
    }

    /// Writes rows in one transaction. On an error no entry of it is on disk. Rules among the entries are stored as
    /// policies, too, as are `policies`, each from behind its position on.
    func write(_ bursts: [LogRow], policies: [(after: Int64, policy: [UInt8])] = []) throws(LogError) {
        do throws(SQLiteError) {
            try begin.run()
            lengthenLog()
            for burst in bursts {
                try insert.bind(burst.first, 1)
                try insert.bind(burst.last, 2)
                try insert.bind(burst.readAt, 3)
                try insert.bind(burst.entries, 4)
                try insert.bind(burst.changes, 5)
                try insert.bind(burst.epoch, 6)
                try insert.run()
                if burst.changes > 0, burst.epoch > 0 { try writePolicies(of: burst) }
            }
            for one in policies { try insertPolicy(one.policy, after: one.after) }
            try end.run()
        } catch {
            if database.inTransaction { try? database.run("ROLLBACK") }
            throw LogError(error, path: path)
        }
    }

    private func writePolicies(of row: LogRow) throws(SQLiteError) {
        var found: [(seq: Int64, policy: [UInt8])] = []
        do throws(LogRowError) {
            try row.forEach { entry in
                if EntryKind(source: entry.source) == .policy { found.append((entry.seq, [UInt8](entry.line))) }
            }
        } catch { throw SQLiteError(code: LogTables.damaged, message: "\(error)") }
        for one in found { try insertPolicy(one.policy, after: one.seq) }
    }

    private func insertPolicy(_ policy: [UInt8], after seq: Int64) throws(SQLiteError) {
        let write = try database.prepare("INSERT INTO policy(after, policy) VALUES(?,?)")
        try write.bind(seq, 1)
        try write.bind(policy, 2)
        try write.run()
    }

    /// Keeps the write-ahead log's file ahead of what is written, until it has its whole length.
    private func lengthenLog() {
        guard mayLengthen else { return }
        let length = database.logLength
        // An erase empties the file.
        if length < lengthened { lengthened = length }
        guard lengthened < LogDisk.logBytes, length > lengthened else { return }
        lengthened = min(length + LogDisk.stepBytes, LogDisk.logBytes)
        // A disk without room for it may have room for the events. Commits are slower then, and nothing else.
        do { try database.lengthenLog(to: lengthened) } catch { mayLengthen = false }
    }

    func entry(_ seq: Int64) throws(LogError) -> EventLog.Entry? {
        do {
            var found: EventLog.Entry?
            defer { holding.reset() }
            try holding.bind(seq, 1)
            if try holding.step() {
                try holding.withBytes(1) { bytes in
                    try Burst.read(bytes, first: holding.int(0), from: seq) { entry in
                        found = entry
                        return false
                    }
                }
            }
            return found
        } catch { throw problem(error) }
    }

    func entry(_ seq: Int64, in row: [UInt8], first: Int64) throws(LogError) -> EventLog.Entry? {
        do {
            var found: EventLog.Entry?
            try row.withUnsafeBytes { bytes in
                try Burst.read(bytes, first: first, from: seq) { entry in
                    found = entry
                    return false
                }
            }
            return found
        } catch { throw problem(error) }
    }

    func replay(after seq: Int64, _ handle: (EventLog.Entry) -> Void) throws(LogError) {
        do {
            try LogTables.replay(database, after: seq) { entry in
                handle(EventLog.Entry(entry))
                return true
            }
        } catch { throw problem(error) }
    }

    private func problem(_ error: any Error) -> LogError { LogTables.problem(error, path: path) }

    func adopt(policy: [UInt8], after seq: Int64) throws(LogError) {
        do throws(SQLiteError) { try insertPolicy(policy, after: seq) } catch { throw LogError(error, path: path) }
    }

    func policies() throws(LogError) -> [(after: Int64, policy: [UInt8])] {
        do throws(SQLiteError) { return try LogTables.policies(database) } catch { throw LogError(error, path: path) }
    }
}
