import SQLite

/// The log: every event that was acknowledged, in one sequence without gaps. Everything else is computed from it.
///
/// SQLite in WAL mode with `synchronous=FULL`: a commit is on disk when it returns. `append` collects, `commit` makes it so; between the two
/// nothing may be acknowledged. Used by the engine's thread alone.
public struct EventLog: ~Copyable {
    /// Raised with each change of the schema.
    public static let version: Int64 = 1

    /// One entry, as it is read back.
    public struct Entry: Equatable, Sendable {
        public var seq: Int64
        /// When the daemon read it, in milliseconds since 1970.
        public var readAt: Int64
        /// The source an event has that names none.
        public var source: String
        /// The line as it came.
        public var line: [UInt8]
        /// What the outside knew when it was applied; empty when nobody was asked.
        public var facts: [UInt8]

        public init(seq: Int64, readAt: Int64, source: String, line: [UInt8], facts: [UInt8]) {
            self.seq = seq
            self.readAt = readAt
            self.source = source
            self.line = line
            self.facts = facts
        }
    }

    private let path: String
    private let database: Connection
    private let insert: Statement
    private let begin: Statement
    private let end: Statement
    private let holding: Statement
    /// Collected, and not in the database yet.
    private var burst: Burst
    /// The place of the newest entry that is on disk or collected; 0 when there is none.
    public var lastSeq: Int64 { burst.last }
    /// The place of the newest entry that is on disk.
    public private(set) var committedSeq: Int64

    /// Opens the log in a state directory, and makes it when it is not there.
    public static func open(directory: String) throws(LogError) -> EventLog {
        let path = directory + "/events.db"
        do throws(SQLiteError) { return try EventLog(path: path) } catch {
            if error.code == EventLog.newer { throw .newer(path: path, version: Int64(error.message) ?? 0) }
            throw LogError(error, path: path)
        }
    }

    private init(path: String) throws(SQLiteError) {
        let opened = try Connection(path: path)
        try opened.run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000; PRAGMA cache_size=-65536")
        let found = try opened.integer("PRAGMA user_version") ?? 0
        guard found <= EventLog.version else { throw SQLiteError(code: EventLog.newer, message: String(found)) }
        if found == 0 { try opened.run(EventLog.schema) }
        let insert = try opened.prepare("INSERT INTO burst(first, last, read_at, entries) VALUES(?,?,?,?)")
        let begin = try opened.prepare("BEGIN IMMEDIATE")
        let end = try opened.prepare("COMMIT")
        let holding = try opened.prepare("SELECT first, entries FROM burst WHERE first<=?1 AND last>=?1 ORDER BY first DESC LIMIT 1")
        let last = try opened.integer("SELECT last FROM burst ORDER BY first DESC LIMIT 1") ?? 0
        self.path = path
        self.insert = insert
        self.begin = begin
        self.end = end
        self.holding = holding
        database = opened
        burst = Burst(first: last + 1)
        committedSeq = last
    }

    /// Not one of SQLite's codes: told apart from them inside `init` only.
    private static let newer: Int32 = -1
    /// SQLITE_CORRUPT.
    private static let damaged: Int32 = 11

    private static let schema = """
        BEGIN;
        CREATE TABLE burst(first INTEGER PRIMARY KEY, last INTEGER NOT NULL, read_at INTEGER NOT NULL, entries BLOB NOT NULL) STRICT;
        CREATE TABLE policy(place INTEGER PRIMARY KEY, after INTEGER NOT NULL, policy BLOB NOT NULL) STRICT;
        PRAGMA user_version=1;
        COMMIT;
        """

    // MARK: Writing

    /// Collects an entry at the next place.
    public mutating func append(readAt: Int64, source: String, line: UnsafeRawBufferPointer, facts: [UInt8]) throws(LogError) {
        if burst.isFull { do throws(SQLiteError) { try putBurst() } catch { throw LogError(error, path: path) } }
        burst.append(readAt: readAt, source: source, line: line, facts: facts)
    }

    /// Puts what was collected into the database's transaction.
    private mutating func putBurst() throws(SQLiteError) {
        guard burst.count > 0 else { return }
        if !database.inTransaction { try begin.run() }
        try insert.bind(burst.first, 1)
        try insert.bind(burst.last, 2)
        try insert.bind(burst.newestReadAt, 3)
        try insert.bind(burst.bytes, 4)
        try insert.run()
        burst.restart(first: burst.last + 1)
    }

