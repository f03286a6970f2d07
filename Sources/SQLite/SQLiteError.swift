import CSQLite

/// What SQLite refused, with its own words.
public struct SQLiteError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The extended result code.
    public var code: Int32
    /// SQLite's own words for the error, in English.
    public var message: String

    /// Copies its arguments.
    /// - Parameter code: an extended result code.
    public init(code: Int32, message: String) {
        self.code = code
        self.message = message
    }

    /// What a failure means for whoever uses the file.
    public enum Kind: Equatable, Sendable {
        /// The file is damaged, or no database.
        case damaged
        /// The file or its folder cannot be written.
        case readOnly
        /// No room on the disk, or the disk failed: trying again later may do.
        case unavailable
        /// Another connection holds the lock.
        case busy
        /// Any other code: a fault of the statement, or an interrupted one.
        case other
    }

    /// What the code means, by its primary part; an extended code counts as its primary one.
    public var kind: Kind {
        switch code & 0xFF {
        case SQLITE_CORRUPT, SQLITE_NOTADB: .damaged
        case SQLITE_READONLY: .readOnly
        case SQLITE_FULL, SQLITE_IOERR: .unavailable
        case SQLITE_BUSY, SQLITE_LOCKED: .busy
        default: .other
        }
    }

    /// Ended by `Connection.stopping`.
    public var isInterrupted: Bool { code & 0xFF == SQLITE_INTERRUPT }

    public var description: String { "\(message) (SQLite \(code))" }
}
