import SQLite

/// A log that no daemon has open: the copy in a backup, or one that is being restored. It is checked, cut and given
/// another identity.
///
/// Of the table of bursts only `first`, `last`, `read_at` and `entries` are relied on, so that columns which a later
/// version adds are kept as they are.
public struct LogCopy: ~Copyable {
    private let path: String
    private let database: Connection

    /// What a log says about itself.
    public struct Facts: Equatable, Sendable {
        /// nil for a log of an older version.
        public var identity: LogIdentity?
        /// The position before the log's first one ever; positions up to it belong to another log.
        public var behind: Int64
        /// The oldest position that was not deleted; nil for a log without entries.
        public var first: Int64?
        /// The newest position; `behind` for a log without entries.
        public var last: Int64
        /// When the oldest entry was read, and the newest. Milliseconds since 1970; nil without entries.
        public var firstReadAt: Int64?
        /// When the newest entry was read. Milliseconds since 1970; nil without entries.
        public var lastReadAt: Int64?
        /// Whether changes of records are in it, too, and not only events.
        public var hasRecords: Bool
        /// Whether no entry was deleted.
        public var isWhole: Bool { first.map { $0 == behind + 1 } ?? true }

        /// Copies its arguments.
        init(
            identity: LogIdentity?, behind: Int64, first: Int64?, last: Int64, firstReadAt: Int64?, lastReadAt: Int64?,
            hasRecords: Bool
        ) {
            self.identity = identity
            self.behind = behind
            self.first = first
            self.last = last
            self.firstReadAt = firstReadAt
            self.lastReadAt = lastReadAt
            self.hasRecords = hasRecords
        }
    }

    /// Opens a copy to read it. Nothing is written beside it.
    public static func open(path: String) throws(LogError) -> LogCopy {
        do throws(SQLiteError) { return LogCopy(path: path, database: try Connection.immutable(path: path)) } catch {
            throw LogError(error, path: path)
        }
    }

    /// Opens a copy to change it. A change that is interrupted leaves it unusable: the copy is made again then.
    public static func openForChanges(path: String) throws(LogError) -> LogCopy {
        do throws(SQLiteError) {
            let opened = try Connection(path: path)
            try opened.run("PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF")
            return LogCopy(path: path, database: opened)
        } catch { throw LogError(error, path: path) }
    }

    private init(path: String, database: consuming Connection) {
        self.path = path
        self.database = database
    }

    private borrowing func reading<Made>(_ work: (borrowing Connection) throws -> Made) throws(LogError) -> Made {
        do { return try work(database) } catch let error as LogError { throw error } catch {
            throw LogTables.problem(error, path: path)
        }
    }

    // MARK: Looking

    /// Reads what the log says about itself.
    public borrowing func facts() throws(LogError) -> Facts {
        try reading { database in
            let identity = try LogTables.identity(database)
            let first = try database.integer("SELECT first FROM burst ORDER BY first LIMIT 1")
            let last = try database.integer("SELECT last FROM burst ORDER BY first DESC LIMIT 1")
            let behind = identity?.behind ?? 0
            return Facts(
                identity: identity?.log, behind: behind, first: first, last: last ?? behind,
                firstReadAt: try first.flatMap { try LogCopy.entry($0, database) }?.readAt,
                lastReadAt: try last.flatMap { try LogCopy.entry($0, database) }?.readAt,
                hasRecords: try LogCopy.hasChanges(database)
                    && database.integer("SELECT EXISTS(SELECT 1 FROM burst WHERE changes>0)") == 1)
        }
    }

    /// Whether the log is of a version that writes changes of records into it, too, and counts them.
    private static func hasChanges(_ database: borrowing Connection) throws(SQLiteError) -> Bool {
        try database.integer("SELECT count(*) FROM pragma_table_info('burst') WHERE name='changes'") == 1
    }

    private static func entry(_ seq: Int64, _ database: borrowing Connection) throws -> EventLog.Entry? {
        var found: EventLog.Entry?
        try LogTables.replay(database, after: seq - 1) { entry in
            if entry.seq == seq { found = EventLog.Entry(entry) }
            return false
        }
        return found
    }

    /// When the entry at a position was read. Milliseconds since 1970; nil when it is not there.
    public borrowing func readAt(_ seq: Int64) throws(LogError) -> Int64? {
        try reading { try LogCopy.entry(seq, $0)?.readAt }
    }

    /// What is wrong with the sequence, in plain words: positions that are missing or are there twice, rows that cannot
    /// be read. Empty for a log in which every position from the first to the last is there once. Reads every row.
    ///
    /// - Parameter max: how many problems are listed at most.
    public borrowing func problems(max: Int = 20) throws(LogError) -> [String] {
        try reading { database in
            var found: [String] = []
            var next: Int64?
            let all = try database.prepare("SELECT first, last, entries FROM burst ORDER BY first")
            while found.count < max, try all.step() {
                let first = all.int(0), last = all.int(1)
                if let next, first > next { found.append("positions \(next) to \(first - 1) are missing") }
                if let next, first < next { found.append("positions \(first) to \(next - 1) are there twice") }
                do {
                    let count = try all.withBytes(2) { try Burst.prefix(of: $0, while: { _, _ in true }).count }
                    if count != last - first + 1 {
                        found.append("the row at \(first) has \(count) entries, and ends at position \(last)")
                    }
                } catch is Malformed { found.append("the row at \(first) cannot be read") }
                next = Swift.max(next ?? 0, last + 1)
            }
            return found
        }
    }

