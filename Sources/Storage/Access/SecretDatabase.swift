import Foundation
import SQLite

/// A small database that nobody but the daemon's user may read.
enum SecretDatabase {
    /// Opens the file, and makes it when it is not there. One made by a newer daemon is refused.
    static func open(_ path: String, _ migrations: Migrations) throws(StoreError) -> Connection {
        let found: Int64
        do throws(SQLiteError) {
            let old = umask(0o077)
            defer { umask(old) }
            let database = try Connection(path: path)
            try database.run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL")
            switch try migrations.run(on: database) {
            case .done: return database
            case .newer(let version): found = version
            }
        } catch { throw StoreError(error, path: path) }
        throw .newer(path: path, version: found)
    }
}
