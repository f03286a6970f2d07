import CallCenter
import SQLite

/// Writes entries of the log again where they stand, over a connection of its own and beside the writer: for an erase.
/// Positions, times and kinds stay.
public struct LogRewriter: ~Copyable {
    let path: String
    let database: Connection

    /// Rows that are read at once, and bytes of them that are written in one transaction: commits wait for it.
    static let rowsMax: Int64 = 32, bytesMax = 512 << 10

    /// Opens a connection of its own. What it replaces is overwritten in the file (SQLite's `secure_delete`).
    public static func open(directory: String) throws(LogError) -> LogRewriter {
        let path = EventLog.path(directory)
        do throws(SQLiteError) {
            let database = try Connection(path: path)
            try database.run(
                """
                PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA wal_autocheckpoint=\(LogDisk.pagesInLog)
                """)
            return LogRewriter(path: path, database: database)
        } catch { throw LogError(error, path: path) }
    }

    private init(path: String, database: consuming Connection) {
        self.path = path
        self.database = database
    }

    /// Where the work goes on, and what was done.
    public struct Progress: Equatable, Sendable {
        /// The first position of the next row; nil at the end.
        public var next: Int64?
        /// Entries that were written again.
        public var changed = 0

        /// Work that goes on with the row at this position; nothing was changed yet.
        init(next: Int64?) { self.next = next }
    }

    /// Writes the entries of some rows again.
    ///
    /// - Parameters:
    ///   - place: the first position of a row, or before it.
    ///   - last: entries behind this position stay as they are.
    ///   - change: the entry as it is to stand there; nil leaves it. Called without a lock on the log.
    public borrowing func rewrite(
        from place: Int64, through last: Int64, _ change: (EventLog.EntryInPlace) throws -> EventLog.Entry?
    ) throws -> Progress {
        var progress = Progress(next: nil), changed: [Burst] = [], bytes = 0
        do {
            let rows = try database.prepare(
                "SELECT first, entries FROM burst WHERE first>=?1 AND first<=?2 ORDER BY first LIMIT ?3")
            try rows.bind(place, 1)
            try rows.bind(last, 2)
            try rows.bind(LogRewriter.rowsMax, 3)
            while bytes < LogRewriter.bytesMax, try rows.step() {
                let first = rows.int(0)
                progress.next = first + 1
                let row = try rows.withBytes(1) { raw in
                    bytes += raw.count
                    return try Burst.rewritten(raw, first: first, through: last, change)
                }
                guard let row else { continue }
                changed.append(row.burst)
                progress.changed += row.changed
            }
            rows.reset()
            if !changed.isEmpty { try write(changed) }
            return progress
        } catch let error as SQLiteError { throw LogError(error, path: path) }
    }

    private borrowing func write(_ rows: [Burst]) throws(SQLiteError) {
        do throws(SQLiteError) {
            try database.run("BEGIN IMMEDIATE")
            let write = try database.prepare("UPDATE burst SET entries=? WHERE first=?")
            for row in rows {
                try write.bind(row.bytes, 1)
                try write.bind(row.first, 2)
                try write.runAgain()
            }
            try database.run("COMMIT")
        } catch {
            if database.inTransaction { try? database.run("ROLLBACK") }
            throw error
        }
    }
}

extension Burst {
    /// A row with some entries replaced; nil when none was.
    fileprivate static func rewritten(
        _ bytes: UnsafeRawBufferPointer, first: Int64, through last: Int64,
        _ change: (EventLog.EntryInPlace) throws -> EventLog.Entry?
    ) throws -> (burst: Burst, changed: Int)? {
        var row = Burst(first: first), changed = 0, failure: (any Error)?
        try Burst.readInPlace(bytes, first: first, from: first) { entry in
            var new: EventLog.Entry?
            if entry.seq <= last {
                do { new = try change(entry) } catch {
                    failure = error
                    return false
                }
            }
            if let new {
                changed += 1
                new.line.withUnsafeBytes {
                    row.append(readAt: new.readAt, source: new.source, line: $0, facts: new.facts)
                }
            } else {
                row.append(
                    readAt: entry.readAt, source: entry.source, line: entry.line, facts: [UInt8](entry.facts))
            }
            return true
        }
        if let failure { throw failure }
        return changed == 0 ? nil : (row, changed)
    }
}

extension UnfinishedErasure {
    /// A change of the records without what belongs to the customer; nil when nothing does.
    ///
    /// - Parameter bytes: an entry of the kind `.records`.
    public func applied(toChange bytes: UnsafeRawBufferPointer) throws(StoreError) -> [UInt8]? {
        var entry: ChangeEntry
        do throws(Malformed) { entry = try ChangeEntry([UInt8](bytes)) } catch { throw .damagedEntry(seq: seq) }
        let count = entry.changes.count
        // A call stays, as in the history: without what is the customer's.
        var isRewritten = false
        for i in entry.changes.indices {
            guard case .pastCall(var one) = entry.changes[i], var call = one.call else { continue }
            var all = erasure
            if all.isTheirs(call) { all.add(calls: [call.number]) }
            let before = call
            call.erase(all)
            guard call != before else { continue }
            one.record = CallBytes.encode(call)
            entry.changes[i] = .pastCall(one)
            isRewritten = true
        }
        entry.changes.removeAll { change in
            switch change {
            case .blocked(let number): erasure.numbers[number.number] != nil
            case .unblocked(let number): erasure.numbers[number] != nil
            case .blockList(let one): erasure.numbers[one.number] != nil
            case .customer(let kept):
                kept.id == customer
                    || work.hosts.contains { $0.customer == kept.id && $0.versions.contains(kept.version) }
            // As it came, before anybody knew whose it is.
            case .inbox(let one):
                one.handling?.customer == customer || work.inbox.contains(one.id)
                    || one.handling?.customer == nil && isOwn(one.contact)
            case .pastCall: false
            default: change.belongsTo == customer
            }
        }
        return entry.changes.count == count && !isRewritten ? nil : entry.bytes
    }

    /// Whether a contact came from an address that only this customer has: its item may be gone from the inbox.
    private func isOwn(_ contact: IncomingContact) -> Bool {
        guard let key = contact.parties.first?.address.key else { return false }
        return erasure.numbers[key] != nil || erasure.words.keys.contains { $0 == key || $0.lowercased() == key }
    }
}
