import CallCenter
import Glibc
import SQLite

/// Attaching files to a customer.
extension RecordWriter {
    /// Stores the bytes of a file, piece by piece, and then the file as an item. Other changes come between the pieces,
    /// so that a large file delays nobody. Bytes that the customer has already are not stored again.
    ///
    /// - Parameters:
    ///   - file: its `home` is the customer that it is attached to.
    ///   - descriptor: an open file with `file.size` bytes; it is read by position.
    /// - Returns: nil when there is no such customer.
    /// - Throws: `EditError.tooManyFiles`; `EditError.brokenUpload` when the bytes cannot be read.
    public func add(
        _ file: CustomerFile, reading descriptor: CInt, by author: Author, at now: Timestamp
    ) throws(EditError) -> CustomerItem? {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        busyFiles.withLock { $0[file.hash, default: 0] += 1 }
        defer {
            busyFiles.withLock { busy in
                let left = (busy[file.hash] ?? 1) - 1
                busy[file.hash] = left > 0 ? left : nil
            }
        }
        guard try prepare(file, origin) else { return nil }
        return try attach(file, reading: descriptor, origin)
    }

    /// - Returns: whether there is such a customer.
    private func prepare(_ file: CustomerFile, _ origin: CustomerStore.State.Origin) throws(EditError) -> Bool {
        try removeLeftovers(with: file.home, origin)
        return try write(origin) { state, _ throws(EditError) in
            let count = try records { () throws(SQLiteError) in
                try state.database.integer(
                    """
                    SELECT count(*) FROM customer_item
                    WHERE customer=\(file.home) AND kind=\(CustomerItem.Kind.file.rawValue)
                    """) ?? 0
            }
            if count >= CustomerFile.countMax { throw .tooManyFiles }
            return Outcome(try records { () throws(SQLiteError) in try state.hasCustomer(file.home) })
        }
    }

    private func attach(
        _ file: CustomerFile, reading descriptor: CInt, _ origin: CustomerStore.State.Origin
    ) throws(EditError) -> CustomerItem? {
        let isStored = try write(origin) { state, _ throws(EditError) in
            Outcome(try records { () throws(SQLiteError) in try state.hasAllPieces(of: file) })
        }
        for n in 0..<(isStored ? 0 : file.pieceCount) {
            let data = try RecordWriter.read(descriptor, file.range(ofPiece: n))
            try write(origin) { state, origin throws(EditError) in
                let piece = RecordChange.FilePiece(home: file.home, hash: file.hash, n: n, data: data)
                try records { () throws(SQLiteError) in try state.apply(piece) }
                return Outcome((), [.filePiece(piece)])
            }
        }
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

    /// Removes bytes that no file of the customer has: an upload did not come to its end. It is done by the next upload
    /// to the same customer. Those of uploads that run are left.
    private func removeLeftovers(with home: Int64, _ origin: CustomerStore.State.Origin) throws(EditError) {
        let busy = busyFiles.withLock { Set($0.keys) }
        try write(origin) { state, _ throws(EditError) in
            try records { () throws(SQLiteError) in
                var changes: [RecordChange] = []
                for hash in try state.filesOfNobody(with: home) where !busy.contains(hash) {
                    try state.apply(fileGone: hash, of: home)
                    changes.append(.fileGone(home: home, hash: hash))
                }
                return Outcome((), changes)
            }
        }
    }

    private static func read(_ descriptor: CInt, _ range: Range<Int64>) throws(EditError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(range.upperBound - range.lowerBound)), done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeMutableBytes { raw in
                pread(descriptor, raw.baseAddress.map { $0 + done }, raw.count - done, off_t(range.lowerBound) + done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .brokenUpload("its bytes cannot be read again") }
            done += count
        }
        return bytes
    }
}
