import Foundation
import SQLite

/// A small database that nobody but the daemon's user may read.
enum SecretDatabase {
    /// Opens the file, and makes it when it is not there.
    ///
    /// - Parameters:
    ///   - version: the newest form that is known; one made by a newer daemon is refused.
    ///   - schema: makes the form `version`.
    static func open(_ path: String, version: Int64, schema: String) throws(StoreError) -> Connection {
        let found: Int64
        do throws(SQLiteError) {
            let old = umask(0o077)
            defer { umask(old) }
            let database = try Connection(path: path)
            try database.run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL")
            found = try database.integer("PRAGMA user_version") ?? 0
            if found == 0 { try database.run("BEGIN; \(schema); PRAGMA user_version=\(version); COMMIT") }
            if found <= version { return database }
        } catch { throw StoreError(error, path: path) }
        throw .newer(path: path, version: found)
    }
}
