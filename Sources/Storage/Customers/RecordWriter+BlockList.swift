import CallCenter
import SQLite

/// Blocking numbers. Each change is a version of the block list.
extension RecordWriter {
    /// Blocks a number. One that is blocked already keeps its date and its spelling and gets the new reason.
    ///
    /// - Returns: the entry as it is now.
    @discardableResult
    public func block(_ entry: BlockedNumber, by author: Author, at now: Timestamp) throws(EditError) -> BlockedNumber {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            try records { () throws(SQLiteError) in
                var kept = entry
                if let known = try CustomerStore.blocked(state, number: entry.number).first {
                    kept = known
                    kept.reason = entry.reason
                }
                guard let change = try state.blockChange(of: entry.number, to: kept) else { return Outcome(kept) }
                try state.apply(change, origin)
                return Outcome(kept, [.blockList(change)])
            }
        }
    }

    /// False when it was not blocked.
    public func unblock(_ number: String, by author: Author, at now: Timestamp) throws(EditError) -> Bool {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            try records { () throws(SQLiteError) in
                guard let change = try state.blockChange(of: number, to: nil) else { return Outcome(false) }
                try state.apply(change, origin)
                return Outcome(true, [.blockList(change)])
            }
        }
    }

    /// Puts back what the entry of a number was after a version of the block list, as a new version.
    ///
    /// - Returns: the entry as it is now; nil when the number is not blocked any more.
    /// - Throws: `EditError.noVersion` when that version changed no entry of this number.
    public func restoreBlocking(
        of number: String, version: Int64, by author: Author, at now: Timestamp
    ) throws(EditError) -> BlockedNumber? {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            let past = try records { () throws(SQLiteError) in
                try state.blockVersions(of: number, below: version == .max ? version : version + 1, limit: 1).first
            }
            guard let past, past.version == version else { throw .noVersion(version) }
            return try records { () throws(SQLiteError) in
                guard let change = try state.blockChange(of: number, to: past.after) else { return Outcome(past.after) }
                try state.apply(change, origin)
                return Outcome(past.after, [.blockList(change)])
            }
        }
    }
}