    /// Puts what was collected on disk. On an error nothing of it is.
    public mutating func commit() throws(LogError) {
        guard lastSeq > committedSeq else { return }
        do throws(SQLiteError) {
            try putBurst()
            try end.run()
        } catch {
            rollback()
            throw LogError(error, path: path)
        }
        committedSeq = lastSeq
    }

    /// Lets go of what was collected.
    public mutating func rollback() {
        if database.inTransaction { try? database.run("ROLLBACK") }
        burst.restart(first: committedSeq + 1)
    }

    /// Deletes some entries up to `seq` that were read before `time`, as far as all of their row were, but never the newest ones, which say
    /// where the log is.
    ///
    /// - Parameter time: milliseconds since 1970.
    /// - Returns: whether there may be more.
    public borrowing func cut(through seq: Int64, before time: Int64) throws(LogError) -> Bool {
        do throws(SQLiteError) {
            let take = try database.prepare(
                "DELETE FROM burst WHERE first IN (SELECT first FROM burst WHERE last<=? AND last<? AND read_at<? ORDER BY first LIMIT ?) RETURNING 1")
            try take.bind(seq, 1)
            try take.bind(committedSeq, 2)
            try take.bind(time, 3)
            try take.bind(EventLog.cutMax, 4)
            var count = 0
            while try take.step() { count += 1 }
            return count == EventLog.cutMax
        } catch { throw LogError(error, path: path) }
    }
    /// Rows that are deleted at once: a row of one event and a row of hundreds take about as long.
    static let cutMax: Int64 = 500

    // MARK: Reading

    /// The entry at a place; nil when it is not there any more.
    public borrowing func entry(_ seq: Int64) throws(LogError) -> Entry? {
        var found: Entry?
        func tell(_ entry: Entry) -> Bool {
            found = entry
            return false
        }
        do {
            if seq >= burst.first {
                try burst.bytes.withUnsafeBytes { try Burst.read($0, first: burst.first, from: seq, tell) }
                return found
            }
            defer { holding.reset() }
            try holding.bind(seq, 1)
            if try holding.step() { try holding.withBytes(1) { try Burst.read($0, first: holding.int(0), from: seq, tell) } }
            return found
        } catch { throw EventLog.error(error, path: path) }
    }

    /// Tells every entry behind `seq` that is on disk, in order.
    public borrowing func replay(after seq: Int64, _ tell: (Entry) -> Void) throws(LogError) {
        do {
            let all = try database.prepare("SELECT first, entries FROM burst WHERE last>? ORDER BY first")
            try all.bind(seq, 1)
            while try all.step() {
                try all.withBytes(1) { bytes in
                    try Burst.read(bytes, first: all.int(0), from: seq + 1) { entry in
                        tell(entry)
                        return true
                    }
                }
            }
        } catch { throw EventLog.error(error, path: path) }
    }

    private static func error(_ error: any Error, path: String) -> LogError {
        if let error = error as? SQLiteError { return LogError(error, path: path) }
        return .damaged(path: path, SQLiteError(code: EventLog.damaged, message: "a row of it is not one that we wrote"))
    }

    // MARK: Policies

    /// Notes the rules that hold for the entries behind `seq`.
    public borrowing func adopt(policy: [UInt8], after seq: Int64) throws(LogError) {
        do throws(SQLiteError) {
            let put = try database.prepare("INSERT INTO policy(after, policy) VALUES(?,?)")
            try put.bind(seq, 1)
            try put.bind(policy, 2)
            try put.run()
        } catch { throw LogError(error, path: path) }
    }

    /// The rules that ever held, oldest first.
    public borrowing func policies() throws(LogError) -> [(after: Int64, policy: [UInt8])] {
        do throws(SQLiteError) {
            let all = try database.prepare("SELECT after, policy FROM policy ORDER BY place")
            var found: [(after: Int64, policy: [UInt8])] = []
            while try all.step() { found.append((all.int(0), all.withBytes(1) { Array($0) })) }
            return found
        } catch { throw LogError(error, path: path) }
    }
}
