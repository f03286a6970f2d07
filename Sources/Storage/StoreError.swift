import SQLite

/// Why the records cannot be used, in a sentence for the administrator.
public enum StoreError: Error, Equatable, Sendable, CustomStringConvertible {
    case readOnly(path: String)
    case damaged(path: String, SQLiteError)
    /// Made by a newer version.
    case newer(path: String, version: Int64)
    /// No room, or the disk failed: nothing was written, and trying again later may do.
    case unavailable(SQLiteError)
    /// Another program has the file.
    case busy(path: String)
    case database(path: String, SQLiteError)
    /// A password could not be made into what is kept of it.
    case cannotHash(path: String, reason: String)

    public var description: String {
        switch self {
        case .readOnly(let path): "\(path) cannot be written: give the daemon's user write permission to it and to its folder"
        case .damaged(let path, let error): "\(path) is damaged, \(error.message): restore it from a backup, or move it away to begin anew"
        case .newer(let path, let version): "\(path) was made by a newer screenpopd (form \(version)): install that version or newer"
        case .unavailable(let error): "the records cannot be written now: \(error)"
        case .busy(let path): "\(path) is in use by another program: close it there"
        case .database(let path, let error): "\(path): \(error)"
        case .cannotHash(let path, let reason): "\(path): the password cannot be kept: \(reason)"
        }
    }

    init(_ error: SQLiteError, path: String) {
        if error.isDamaged { self = .damaged(path: path, error) }
        else if error.isReadOnly { self = .readOnly(path: path) }
        else if error.isOutOfRoom { self = .unavailable(error) }
        else if error.isBusy { self = .busy(path: path) }
        else { self = .database(path: path, error) }
    }
}
