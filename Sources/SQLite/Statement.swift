import CSQLite

/// A prepared statement. Reset it after use where it is kept; its end resets it.
public struct Statement: ~Copyable {
    let handle: OpaquePointer
    let database: OpaquePointer
    let text: String
    /// Where it goes after its use.
    let idle: IdleStatements

    deinit { idle.add(handle, text) }

    /// SQLite copies the bound bytes: they may be freed before the next step.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    /// Binds a whole number; NULL for nil. Places count from 1.
    /// - Throws: when there is no such place, or the statement has not been reset since its last step.
    public borrowing func bind(_ value: Int64?, _ place: Int32) throws(SQLiteError) {
        guard let value else { return try check(sqlite3_bind_null(handle, place)) }
        try check(sqlite3_bind_int64(handle, place, value))
    }

    /// Binds a text in UTF-8; NULL for nil. Places count from 1.
    public borrowing func bind(_ value: String?, _ place: Int32) throws(SQLiteError) {
        guard let value else { return try check(sqlite3_bind_null(handle, place)) }
        var text = value
        let code = text.withUTF8 { bytes in
            // An empty text has no address of its own, and nil would bind NULL.
            bytes.isEmpty
                ? sqlite3_bind_text(handle, place, "", 0, Statement.transient)
                : bytes.withMemoryRebound(to: CChar.self) {
                    sqlite3_bind_text(handle, place, $0.baseAddress, Int32($0.count), Statement.transient)
                }
        }
        try check(code)
    }

    /// Binds a copy of the bytes as a blob; an empty one for no bytes. Places count from 1.
    borrowing func bind(_ bytes: UnsafeRawBufferPointer, _ place: Int32) throws(SQLiteError) {
        try check(
            bytes.isEmpty
                ? sqlite3_bind_zeroblob(handle, place, 0)
                : sqlite3_bind_blob(handle, place, bytes.baseAddress, Int32(bytes.count), Statement.transient))
    }

    /// Binds bytes without a copy: they have to stay valid until the statement was run.
    public borrowing func bind(inPlace bytes: UnsafeRawBufferPointer, _ place: Int32) throws(SQLiteError) {
        try check(
            bytes.isEmpty
                ? sqlite3_bind_zeroblob(handle, place, 0)
                : sqlite3_bind_blob(handle, place, bytes.baseAddress, Int32(bytes.count), nil))
    }

    /// Binds a copy of the bytes as a blob; NULL for nil. Places count from 1.
    public borrowing func bind(_ bytes: [UInt8]?, _ place: Int32) throws(SQLiteError) {
        guard let bytes else { return try check(sqlite3_bind_null(handle, place)) }
        var failure: SQLiteError?
        bytes.withUnsafeBytes { raw in
            do throws(SQLiteError) { try bind(raw, place) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// True when there is a row.
    public borrowing func step() throws(SQLiteError) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw error(code)
        }
    }

    /// Runs a statement that returns nothing, and makes it ready for the next time.
    public borrowing func run() throws(SQLiteError) {
        defer { reset() }
        _ = try step()
    }

    /// Runs a statement whose every value is bound again before the next run.
    public borrowing func runAgain() throws(SQLiteError) {
        defer { sqlite3_reset(handle) }
        _ = try step()
    }

    /// Makes the statement ready for the next run: it stands on no row, and its places are NULL.
    public borrowing func reset() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    /// How many columns a row has.
    public var columnCount: Int32 { sqlite3_column_count(handle) }

    /// Whether the column of the current row is NULL. Columns count from 0.
    public borrowing func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }
    /// The column as a whole number; 0 for NULL and for a text that is no number. Columns count from 0.
    public borrowing func int(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }
    /// The column as text; nil for NULL. Columns count from 0. Bytes that are no UTF-8 become U+FFFD.
    public borrowing func text(_ column: Int32) -> String? {
        guard let start = sqlite3_column_text(handle, column) else { return nil }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }
    /// The bytes are valid until the next step or reset.
    public borrowing func withBytes<Made>(_ column: Int32, _ body: (UnsafeRawBufferPointer) throws -> Made) rethrows
        -> Made
    {
        let start = sqlite3_column_blob(handle, column)
        return try body(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    private borrowing func check(_ code: Int32) throws(SQLiteError) { if code != SQLITE_OK { throw error(code) } }
    private borrowing func error(_ code: Int32) -> SQLiteError {
        SQLiteError(code: sqlite3_extended_errcode(database), message: String(cString: sqlite3_errmsg(database)))
    }
}
