import CallCenter
import SQLite

/// How replies are applied: by their writer, and again from the log at a start. Both give the same rows.
extension CustomerStore.State {
    /// A reply as it is after it was written.
    borrowing func apply(_ one: MailReply, _ origin: Origin) throws(SQLiteError) {
        guard try isKnown(one.customer), try (reply(one.id)?.reply.version ?? 0) < one.version else { return }
        // The entry names whose it is, also while that one is a part of another.
        let customer = try survivor(of: one.customer)
        var out = PackedWriter()
        out.mailReply(one)
        let write = try database.prepare(
            """
            INSERT OR REPLACE INTO mail_reply(id, version, customer, origin, case_id, state, next_try, person, key, \
            updated_at, fields) VALUES(?,?,?,?,?,?,?,?,?,?,?)
            """)
        try write.bind(one.id, 1)
        try write.bind(one.version, 2)
        try write.bind(customer, 3)
        try write.bind(customer == one.customer ? nil : one.customer, 4)
        try write.bind(one.caseID, 5)
        try write.bind(one.state.rawValue, 6)
        try write.bind(one.progress.nextTry?.ms, 7)
        try write.bind(one.person, 8)
        try write.bind(one.key, 9)
        try write.bind(origin.at.ms, 10)
        try write.bind(out.bytes, 11)
        try write.run()
    }

    /// Where a reply is after a step.
    borrowing func apply(_ one: RecordChange.ReplyProgress, _ origin: Origin) throws(SQLiteError) {
        guard var reply = try reply(one.id)?.reply, reply.version < one.version else { return }
        reply.customer = try nameInLog(of: reply)
        reply.version = one.version
        reply.progress = one.progress
        try apply(reply, origin)
    }

    /// Whom entries about a reply name: whose it was when it was written.
    borrowing func nameInLog(of reply: MailReply) throws(SQLiteError) -> Int64 {
        try database.integer("SELECT coalesce(origin, customer) FROM mail_reply WHERE id=\(reply.id)")
            ?? reply.customer
    }

    /// The id of the next reply: behind those of erased ones too.
    borrowing func nextReply() throws(SQLiteError) -> Int64 {
        try database.integer(
            "SELECT 1 + max(coalesce((SELECT max(id) FROM mail_reply), 0), (SELECT replies_behind FROM identity))") ?? 1
    }

    /// What a mail answers that names a reply which may be with its customer: also while nobody has said so.
    borrowing func repliesNamed(_ keys: [String]) throws(SQLiteError) -> [TracedContact] {
        let one = try database.prepare(
            "SELECT customer, case_id FROM mail_reply WHERE key=? AND state IN ('sending', 'unknown', 'queued')")
        var found: [TracedContact] = []
        for key in keys.reversed() {
            one.reset()
            try one.bind(key, 1)
            if try one.step() { found.append(TracedContact(item: 0, customer: one.int(0), caseID: one.int(1))) }
        }
        return found
    }

    /// Whether a mail that comes in is one of our own, which is recorded when it is known to be sent.
    borrowing func isReply(_ key: String) throws(SQLiteError) -> Bool {
        let one = try database.prepare("SELECT 1 FROM mail_reply WHERE key=?")
        try one.bind(key, 1)
        return try one.step()
    }

    // MARK: Erasing

    /// What was written to a customer.
    borrowing func replyTexts(of customer: Int64) throws(SQLiteError) -> [String] {
        try CustomerStore.replies(self, "WHERE r.customer=?1 OR r.origin=?1", customer).flatMap(\.reply.texts)
    }

    borrowing func eraseReplies(of customer: Int64) throws(SQLiteError) {
        try database.run("DELETE FROM mail_reply WHERE customer=\(customer) OR origin=\(customer)")
    }
}