    /// The position of the last entry before the first one that was read after a moment: up to there the log is what it
    /// was then. Where a clock was set back this is what `GET /v1/stats?at=` shows, too.
    ///
    /// - Parameter moment: milliseconds since 1970.
    /// - Returns: the position before the log's oldest one when every entry was read later.
    public borrowing func position(at moment: Int64) throws(LogError) -> Int64 {
        let whole = try facts()
        return try reading { database in
            // `read_at` is the newest of its row, so the first row behind the moment has the entry.
            let row = try database.prepare("SELECT first, entries FROM burst WHERE read_at>? ORDER BY first LIMIT 1")
            try row.bind(moment, 1)
            guard try row.step() else { return whole.last }
            let kept = try row.withBytes(1) { try Burst.prefix(of: $0, while: { _, readAt in readAt <= moment }) }
            return row.int(0) + kept.count - 1
        }
    }

    /// Whether changes of records are among the entries up to a position.
    public borrowing func hasRecords(upTo seq: Int64) throws(LogError) -> Bool {
        try reading { database in
            guard try LogCopy.hasChanges(database) else { return false }
            return try database.integer("SELECT EXISTS(SELECT 1 FROM burst WHERE changes>0 AND first<=\(seq))") == 1
        }
    }

    // MARK: Changing

    /// Deletes every entry behind a position, and the rules that apply behind it.
    ///
    /// - Returns: how many entries were deleted.
    @discardableResult
    public borrowing func cut(behind seq: Int64) throws(LogError) -> Int64 {
        let before = try facts().last
        guard before > seq else { return 0 }
        return try reading { database in
            try database.run("BEGIN IMMEDIATE")
            do {
                try LogCopy.cut(database, behind: seq)
                try database.run("COMMIT")
            } catch {
                if database.inTransaction { try? database.run("ROLLBACK") }
                throw error
            }
            return before - seq
        }
    }

    private static func cut(_ database: borrowing Connection, behind seq: Int64) throws {
        let delete = try database.prepare("DELETE FROM burst WHERE first>?")
        try delete.bind(seq, 1)
        try delete.run()
        // The row that the position is inside of is written again, up to the position.
        let row = try database.prepare("SELECT first, entries FROM burst WHERE first<=?1 AND last>?1")
        try row.bind(seq, 1)
        if try row.step() {
            let first = row.int(0)
            let kept = try row.withBytes(1) { bytes in
                let prefix = try Burst.prefix(of: bytes, while: { count, _ in first + count <= seq })
                return (prefix, bytes: Array(bytes[..<prefix.bytes]))
            }
            row.reset()
            let changes = try hasChanges(database) ? ", changes=?5" : ""
            let write = try database.prepare(
                "UPDATE burst SET last=?1, read_at=?2, entries=?3\(changes) WHERE first=?4")
            try write.bind(seq, 1)
            try write.bind(kept.0.newestReadAt, 2)
            try write.bind(kept.bytes, 3)
            try write.bind(first, 4)
            if !changes.isEmpty { try write.bind(kept.0.changes, 5) }
            try write.run()
        }
        let rules = try database.prepare("DELETE FROM policy WHERE after>?")
        try rules.bind(seq, 1)
        try rules.run()
    }
}

extension Burst {
    /// The entries at the beginning of a row for which `goesOn` is true.
    ///
    /// - Parameter goesOn: gets how many entries are before this one, and when it was read.
    static func prefix(of bytes: UnsafeRawBufferPointer, while goesOn: (_ before: Int64, _ readAt: Int64) -> Bool)
        throws(Malformed) -> Prefix
    {
        var from = PackedReader(bytes: bytes), prefix = Prefix()
        while !from.isAtEnd {
            let readAt = try from.signed(), source = from.offset
            for _ in 0..<3 { try from.skip() }
            guard goesOn(prefix.count, readAt) else { break }
            // The source of a change of records begins with U+0000, behind its length in one byte.
            if 1..<128 ~= bytes[source], bytes[source + 1] == 0 { prefix.changes += 1 }
            prefix.count += 1
            prefix.bytes = from.offset
            prefix.newestReadAt = max(prefix.newestReadAt, readAt)
        }
        return prefix
    }

    /// The entries at the beginning of a row.
    struct Prefix: Equatable {
        var count: Int64 = 0
        /// The bytes that they take.
        var bytes = 0
        var newestReadAt = Int64.min
        /// How many are changes of records, and no events.
        var changes: Int64 = 0
    }
}
