import Glibc
import SQLite

/// Why the log cannot be used, in a sentence for the administrator.
public enum LogError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Another daemon has it.
    case locked(path: String, pid: Int32?)
    /// The file or its folder cannot be written by this user.
    case readOnly(path: String)
    /// The file is no database, or a damaged one.
    case damaged(path: String, SQLiteError)
    /// Made by a newer version.
    case newer(path: String, version: Int64)
    /// No room, or the disk failed: nothing was accepted, and trying again later may do.
    case unavailable(SQLiteError)
    /// SQLite refuses for another reason, which is a fault of the program or of the file's schema.
    case database(path: String, SQLiteError)
    /// The log is shared, and this machine may not append to it now; the reason.
    case notLeading(String)
    /// A file beside the log cannot be written.
    case file(path: String, errno: Int32)

    public var description: String {
        switch self {
        case .locked(let path, let pid):
            "\(path) is in use by another screenpopd\(pid.map { " (pid \($0))" } ?? ""): stop it, or name another "
                + "--state-dir"
        case .readOnly(let path):
            "\(path) cannot be written: give the daemon's user write permission to it and to its folder"
        case .damaged(let path, let error):
            """
            \(path) is damaged, \(error.message): restore all files of its folder from one backup; or, to keep the \
            records and begin a new log behind them, move events.db, events.db-wal and events.db-shm away
            """
        case .newer(let path, let version):
            "\(path) was made by a newer screenpopd (schema version \(version)): install that version or newer"
        case .unavailable(let error): "the log cannot be written now: \(error)"
        case .database(let path, let error): "\(path): \(error)"
        case .notLeading(let why): why
        case .file(let path, let code): "\(path) cannot be written: \(String(cString: strerror(code)))"
        }
    }

    init(_ error: SQLiteError, path: String) {
        switch error.kind {
        case .damaged: self = .damaged(path: path, error)
        case .readOnly: self = .readOnly(path: path)
        case .unavailable: self = .unavailable(error)
        case .busy: self = .locked(path: path, pid: nil)
        case .other: self = .database(path: path, error)
        }
    }
}
