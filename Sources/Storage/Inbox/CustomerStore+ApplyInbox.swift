import CallCenter
import SQLite

/// How a change of the inbox is applied: by its writer, and again from the log at a start. Both give the same rows.
extension CustomerStore.State {
    borrowing func apply(_ one: InboxItem) throws(SQLiteError) {
        if let before = try inboxItem(one.id), before.version >= one.version { return }
        var out = PackedWriter()
        out.inboxItem(one)
        let write = try database.prepare(
            """
            INSERT OR REPLACE INTO inbox_item(id, key, version, state, address, customer, fields) VALUES(?,?,?,?,?,?,?)
            """)
        try write.bind(one.id, 1)
        try write.bind(one.contact.key, 2)
        try write.bind(one.version, 3)
        try write.bind(one.state.rawValue, 4)
        try write.bind(one.contact.parties.first?.address.key, 5)
        try write.bind(one.handling?.customer, 6)
        try write.bind(out.bytes, 7)
        try write.run()
    }

    borrowing func apply(_ claim: CaseClaim?, ofInboxItem id: Int64) throws(SQLiteError) {
        let write = try database.prepare(
            "UPDATE inbox_item SET claimed_by=?2, claimed_at=?3 WHERE id=?1 AND state=\(InboxItem.State.open.rawValue)")
        try write.bind(id, 1)
        try write.bind(claim?.by, 2)
        try write.bind(claim?.since.ms, 3)
        try write.run()
    }

    /// Of a contact that is on a record; one whose customer was erased is on none.
    borrowing func apply(_ one: RecordChange.Trace) throws(SQLiteError) {
        guard try newestVersion(ofItem: one.item) > 0 else { return }
        let write = try database.prepare(
            "INSERT OR REPLACE INTO contact_trace(item, key, case_id, subject, at) VALUES(?,?,?,?,?)")
        try write.bind(one.item, 1)
        try write.bind(one.key, 2)
        try write.bind(one.caseID, 3)
        try write.bind(one.subject, 4)
        try write.bind(one.at.ms, 5)
        try write.run()
    }

    // MARK: Erasing

    /// The inbox's items that are a customer's: attached to it, or of an address that nobody else has.
    ///
    /// - Parameter addresses: the customer's alone, as look-ups compare them.
    borrowing func inboxItems(of customer: Int64, addresses: [String]) throws(SQLiteError) -> [InboxItem] {
        var found = try InboxQuery.items(database, "WHERE customer=?1", bind: .number(customer))
        for address in addresses {
            // What is attached to somebody else is theirs.
            found += try InboxQuery.items(
                database, "WHERE address IN (?1, lower(?1)) AND customer IS NULL", bind: .text(address))
        }
        var seen: Set<Int64> = []
        return found.filter { seen.insert($0.id).inserted }
    }

    /// Before the customer's items are removed.
    borrowing func eraseInbox(of customer: Int64, items: [Int64]) throws(SQLiteError) {
        let list = items.map(String.init).joined(separator: ",")
        try database.run(
            """
            DELETE FROM contact_trace WHERE item IN (SELECT item FROM item_version WHERE customer=\(customer));
            DELETE FROM inbox_item WHERE id IN (\(list))
            """)
    }
}
