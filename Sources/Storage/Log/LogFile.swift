import SQLite

/// Reads a log, also while its daemon writes it.
public struct LogFile: ~Copyable {
    private let path: String
    private let database: Connection

    /// Opens the log for reading.
    /// - Parameter path: the file, `events.db` in a state directory.
    public static func open(path: String) throws(LogError) -> LogFile {
        do throws(SQLiteError) {
            return LogFile(path: path, database: try Connection(path: path, readOnly: true))
        } catch {
            throw LogError(error, path: path)
        }
    }

    private init(path: String, database: consuming Connection) {
        self.path = path
        self.database = database
    }

    /// The log position of the oldest entry; nil for an empty log. 1 when nothing was cut off.
    public borrowing func first() throws(LogError) -> Int64? {
        do throws(SQLiteError) { return try database.integer("SELECT min(first) FROM burst") } catch {
            throw LogError(error, path: path)
        }
    }

    /// Whether no entry was deleted.
    public borrowing func isWhole() throws(LogError) -> Bool {
        guard let first = try first() else { return true }
        do throws(SQLiteError) { return first == (try LogTables.identity(database)?.behind ?? 0) + 1 } catch {
            throw LogError(error, path: path)
        }
    }

    /// What was deleted from its beginning.
    borrowing func cutOff() throws(LogError) -> LogCut {
        do throws(SQLiteError) { return try LogCut.read(database) } catch { throw LogError(error, path: path) }
    }

    /// Which log it is; nil for one that an older version made.
    public borrowing func identity() throws(LogError) -> LogIdentity? {
        do throws(SQLiteError) { return try LogTables.identity(database)?.log } catch {
            throw LogError(error, path: path)
        }
    }

    /// The log position of the newest entry; 0 for an empty log.
    public borrowing func last() throws(LogError) -> Int64 {
        do throws(SQLiteError) {
            return try database.integer("SELECT last FROM burst ORDER BY first DESC LIMIT 1") ?? 0
        } catch { throw LogError(error, path: path) }
    }

    /// The entry at a position; nil when it was deleted.
    public borrowing func entry(_ seq: Int64) throws(LogError) -> EventLog.Entry? {
        var found: EventLog.Entry?
        try replay(after: seq - 1) { entry in
            if entry.seq == seq { found = entry }
            return false
        }
        return found
    }

    /// All policies that ever applied, oldest first.
    public borrowing func policies() throws(LogError) -> [(after: Int64, policy: [UInt8])] {
        do throws(SQLiteError) { return try LogTables.policies(database) } catch { throw LogError(error, path: path) }
    }

    /// Calls `handle` with every entry after `seq` that is no event, in order, until it returns false.
    public borrowing func changes(after seq: Int64, _ handle: (EventLog.Entry) -> Bool) throws(LogError) {
        do { try LogTables.changes(database, after: seq, handle) } catch { throw LogTables.problem(error, path: path) }
    }

    /// Calls `handle` with every entry after `seq`, in order, until it returns false.
    public borrowing func replay(after seq: Int64, _ handle: (EventLog.Entry) -> Bool) throws(LogError) {
        try replayInPlace(after: seq) { handle(EventLog.Entry($0)) }
    }

    /// The same without copies.
    public borrowing func replayInPlace(after seq: Int64, _ handle: (EventLog.EntryInPlace) -> Bool) throws(LogError) {
        do { try LogTables.replay(database, after: seq, handle) } catch { throw LogTables.problem(error, path: path) }
    }
}

/// How the log's tables are read.
enum LogTables {
    static func identity(_ database: borrowing Connection) throws(SQLiteError) -> (log: LogIdentity, behind: Int64)? {
        // Only a daemon that opens it for writing brings an older file up to date.
        let isThere = "SELECT count(*) FROM sqlite_schema WHERE type='table' AND name='identity'"
        guard try database.integer(isThere) == 1 else { return nil }
        let one = try database.prepare("SELECT log, behind FROM identity")
        guard try one.step(), let log = LogIdentity(one.text(0) ?? "") else { return nil }
        return (log, one.int(1))
    }

    static func replay(
        _ database: borrowing Connection, after seq: Int64, _ handle: (EventLog.EntryInPlace) -> Bool
    ) throws {
        // From the row that holds the next place, found by its key: a log of years is not walked through.
        let all = try database.prepare(
            "SELECT first, entries FROM burst WHERE first>=(SELECT coalesce(max(first),0) FROM burst WHERE first<=?) "
                + "ORDER BY first"
        )
        try all.bind(seq + 1, 1)
        var goesOn = true
        while goesOn, try all.step() {
            try all.withBytes(1) { bytes in
                try Burst.readInPlace(bytes, first: all.int(0), from: seq + 1) { entry in
                    goesOn = handle(entry)
                    return goesOn
                }
            }
        }
    }

    static func changes(_ database: borrowing Connection, after seq: Int64, _ handle: (EventLog.Entry) -> Bool) throws {
        // Only a daemon that opens it for writing brings an older file up to date, and that file has no changes.
        let isThere = "SELECT count(*) FROM pragma_table_info('burst') WHERE name='changes'"
        guard try database.integer(isThere) == 1 else { return }
        let all = try database.prepare(
            "SELECT first, entries FROM burst INDEXED BY burst_changes WHERE changes>0 AND "
                + "first>=(SELECT coalesce(max(first),0) FROM burst WHERE first<=?) ORDER BY first")
        try all.bind(seq + 1, 1)
        var goesOn = true
        while goesOn, try all.step() {
            try all.withBytes(1) { bytes in
                try Burst.readInPlace(bytes, first: all.int(0), from: seq + 1) { entry in
                    if EntryKind(source: entry.source) != .event { goesOn = handle(EventLog.Entry(entry)) }
                    return goesOn
                }
            }
        }
    }

    static func policies(_ database: borrowing Connection) throws(SQLiteError) -> [(after: Int64, policy: [UInt8])] {
        let all = try database.prepare("SELECT after, policy FROM policy ORDER BY place")
        var found: [(after: Int64, policy: [UInt8])] = []
        while try all.step() { found.append((all.int(0), all.withBytes(1) { Array($0) })) }
        return found
    }

    /// SQLITE_CORRUPT.
    static let damaged: Int32 = 11

    static func problem(_ error: any Error, path: String) -> LogError {
        if let error = error as? SQLiteError { return LogError(error, path: path) }
        return .damaged(path: path, SQLiteError(code: damaged, message: "a row of it is not one that we wrote"))
    }
}
