import CallCenter
import SQLite

/// Erasing a customer from the history: blanked where it stands, so that lists and figures stay as they were.
extension CustomerStore {
    /// What the history knows of a customer, before anything of it is replaced.
    public struct Traces: Sendable {
        /// Calls that are the customer's.
        public var calls: [ErasedCall] = []
        /// Numbers of calls that have something of the customer, the customer's own calls included.
        public var touched: [Int64] = []
        /// Positions of the log's entries that made contacts of the customer on other channels.
        public var contacts: Set<Int64> = []
    }

    /// Reads the whole history, page by page, and a second time for what quotes the customer's calls.
    public func traces(of erase: UnfinishedErasure) throws(StoreError) -> Traces {
        var traces = Traces()
        let customer = erase.customer
        let ids = try with { state throws(SQLiteError) in
            let all = try state.database.prepare("SELECT id FROM touchpoint WHERE customer=? ORDER BY id")
            try all.bind(customer, 1)
            var ids: [Int64] = []
            while try all.step() { ids.append(all.int(0)) }
            return ids
        }
        // One call number in 4,096 is kept free for contacts on other channels.
        let others = ids.filter { TouchpointEntry.id(seq: $0 / 4_096) == $0 }
        traces.contacts = Set(others.map { $0 / 4_096 })
        var erasure = erase.erasure
        erasure.add(calls: Set(ids).subtracting(others))
        try calls(below: nil, CallSpan(), customer: nil) { [erasure] call in
            if erasure.isTheirs(call) { traces.calls.append(ErasedCall(call)) }
            return true
        }
        erasure.add(traces.calls)
        try calls(below: nil, CallSpan(), customer: nil) { [erasure] call in
            if erasure.isTheirs(call) || call.isTouched(by: erasure) { traces.touched.append(call.number) }
            return true
        }
        return traces
    }

    /// The number of the next call with the same id of the same source; nil when there is none.
    public func nextCall(after call: ErasedCall) throws(StoreError) -> Int64? {
        try with { state throws(SQLiteError) in
            let next = try state.database.prepare("SELECT min(number) FROM call WHERE id=? AND source=? AND number>?")
            try next.bind(call.key.call, 1)
            try next.bind(call.key.source, 2)
            try next.bind(call.number, 3)
            return try next.step() && !next.isNull(0) ? next.int(0) : nil
        }
    }

    /// Calls that are replaced in one transaction: some milliseconds, for which other writers wait.
    public static let erasedAtOnce = 100

    /// Replaces what calls have of a customer.
    ///
    /// - Parameter erasure: with all calls that are the customer's.
    public func erase(calls numbers: some Collection<Int64> & Sendable, by erasure: Erasure) throws(StoreError) {
        try with { state throws(SQLiteError) in
            try state.begin.run()
            let read = try state.database.prepare("SELECT record FROM call WHERE number=?")
            let write = try state.database.prepare("UPDATE call SET record=? WHERE number=?")
            let contact = try state.database.prepare(
                """
                UPDATE touchpoint SET number=?1, summary=?2 WHERE at=?4 AND id=?5
                  AND customer=coalesce((SELECT now_id FROM merged_customer WHERE id=?3), ?3)
                """)
            for number in numbers {
                defer { read.reset() }
                try read.bind(number, 1)
                guard try read.step(), var call = read.withBytes(0, { CallBytes.decode(Array($0)) }) else { continue }
                let before = call
                call.erase(erasure)
                guard call != before else { continue }
                try write.bind(CallBytes.encode(call), 1)
                try write.bind(number, 2)
                try write.runAgain()
                guard let customer = call.customerID, let start = call.startedAt else { continue }
                try contact.bind(call.lookup?.caller.e164, 1)
                try contact.bind(call.touchpoint(at: start).summary, 2)
                try contact.bind(customer, 3)
                try contact.bind(start.ms, 4)
                try contact.bind(number, 5)
                try contact.runAgain()
            }
            try state.commit.run()
        }
    }

    /// Replaces the texts of a customer's contacts on other channels, and of notes.
    public func eraseContacts(of customer: Int64) throws(StoreError) {
        try with { state throws(SQLiteError) in
            try state.begin.run()
            let write = try state.database.prepare(
                "UPDATE touchpoint SET summary=?2 WHERE customer=?1 AND id%4096=4095 AND summary<>'' AND summary<>?2")
            try write.bind(customer, 1)
            try write.bind(Erasure.text, 2)
            try write.run()
            try state.commit.run()
        }
    }

    // MARK: The end

    /// Takes replaced texts of contacts out of the index, or merges a part of the searches' indexes, so that words
    /// which were taken out of them leave the file.
    ///
    /// - Returns: whether there may be more to merge.
    public func mergeSearchIndex() throws(StoreError) -> Bool {
        if try indexContacts(CustomerStore.erasedAtOnce) { return true }
        return try with { state throws(SQLiteError) in
            var isMore = false
            for index in ["customer_grams", "contact_grams"] {
                let before = try state.database.integer("SELECT total_changes()") ?? 0
                try state.database.run("INSERT INTO \(index)(\(index), rank) VALUES('merge', -200)")
                let after = try state.database.integer("SELECT total_changes()") ?? 0
                // FTS5: nothing was merged when this counts less than two changes.
                if after - before >= 2 { isMore = true }
            }
            return isMore
        }
    }

    /// Notes what an erase found, and forgets what it had to find.
    ///
    /// - Parameters:
    ///   - calls: how many calls were the customer's.
    ///   - contacts: how many contacts on other channels, and notes.
    ///   - entries: how many entries of the log were written again.
    public func noteErased(
        _ customer: Int64, calls: Int, contacts: Int, entries: Int, at now: Timestamp
    ) throws(StoreError) {
        try with { state throws(SQLiteError) in
            try state.begin.run()
            try state.database.run(
                """
                UPDATE erased_customer SET calls=\(calls), contacts=\(contacts), entries=max(entries, \(entries)), \
                done_at=\(now.ms) WHERE id=\(customer);
                DELETE FROM erasure WHERE customer=\(customer)
                """)
            try state.commit.run()
        }
    }
}

extension Call {
    /// Whether something of the customer is in a call that is somebody else's.
    fileprivate func isTouched(by erasure: Erasure) -> Bool {
        var copy = self
        copy.erase(erasure)
        return copy != self
    }
}
