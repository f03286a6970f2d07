import Glibc
import SQLite
import Storage

/// Why there is no backup, or nothing was restored, in a sentence that says what to do.
public struct BackupError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What the caller can do about it, for an exit code.
    public enum Kind: Equatable, Sendable {
        /// It is not done, and the sentence says why.
        case refused
        /// Another user may.
        case notAllowed
        /// Wrong usage.
        case usage
        /// The user ended it.
        case stopped
    }

    /// Which of them it is.
    public let kind: Kind
    /// The sentence for the administrator, in English.
    public let description: String

    init(_ description: String) { self.init(.refused, description) }

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    static let stopped = BackupError(.stopped, "stopped; nothing is left behind")

    /// A system call on a file failed.
    static func file(_ path: String, _ what: String, _ code: Int32 = errno) -> BackupError {
        let reason = String(cString: strerror(code))
        return switch code {
        case EACCES, EPERM:
            BackupError(
                .notAllowed, "\(path) cannot be \(what) (\(reason)): run it as root, or as the daemon's user with "
                    + "sudo -u screenpop")
        case ENOSPC, EDQUOT:
            BackupError("\(path) cannot be \(what): the disk is full; free some space, or use a folder on another disk")
        default: BackupError("\(path) cannot be \(what): \(reason)")
        }
    }

    /// SQLITE_FULL.
    static let full: Int32 = 13

    /// SQLite's refusal of a database.
    static func database(_ error: SQLiteError, _ path: String) -> BackupError {
        if error.isInterrupted { return .stopped }
        if error.code & 0xFF == full { return .file(path, "written", ENOSPC) }
        if error.kind == .damaged { return BackupError("\(path) is damaged: \(error.message)") }
        if error.kind == .busy {
            return BackupError("\(path) is locked by another program: close it there, and try again")
        }
        if access(path, R_OK) != 0 { return .file(path, "read") }
        return BackupError("\(path): \(error)")
    }

    static func log(_ error: LogError, _ path: String) -> BackupError {
        switch error {
        case .damaged(_, let cause): BackupError("\(path) is damaged: \(cause.message)")
        case .database(_, let cause), .unavailable(let cause): .database(cause, path)
        default: BackupError("\(error)")
        }
    }
}
