import CallCenter
import SQLite

/// A change that is on its way into the log, and not in the records: its writer released their lock before its fate
/// was known.
struct OnTheWay {
    let change: PendingChange
    /// Its entry; of an erase, with the calls in the live state.
    let entry: @Sendable ([ErasedCall]) -> ChangeEntry
    /// Of an erase: the customer, and what is to be replaced.
    var erases: (customer: Int64, work: ErasureWork)?
}

extension CustomerStore {
    /// Applies what became of the change on its way, if that is known, and what could not be committed before.
    func settle() throws(StoreError) {
        let result: Result<Void, SQLiteError> = state.withLock { state in
            do throws(SQLiteError) { return .success(try state.settle()) } catch { return .failure(error) }
        }
        do throws(SQLiteError) { try result.get() } catch { throw StoreError(error, path: path) }
    }
}

extension CustomerStore.State {
    /// Applies what became of the change on its way, if that is known, and what could not be committed before: whatever
    /// comes next in the log finds its effect here.
    mutating func settle() throws(SQLiteError) {
        if let waiting = onTheWay, let fate = waiting.change.fate {
            // A node that followed meanwhile may have got it as a row of the log.
            if case .kept(let seq, let calls) = fate, try through() < seq {
                if let (customer, work) = waiting.erases { prepared[customer] = work }
                unapplied.append((seq, waiting.entry(calls)))
            }
            onTheWay = nil
        }
        if !unapplied.isEmpty { try applyWaiting() }
    }

    /// The position up to which changes are here; 0 for none.
    private borrowing func through() throws(SQLiteError) -> Int64 {
        try database.integer("SELECT coalesce(changes_through, 0) FROM identity") ?? 0
    }

    /// Commits an entry that is in the log and whose changes are applied.
    mutating func commit(_ entry: ChangeEntry, at seq: Int64) throws(SQLiteError) {
        do throws(SQLiteError) {
            try applyPastCalls(of: entry, at: seq)
            try noteChanges(through: seq)
            try commit.run()
        } catch {
            // The change is in the log, so it counts: the next change has to find it in the records.
            if database.inTransaction { try? database.run("ROLLBACK") }
            unapplied.append((seq, entry))
            try applyWaiting()
        }
    }

    /// Applies what is in the log and could not be committed here.
    mutating func applyWaiting() throws(SQLiteError) {
        try applyFromLog(unapplied)
        unapplied = []
        if onTheWay == nil { prepared = [:] }
    }

    /// Applies entries of the log in a transaction of their own.
    borrowing func applyFromLog(_ entries: [(seq: Int64, entry: ChangeEntry)]) throws(SQLiteError) {
        guard let last = entries.last?.seq else { return }
        do throws(SQLiteError) {
            try begin.run()
            for (seq, entry) in entries {
                try apply(entry)
                try applyPastCalls(of: entry, at: seq)
                try noteErasures(at: seq)
            }
            try noteChanges(through: last)
            try commit.run()
        } catch {
            if database.inTransaction { try? database.run("ROLLBACK") }
            throw error
        }
    }

    /// Stores that the changes up to this log position are here.
    borrowing func noteChanges(through seq: Int64) throws(SQLiteError) {
        let mark = try database.prepare("UPDATE identity SET changes_through=?1, newest=max(newest, ?1)")
        try mark.bind(seq, 1)
        try mark.run()
    }
}
