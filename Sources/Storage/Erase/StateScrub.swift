import Glibc
import SQLite

/// A database of the state directory, for removing what is left in it of data that was deleted.
public struct StateScrub: ~Copyable {
    private let path: String
    private let database: Connection

    /// Pages that are looked at in one step: 4 MiB.
    private static let pagesAtOnce: Int64 = 1_024
    /// A wait for a lock holds up the caller, which tries again. Milliseconds.
    private static let busyMs: Int32 = 50

    /// Which database.
    public struct Making: Sendable {
        fileprivate let path: String

        /// The log in a state directory.
        public init(events directory: String) { path = EventLog.path(directory) }
        /// The records in a state directory.
        public init(records directory: String) { path = CustomersDatabase.path(directory) }

        /// Opens the database, on the thread that uses it.
        public func open() throws(StoreError) -> StateScrub { try StateScrub(path: path) }
    }

    /// A checkpoint of another log, which was moved away: a start put it aside, and nothing reads it.
    public static func removeOldCheckpoint(in directory: String) { unlink(directory + "/checkpoint.old") }

    /// Opens the records in a state directory.
    public init(records directory: String) throws(StoreError) {
        try self.init(path: CustomersDatabase.path(directory))
    }

    private init(path: String) throws(StoreError) {
        self.path = path
        do throws(SQLiteError) {
            let opened = try Connection(path: path, busyTimeoutMs: StateScrub.busyMs)
            try opened.run("PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA wal_autocheckpoint=0")
            database = opened
        } catch { throw StoreError(error, path: path) }
    }

    private borrowing func using<Made>(_ work: (borrowing Connection) throws(SQLiteError) -> Made) throws(StoreError)
        -> Made
    {
        do throws(SQLiteError) { return try work(database) } catch { throw StoreError(error, path: path) }
    }

    /// Writes the write-ahead log into the database and empties it; false while a reader needs it.
    public borrowing func emptyLog() throws(StoreError) -> Bool {
        try using { database throws(SQLiteError) in try database.emptyLog() }
    }

    /// Pages whose unused parts have something of the customer, from `first` on, and the page to go on with.
    public borrowing func pagesWithRemains(
        of erase: UnfinishedErasure, from first: Int64
    ) throws(StoreError) -> (found: [Int64], next: Int64?) {
        try using { database throws(SQLiteError) in
            try database.pages(
                havingUnused: erase.work.texts.map { Array($0.utf8) }, from: first, count: StateScrub.pagesAtOnce)
        }
    }

    /// Overwrites the unused parts of pages; false when somebody wrote meanwhile: empty the log, and try again.
    public borrowing func clear(_ pages: [Int64]) throws(StoreError) -> Bool {
        do throws(SQLiteError) { return try database.clearUnused(in: pages) } catch {
            if error.kind == .busy { return false }
            throw StoreError(error, path: path)
        }
    }

    /// Commits a change of nothing: other connections then read their pages again, and write none back as it was.
    public borrowing func touch() throws(StoreError) {
        try using { database throws(SQLiteError) in try database.run("UPDATE identity SET log=log") }
    }
}
