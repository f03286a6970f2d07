import CallCenter
import SQLite

/// Blocking numbers.
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
                try state.apply(.blocked(kept), origin)
                return Outcome(kept, [.blocked(kept)])
            }
        }
    }

    /// False when it was not blocked.
    public func unblock(_ number: String, by author: Author, at now: Timestamp) throws(EditError) -> Bool {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            try records { () throws(SQLiteError) in
                guard try !CustomerStore.blocked(state, number: number).isEmpty else { return Outcome(false) }
                try state.apply(.unblocked(number), origin)
                return Outcome(true, [.unblocked(number)])
            }
        }
    }
}
