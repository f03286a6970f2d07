import SQLite

/// Deletes the oldest entries, over a connection of its own and beside the writer.
///
/// SQLite has one writer at a time: a commit that comes meanwhile waits for these few rows, on the commit thread.
public struct LogCutter: ~Copyable {
    private let path: String
    private let database: Connection

    /// Rows that are deleted at once: a row of one event and a row of hundreds take about as long.
    static let rowsMax: Int64 = 500

    /// Opens a connection of its own. Throws when the log is not there or cannot be written.
    public static func open(directory: String) throws(LogError) -> LogCutter {
        let path = EventLog.path(directory)
        do throws(SQLiteError) {
            let database = try Connection(path: path)
            try database.run("PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=\(LogDisk.pagesInLog)")
            return LogCutter(path: path, database: database)
        } catch { throw LogError(error, path: path) }
    }

    private init(path: String, database: consuming Connection) {
        self.path = path
        self.database = database
    }

    private static let oldest = """
        first IN (
          SELECT first FROM burst WHERE last<=?1 AND read_at<?2
            AND first<(SELECT first FROM burst ORDER BY first DESC LIMIT 1)
          ORDER BY first LIMIT ?3)
        """

    /// Deletes some rows whose entries are all up to `seq` and were read before `time`, but never the newest row, which
    /// has the log's position.
    ///
    /// - Parameter time: milliseconds since 1970.
    /// - Returns: whether there may be more.
    public borrowing func cut(through seq: Int64, before time: Int64) throws(LogError) -> Bool {
        do throws(SQLiteError) {
            try database.run("BEGIN IMMEDIATE")
            // What a start could not rebuild any more is noted in the same transaction.
            try LogCut.note(database, rows: LogCutter.oldest, [seq, time, LogCutter.rowsMax])
            let delete = try database.prepare("DELETE FROM burst WHERE \(LogCutter.oldest) RETURNING 1")
            try delete.bind(seq, 1)
            try delete.bind(time, 2)
            try delete.bind(LogCutter.rowsMax, 3)
            var count = 0
            while try delete.step() { count += 1 }
            try database.run("COMMIT")
            return count == LogCutter.rowsMax
        } catch {
            if database.inTransaction { try? database.run("ROLLBACK") }
            throw LogError(error, path: path)
        }
    }
}
