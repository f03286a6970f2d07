import CallCenter
import SQLite

/// Attaching files to a customer.
extension RecordWriter {
    /// Stores the bytes of a file, piece by piece, and then the file as an item. Other changes come between the pieces,
    /// so that a large file delays nobody. Bytes that the customer has already are not stored again.
    ///
    /// - Parameters:
    ///   - file: its `home` is the customer that it is attached to.
    ///   - spool: its bytes, `file.size` of them.
    /// - Returns: nil when there is no such customer.
    /// - Throws: `EditError.tooManyFiles`; `EditError.brokenUpload` when the bytes cannot be read.
    public func add(
        _ file: CustomerFile, from spool: ImportSpool, by author: Author, at now: Timestamp
    ) throws(EditError) -> CustomerItem? {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        busyFiles.withLock { $0[file.hash, default: 0] += 1 }
        defer {
            busyFiles.withLock { busy in
                let left = (busy[file.hash] ?? 1) - 1
                busy[file.hash] = left > 0 ? left : nil
            }
        }
        guard let isStored = try prepare(file, origin) else { return nil }
        if !isStored { try store(file, from: spool, origin) }
        return try attach(file, origin)
    }

    /// - Returns: whether its bytes are there already; nil when there is no such customer.
    private func prepare(_ file: CustomerFile, _ origin: CustomerStore.State.Origin) throws(EditError) -> Bool? {
        let busy = busyFiles.withLock { Set($0.keys) }
        return try write(origin) { state, _ throws(EditError) in
            let count = try records { () throws(SQLiteError) in
                try state.database.integer(
                    """
                    SELECT count(*) FROM customer_item
                    WHERE customer=\(file.home) AND kind=\(CustomerItem.Kind.file.rawValue)
                    """) ?? 0
            }
            if count >= CustomerFile.countMax { throw .tooManyFiles }
            return try records { () throws(SQLiteError) in
                guard try state.hasCustomer(file.home) else { return Outcome(nil) }
                // Bytes that no file has: an upload did not come to its end. Those of uploads that run are left.
                var changes: [RecordChange] = []
                for hash in try state.filesOfNobody(with: file.home) where !busy.contains(hash) {
                    try state.apply(fileGone: hash, of: file.home)
                    changes.append(.fileGone(home: file.home, hash: hash))
                }
                return Outcome(try state.hasAllPieces(of: file), changes)
            }
        }
    }

    private func store(
        _ file: CustomerFile, from spool: ImportSpool, _ origin: CustomerStore.State.Origin
    ) throws(EditError) {
        for n in 0..<file.pieceCount {
            let data: [UInt8]
            do throws(ImportSpool.Failure) { data = try spool.read(file.range(ofPiece: n)) } catch {
                throw .brokenUpload("its bytes cannot be read again")
            }
            try write(origin) { state, origin throws(EditError) in
                let piece = RecordChange.FilePiece(home: file.home, hash: file.hash, n: n, data: data)
                try records { () throws(SQLiteError) in try state.apply(piece) }
                return Outcome((), [.filePiece(piece)])
            }
        }
    }

    private func attach(
        _ file: CustomerFile, _ origin: CustomerStore.State.Origin
    ) throws(EditError) -> CustomerItem? {
        return try write(origin) { state, origin throws(EditError) in
            let isWhole = try records { () throws(SQLiteError) in
                guard try state.hasCustomer(file.home) else { return Bool?.none }
                return try state.hasAllPieces(of: file)
            }
            guard let isWhole else { return Outcome(nil) }
            guard isWhole else { throw .brokenUpload("its parts are not there any more: attach it again") }
            return try records { () throws(SQLiteError) in
                let kept = RecordChange.KeptItem(
                    id: try state.nextItem(), customer: file.home, version: 1, createdAt: origin.at,
                    createdBy: origin.author.who, content: .file(file))
                try state.apply(.item(kept), origin)
                return Outcome(try state.item(kept.id), [.item(kept)])
            }
        }
    }
}
