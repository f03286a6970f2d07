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
    private let one: Statement
    /// The place of the newest entry that is on disk or collected; 0 when there is none.
    public private(set) var lastSeq: Int64
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
        let insert = try opened.prepare("INSERT INTO log(seq, read_at, source, line, facts) VALUES(?,?,?,?,?)")
        let begin = try opened.prepare("BEGIN IMMEDIATE")
        let end = try opened.prepare("COMMIT")
        let one = try opened.prepare("SELECT seq, read_at, source, line, facts FROM log WHERE seq=?")
        let last = try opened.integer("SELECT max(seq) FROM log") ?? 0
        self.path = path
        self.insert = insert
        self.begin = begin
        self.end = end
        self.one = one
        database = opened
        lastSeq = last
        committedSeq = last
    }

    /// Not one of SQLite's codes: told apart from them inside `init` only.
    private static let newer: Int32 = -1

    private static let schema = """
        BEGIN;
        CREATE TABLE log(seq INTEGER PRIMARY KEY, read_at INTEGER NOT NULL, source TEXT NOT NULL, line BLOB NOT NULL, facts BLOB) STRICT;
        CREATE TABLE policy(place INTEGER PRIMARY KEY, after INTEGER NOT NULL, policy BLOB NOT NULL) STRICT;
        PRAGMA user_version=1;
        COMMIT;
        """

    // MARK: Writing

    /// Collects an entry at the next place.
    public mutating func append(readAt: Int64, source: String, line: UnsafeRawBufferPointer, facts: [UInt8]) throws(LogError) {
        do throws(SQLiteError) {
            if !database.inTransaction { try begin.run() }
            try insert.bind(lastSeq + 1, 1)
            try insert.bind(readAt, 2)
            try insert.bind(source, 3)
            try insert.bind(line, 4)
            try insert.bind(facts.isEmpty ? nil : facts, 5)
            try insert.run()
        } catch { throw LogError(error, path: path) }
        lastSeq += 1
    }

    /// Puts what was collected on disk. On an error nothing of it is.
    public mutating func commit() throws(LogError) {
        guard database.inTransaction else { return }
        do throws(SQLiteError) { try end.run() } catch {
            rollback()
            throw LogError(error, path: path)
        }
        committedSeq = lastSeq
    }

    /// Lets go of what was collected.
    public mutating func rollback() {
        if database.inTransaction { try? database.run("ROLLBACK") }
        lastSeq = committedSeq
    }

    /// Deletes some entries up to `seq` that were read before `time`, but never the newest one, which says where the log is.
    ///
    /// - Parameter time: milliseconds since 1970.
    /// - Returns: whether there may be more.
    public borrowing func cut(through seq: Int64, before time: Int64) throws(LogError) -> Bool {
        do throws(SQLiteError) {
            let take = try database.prepare(
                "DELETE FROM log WHERE seq IN (SELECT seq FROM log WHERE seq<=? AND seq<? AND read_at<? ORDER BY seq LIMIT 2000) RETURNING 1")
            try take.bind(seq, 1)
            try take.bind(lastSeq, 2)
            try take.bind(time, 3)
            var count = 0
            while try take.step() { count += 1 }
            return count == 2_000
        } catch { throw LogError(error, path: path) }
    }

    // MARK: Reading

    /// The entry at a place; nil when it is not there any more.
    public borrowing func entry(_ seq: Int64) throws(LogError) -> Entry? {
        do throws(SQLiteError) {
            defer { one.reset() }
            try one.bind(seq, 1)
            return try one.step() ? EventLog.read(one) : nil
        } catch { throw LogError(error, path: path) }
    }

    /// Tells every entry behind `seq`, in order.
    public borrowing func replay(after seq: Int64, _ tell: (Entry) -> Void) throws(LogError) {
        do throws(SQLiteError) {
            let all = try database.prepare("SELECT seq, read_at, source, line, facts FROM log WHERE seq>? ORDER BY seq")
            try all.bind(seq, 1)
            while try all.step() { tell(EventLog.read(all)) }
        } catch { throw LogError(error, path: path) }
    }

    private static func read(_ row: borrowing Statement) -> Entry {
        Entry(
            seq: row.int(0), readAt: row.int(1), source: row.text(2) ?? "", line: row.withBytes(3) { Array($0) },
            facts: row.withBytes(4) { Array($0) })
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
