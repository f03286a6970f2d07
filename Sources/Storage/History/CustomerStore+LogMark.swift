import SQLite

/// The log that the history was made from, as stored in the records.
struct LogMark: Equatable, Sendable {
    /// nil when it is not stored yet.
    var log: LogIdentity?
    /// The newest log position that a call, a contact or a correction here is made of; 0 for none.
    var newest: Int64
    /// The place up to which the history is complete; nil when an older version did not note it.
    var through: Int64?
}

extension CustomerStore {
    func logMark() throws(StoreError) -> LogMark {
        try with { state throws(SQLiteError) in
            let one = try state.database.prepare("SELECT log, newest, through FROM identity")
            guard try one.step() else { return LogMark(log: nil, newest: 0, through: nil) }
            return LogMark(
                log: one.text(0).flatMap(LogIdentity.init), newest: one.int(1),
                through: one.isNull(2) ? nil : one.int(2))
        }
    }

    /// Stores the identity of the log that the history belongs to.
    ///
    /// - Parameters:
    ///   - through: the log position up to which the history is complete.
    ///   - customersBehind: ids of new customers start after this one, as the log knows other customers with the ids up
    ///     to it.
    func claim(_ log: LogIdentity, through: Int64, customersBehind: Int64?) throws(StoreError) {
        try with { state throws(SQLiteError) in
            let write = try state.database.prepare(
                "UPDATE identity SET log=?1, through=?2, customers_behind=max(customers_behind, ?3)")
            try write.bind(log.text, 1)
            try write.bind(through, 2)
            try write.bind(customersBehind ?? 0, 3)
            try write.run()
        }
    }

    /// The log position up to which the history is complete.
    public func historyThrough() throws(StoreError) -> Int64? { try logMark().through }

    /// Stores the log position up to which the history is complete.
    public func noteHistory(through seq: Int64) throws(StoreError) {
        try with { state throws(SQLiteError) in
            try state.noteHistory(through: seq)
        }
    }
}

extension CustomerStore.State {
    /// Called in the transaction of later entries, or in one of its own. An earlier position than the stored one
    /// changes nothing.
    func noteHistory(through seq: Int64) throws(SQLiteError) {
        let write = try database.prepare(
            "UPDATE identity SET through=max(coalesce(through, 0), ?1), newest=max(newest, ?1)")
        try write.bind(seq, 1)
        try write.run()
    }

    /// Called in the transaction that stores what was made from this log position.
    func noteNewest(_ seq: Int64) throws(SQLiteError) {
        try newest.bind(seq, 1)
        try newest.runAgain()
    }
}
