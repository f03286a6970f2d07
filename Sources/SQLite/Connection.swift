import CSQLite

/// One connection to one database file, used by one thread at a time (SQLite is opened without its own mutexes).
/// Methods throw `SQLiteError`.
public struct Connection: ~Copyable {
    let handle: OpaquePointer
    private let progress = Progress()
    private let idle = IdleStatements()

    private static let configured: Void = { _ = sqlite3_shim_without_memory_statistics() }()

    /// Opens `path`, and creates it unless `readOnly`. A path that begins with `file:` is an address with parameters.
    ///
    /// - Parameter busyTimeoutMs: how long a statement waits for another connection's lock. Milliseconds.
    public init(path: String, readOnly: Bool = false, busyTimeoutMs: Int32 = 5_000) throws(SQLiteError) {
        Connection.configured
        var opened: OpaquePointer?
        let flags =
            SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | (path.hasPrefix("file:") ? SQLITE_OPEN_URI : 0)
            | (readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
        let code = sqlite3_open_v2(path, &opened, flags, nil)
        guard let opened, code == SQLITE_OK else {
            let message = opened.flatMap(sqlite3_errmsg).map { String(cString: $0) } ?? "out of memory"
            sqlite3_close_v2(opened)
            throw SQLiteError(code: code, message: "\(message): \(path)")
        }
        handle = opened
        sqlite3_busy_timeout(handle, busyTimeoutMs)
    }

    deinit {
        idle.close()
        sqlite3_close_v2(handle)
    }

    /// Runs statements that return nothing.
    public borrowing func run(_ sql: String) throws(SQLiteError) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        if code != SQLITE_OK { throw error(code) }
    }

    /// The integer in the first column of the first row; nil without a row.
    public borrowing func integer(_ sql: String) throws(SQLiteError) -> Int64? {
        let statement = try prepare(sql)
        defer { statement.reset() }
        return try statement.step() ? statement.int(0) : nil
    }

    /// A statement for this text. One that was used before and is not in use is given again.
    public borrowing func prepare(_ sql: String) throws(SQLiteError) -> Statement {
        if let kept = idle.remove(sql) { return Statement(handle: kept, database: handle, text: sql, idle: idle) }
        var made: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &made, nil)
        guard let made, code == SQLITE_OK else { throw error(code) }
        return Statement(handle: made, database: handle, text: sql, idle: idle)
    }

    /// The callback during long statements.
    private final class Progress {
        var working: @Sendable () -> Void = {}
    }

    /// Some milliseconds of SQLite's virtual machine.
    private static let progressSteps: Int32 = 500_000

    /// Sets a callback that is called several times a second while a statement runs; nil removes it.
    public borrowing func onProgress(_ working: (@Sendable () -> Void)?) {
        guard let working else { return sqlite3_progress_handler(handle, 0, nil, nil) }
        progress.working = working
        let told = Unmanaged.passUnretained(progress).toOpaque()
        sqlite3_progress_handler(
            handle, Connection.progressSteps,
            { context in
                if let context { Unmanaged<Progress>.fromOpaque(context).takeUnretainedValue().working() }
                return 0
            }, told)
    }

    /// The length of the write-ahead log's file. Bytes; 0 before the database was read in WAL mode.
    public var logLength: Int64 { sqlite3_shim_wal_length(handle) }

    /// Lengthens the write-ahead log with zeros and syncs it, so that commits write over bytes that the file has
    /// already. Where a file grows, each sync writes the file's new length as well, and a commit takes up to twice as
    /// long.
    ///
    /// Only at the beginning of a write transaction: it keeps other connections from writing behind the end meanwhile.
    ///
    /// - Parameter bytes: the length to reach; a log that is longer is left as it is.
    public borrowing func lengthenLog(to bytes: Int64) throws(SQLiteError) {
        let code = sqlite3_shim_lengthen_wal(handle, bytes)
        if code != SQLITE_OK { throw SQLiteError(code: code, message: String(cString: sqlite3_errstr(code))) }
    }

    /// The key of the row that the last `INSERT` of this connection added to a table with row ids; one that added none
    /// leaves it as it was. Without the cost of `RETURNING`, for which SQLite makes a table with each run, and a
    /// savepoint at which the index of a search is written to the disk.
    public var newestKey: Int64 { sqlite3_last_insert_rowid(handle) }

    /// Whether a transaction is open.
    public var inTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    private borrowing func error(_ code: Int32) -> SQLiteError {
        SQLiteError(code: code, message: String(cString: sqlite3_errmsg(handle)))
    }
}
