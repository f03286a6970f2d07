import SQLite

/// Why the records cannot be used, in a sentence for the administrator.
public enum StoreError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file or its folder cannot be written by this user.
    case readOnly(path: String)
    /// The file is no database, or a damaged one.
    case damaged(path: String, SQLiteError)
    /// Made by a newer version.
    case newer(path: String, version: Int64)
    /// No room, or the disk failed: nothing was written, and trying again later may do.
    case unavailable(SQLiteError)
    /// Another program has the file.
    case busy(path: String)
    /// SQLite refuses for another reason, which is a fault of the program or of the file's schema.
    case database(path: String, SQLiteError)
    /// An entry of the log cannot be read.
    case damagedEntry(seq: Int64)
    /// A change of tokens or accounts is not known to be in the log: its kind says whether it may be there.
    case unwritten(ChangeLogError)
    /// A password could not be made into what is kept of it.
    case cannotHash(path: String, reason: String)

    public var description: String {
        switch self {
        case .readOnly(let path):
            "\(path) cannot be written: give the daemon's user write permission to it and to its folder"
        case .damaged(let path, let error): "\(path) is damaged, \(error.message): \(StoreError.remedy(path))"
        case .newer(let path, let version):
            "\(path) was made by a newer screenpopd (schema version \(version)): install that version or newer"
        case .unavailable(let error): "the records cannot be written now: \(error)"
        case .busy(let path): "\(path) is in use by another program: close it there"
        case .database(let path, let error): "\(path): \(error)"
        case .damagedEntry(let seq):
            "entry \(seq) of the log cannot be read: restore all files of its folder from one backup"
        case .unwritten(let error): "\(error)"
        case .cannotHash(let path, let reason): "\(path): the password cannot be kept: \(reason)"
        }
    }

    private static func remedy(_ path: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let files = "move \(name), \(name)-wal and \(name)-shm away"
        return switch name {
        case "customers.db":
            """
            restore all files of its folder from one backup; or \(files): the start rebuilds customers and history \
            from what the log has
            """
        case "access.db", "accounts.db":
            "restore all files of its folder from one backup; or \(files): the start rebuilds it from what the log has"
        case "views.db": "restore it from a backup; or \(files), store them, and a new log of who saw whom begins"
        default: "restore it from a backup"
        }
    }

    init(_ error: SQLiteError, path: String) {
        switch error.kind {
        case .damaged: self = .damaged(path: path, error)
        case .readOnly: self = .readOnly(path: path)
        case .unavailable: self = .unavailable(error)
        case .busy: self = .busy(path: path)
        case .other: self = .database(path: path, error)
        }
    }
}
