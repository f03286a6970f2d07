import CallCenter
import SQLite

/// Reading files, and how their bytes are applied: by the writer, and again from the log at a start.
extension CustomerStore {
    /// A piece of a file's bytes.
    ///
    /// - Parameter n: from 0 on.
    /// - Throws: `StoreError.damaged` when it is not there.
    public func piece(_ n: Int64, of file: CustomerFile) throws(StoreError) -> [UInt8] {
        try reading { state throws(SQLiteError) in
            let one = try state.database.prepare("SELECT data FROM file_piece WHERE home=? AND hash=? AND n=?")
            try one.bind(file.home, 1)
            try one.bind(file.hash, 2)
            try one.bind(n, 3)
            guard try one.step() else {
                throw SQLiteError(code: LogTables.damaged, message: "a part of the file \(file.name) is missing")
            }
            return one.withBytes(0) { Array($0) }
        }
    }
}

extension CustomerStore.State {
    borrowing func apply(_ piece: RecordChange.FilePiece) throws(SQLiteError) {
        guard try isKnown(piece.home) else { return }
        let write = try database.prepare("INSERT OR REPLACE INTO file_piece(home, hash, n, data) VALUES(?,?,?,?)")
        try write.bind(piece.home, 1)
        try write.bind(piece.hash, 2)
        try write.bind(piece.n, 3)
        try write.bind(piece.data, 4)
        try write.run()
    }

    borrowing func apply(fileGone hash: [UInt8], of home: Int64) throws(SQLiteError) {
        let delete = try database.prepare("DELETE FROM file_piece WHERE home=? AND hash=?")
        try delete.bind(home, 1)
        try delete.bind(hash, 2)
        try delete.run()
    }

    /// Whether all bytes of a file are there.
    borrowing func hasAllPieces(of file: CustomerFile) throws(SQLiteError) -> Bool {
        let sum = try database.prepare(
            "SELECT count(*), coalesce(sum(length(data)), 0) FROM file_piece WHERE home=? AND hash=?")
        try sum.bind(file.home, 1)
        try sum.bind(file.hash, 2)
        return try sum.step() && sum.int(0) == file.pieceCount && sum.int(1) == file.size
    }

    /// The hashes of bytes that are stored with a customer and that no file has, in none of its versions: what uploads
    /// left that did not come to their end.
    borrowing func filesOfNobody(with home: Int64) throws(SQLiteError) -> [[UInt8]] {
        let stored = try database.prepare("SELECT DISTINCT hash FROM file_piece WHERE home=?")
        try stored.bind(home, 1)
        var left: [[UInt8]] = []
        while try stored.step() { left.append(stored.withBytes(0) { Array($0) }) }
        guard !left.isEmpty else { return [] }
        let used = try database.prepare(
            """
            SELECT fields FROM customer_item WHERE customer=?1 AND kind=?2
            UNION ALL SELECT before FROM item_version WHERE customer=?1 AND kind=?2 AND before IS NOT NULL
            """)
        // Whose they are by now, when this customer is a part of another.
        try used.bind(try survivor(of: home), 1)
        try used.bind(CustomerItem.Kind.file.rawValue, 2)
        while try used.step(), !left.isEmpty {
            let bytes = used.withBytes(0) { Array($0) }
            guard let content = try? CustomerItem.Content(packed: bytes), case .file(let file) = content else {
                throw SQLiteError(code: LogTables.damaged, message: "a file of customer \(home) cannot be read")
            }
            if file.home == home { left.removeAll { $0 == file.hash } }
        }
        return left
    }

    borrowing func eraseFiles(of home: Int64) throws(SQLiteError) {
        try database.run("DELETE FROM file_piece WHERE home=\(home)")
    }
}
