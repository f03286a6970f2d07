import CSQLite

/// What SQLite refused, with its own words.
public struct SQLiteError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The extended result code.
    public var code: Int32
    public var message: String

    public init(code: Int32, message: String) {
        self.code = code
        self.message = message
    }

    private var primary: Int32 { code & 0xFF }
    /// Another connection holds the lock.
    public var isBusy: Bool { primary == SQLITE_BUSY || primary == SQLITE_LOCKED }
    /// No room on the disk, or the disk failed: trying again later may do.
    public var isOutOfRoom: Bool { primary == SQLITE_FULL || primary == SQLITE_IOERR }
    public var isReadOnly: Bool { primary == SQLITE_READONLY }
    /// Ended by `Connection.stopping`.
    public var isInterrupted: Bool { primary == SQLITE_INTERRUPT }
    public var isDamaged: Bool { primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB }

    public var description: String { "\(message) (SQLite \(code))" }
}
