import SQLite

/// The database file of the view log, and its schema. Nobody but the daemon's user may read it.
enum ViewsDatabase {
    static func path(_ directory: String) -> String { directory + "/views.db" }

    /// - `link`: a row for each batch of views, `ViewLink`.
    /// - `seen`: in which links a customer is, to find them; the links have the same in their bytes.
    /// - `mark`: `anchor`, the position and hash before the first link; `head`, those of the newest link. A new chain
    ///   begins with random bytes, so no two chains have a hash in common.
    static let migrations = Migrations(steps: [
        """
        CREATE TABLE link(
          first INTEGER PRIMARY KEY, kind INTEGER NOT NULL, count INTEGER NOT NULL, first_at INTEGER NOT NULL,
          last_at INTEGER NOT NULL, hash BLOB NOT NULL, body BLOB NOT NULL) STRICT;
        CREATE INDEX link_first_at ON link(first_at);
        CREATE TABLE seen(
          customer INTEGER NOT NULL, link INTEGER NOT NULL, PRIMARY KEY(customer, link)) STRICT, WITHOUT ROWID;
        CREATE TABLE mark(name TEXT PRIMARY KEY, seq INTEGER NOT NULL, hash BLOB NOT NULL) STRICT, WITHOUT ROWID;
        INSERT INTO mark VALUES('anchor', 0, randomblob(32));
        INSERT INTO mark SELECT 'head', seq, hash FROM mark WHERE name='anchor'
        """
    ])

    /// Opens the file for reading, beside the daemon that writes it or without one.
    static func reader(_ directory: String) throws(StoreError) -> Connection {
        let path = path(directory)
        do throws(SQLiteError) {
            return try Connection(path: path, readOnly: true)
        } catch { throw StoreError(error, path: path) }
    }
}

/// A place in the chain: a position, and the hash of the link that ends there.
public struct ViewMark: Equatable, Sendable {
    /// 0 before the first entry.
    public var seq: Int64
    /// SHA-256 of the link that ends there; random bytes before the first link.
    var hash: [UInt8]

    /// Copies its arguments.
    public init(seq: Int64, hash: [UInt8]) {
        self.seq = seq
        self.hash = hash
    }

    /// The hash in hexadecimal digits.
    public var hex: String {
        hash.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// - Parameter name: `anchor` or `head`.
    static func read(_ name: String, _ database: borrowing Connection) throws(SQLiteError) -> ViewMark? {
        let found = try database.prepare("SELECT seq, hash FROM mark WHERE name=?")
        try found.bind(name, 1)
        guard try found.step() else { return nil }
        return ViewMark(seq: found.int(0), hash: found.withBytes(1) { Array($0) })
    }

    func write(_ name: String, _ database: borrowing Connection) throws(SQLiteError) {
        let write = try database.prepare("INSERT OR REPLACE INTO mark(name, seq, hash) VALUES(?,?,?)")
        try write.bind(name, 1)
        try write.bind(seq, 2)
        try write.bind(hash, 3)
        try write.run()
    }
}
