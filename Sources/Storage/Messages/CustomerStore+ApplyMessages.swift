import CallCenter
import SQLite

/// How messages are applied: by their writer, and again from the log at a start. Both give the same rows.
extension CustomerStore.State {
    /// A message that somebody wrote; one that answers another is noted there.
    borrowing func apply(_ one: DeskNote, _ origin: Origin) throws(SQLiteError) {
        var customer = one.customer, former: Int64?
        if let named = one.customer {
            guard try isKnown(named) else { return }
            // The entry names whom it is about, also while that one is a part of another.
            let now = try survivor(of: named)
            if now != named { (customer, former) = (now, named) }
        }
        let write = try database.prepare(
            """
            INSERT OR IGNORE INTO desk_message(id, at, audience, recipient, sender, sender_name, text, call, customer, \
            origin, case_id, reply_to) VALUES(?,?,?,?,?,?,?,?,?,?,?,?)
            """)
        try write.bind(one.id, 1)
        try write.bind(origin.at.ms, 2)
        try write.bind(one.to.word, 3)
        try write.bind(one.to.operatorID, 4)
        try write.bind(one.from, 5)
        try write.bind(one.fromName, 6)
        try write.bind(one.text, 7)
        try write.bind(one.call, 8)
        try write.bind(customer, 9)
        try write.bind(former, 10)
        try write.bind(one.caseID, 11)
        try write.bind(one.replyTo, 12)
        try write.run()
        guard let replyTo = one.replyTo else { return }
        let answer = try database.prepare(
            "UPDATE desk_message SET answered_by=?1, answered_at=?2, answer=?3 WHERE id=?4 AND answer IS NULL")
        try answer.bind(one.from ?? origin.author.who ?? "", 1)
        try answer.bind(origin.at.ms, 2)
        try answer.bind(one.id, 3)
        try answer.bind(replyTo, 4)
        try answer.run()
    }

    borrowing func applyReading(of id: Int64, by: String, _ origin: Origin) throws(SQLiteError) {
        let write = try database.prepare(
            """
            INSERT OR IGNORE INTO desk_message_read
            SELECT ?1, ?2, ?3 WHERE EXISTS(SELECT 1 FROM desk_message WHERE id=?1)
            """)
        try write.bind(id, 1)
        try write.bind(by, 2)
        try write.bind(origin.at.ms, 3)
        try write.run()
    }

    /// The id of the next message: behind those of erased ones too.
    borrowing func nextMessage() throws(SQLiteError) -> Int64 {
        try database.integer(
            "SELECT 1 + max(coalesce((SELECT max(id) FROM desk_message), 0), (SELECT messages_behind FROM identity))")
            ?? 1
    }

    // MARK: Erasing

    /// What was written about a customer.
    borrowing func messageTexts(of customer: Int64) throws(SQLiteError) -> [String] {
        let all = try database.prepare("SELECT text FROM desk_message WHERE customer=?1 OR origin=?1")
        try all.bind(customer, 1)
        var texts: [String] = []
        while try all.step() { if let text = all.text(0), text.utf8.count >= 3 { texts.append(text) } }
        return texts
    }

    borrowing func eraseMessages(of customer: Int64) throws(SQLiteError) {
        try database.run(
            """
            DELETE FROM desk_message_read WHERE message IN
              (SELECT id FROM desk_message WHERE customer=\(customer) OR origin=\(customer));
            DELETE FROM desk_message WHERE customer=\(customer) OR origin=\(customer)
            """)
    }
}
