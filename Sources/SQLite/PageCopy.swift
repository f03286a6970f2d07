import CSQLite

/// A copy of a whole database, page by page, into another file while others write it.
///
/// The source has to be in a read transaction (`Connection.beginReading`): then every step copies from the same
/// snapshot. Without one, each commit of another connection makes the copy begin again, and a copy of a busy database
/// never ends. Writers never wait for it; but the write-ahead log cannot begin again while the transaction is open.
///
/// Both connections have to outlive it.
public struct PageCopy: ~Copyable {
    private let handle: OpaquePointer
    private let destination: OpaquePointer

    /// - Parameter destination: an empty database; what it has is overwritten.
    public init(from source: borrowing Connection, to destination: borrowing Connection) throws(SQLiteError) {
        guard let begun = sqlite3_backup_init(destination.handle, "main", source.handle, "main") else {
            throw SQLiteError(
                code: sqlite3_extended_errcode(destination.handle),
                message: String(cString: sqlite3_errmsg(destination.handle)))
        }
        handle = begun
        self.destination = destination.handle
    }

    deinit { sqlite3_backup_finish(handle) }

    /// Copies some pages.
    ///
    /// - Parameter pages: how many at most; a page has 4 KiB.
    /// - Returns: whether there are more. When there are none, the copy is complete.
    public borrowing func step(pages: Int32) throws(SQLiteError) -> Bool {
        switch sqlite3_backup_step(handle, pages) {
        case SQLITE_OK: return true
        case SQLITE_DONE: return false
        case let code: throw SQLiteError(code: code, message: String(cString: sqlite3_errstr(code)))
        }
    }

    /// Pages of the source as of the last step; 0 before the first.
    public var pageCount: Int { Int(sqlite3_backup_pagecount(handle)) }
    /// Pages that are not copied yet, as of the last step.
    public var pagesLeft: Int { Int(sqlite3_backup_remaining(handle)) }
}

extension Connection {
    /// Begins a read transaction: what is read from here on is one snapshot, until `endReading`.
    public borrowing func beginReading() throws(SQLiteError) {
        try run("BEGIN")
        // BEGIN alone reads nothing, and so has no snapshot yet.
        do throws(SQLiteError) { _ = try integer("SELECT count(*) FROM sqlite_schema") } catch {
            try? run("ROLLBACK")
            throw error
        }
    }

    /// Ends the read transaction, if one is open. A failure is ignored: there is nothing to undo.
    public borrowing func endReading() { if inTransaction { try? run("ROLLBACK") } }

    /// The same, after resetting statements that stand on a row: one would keep its snapshot, and the reads after it
    /// would see the state of then.
    public borrowing func endAllReading() {
        var statement = sqlite3_next_stmt(handle, nil)
        while let found = statement {
            if sqlite3_stmt_busy(found) != 0 { sqlite3_reset(found) }
            statement = sqlite3_next_stmt(handle, found)
        }
        endReading()
    }

    /// Runs `work`, and ends a statement of it with SQLITE_INTERRUPT (9) when `isStopped` says so; it is asked several
    /// times a second.
    public borrowing func stopping<Made>(
        when isStopped: @escaping @Sendable () -> Bool, _ work: () throws -> Made
    ) rethrows -> Made {
        let asked = Asked(isStopped)
        return try withExtendedLifetime(asked) {
            sqlite3_progress_handler(
                handle, 100_000,
                { context in
                    guard let context else { return 0 }
                    return Unmanaged<Asked>.fromOpaque(context).takeUnretainedValue().isStopped() ? 1 : 0
                }, Unmanaged.passUnretained(asked).toOpaque())
            defer { sqlite3_progress_handler(handle, 0, nil, nil) }
            return try work()
        }
    }

    private final class Asked {
        let isStopped: @Sendable () -> Bool
        init(_ isStopped: @escaping @Sendable () -> Bool) { self.isStopped = isStopped }
    }

    /// A file that nobody writes, such as a backup's: read without locks and without files beside it, so that it may be
    /// on a medium that cannot be written.
    ///
    /// - Parameter path: the path as it is; bytes that mean something in an address are escaped.
    public static func immutable(path: String) throws(SQLiteError) -> Connection {
        var address = "file:"
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "_"):
                address.unicodeScalars.append(Unicode.Scalar(byte))
            default: address += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return try Connection(path: address + "?immutable=1", readOnly: true)
    }
}
