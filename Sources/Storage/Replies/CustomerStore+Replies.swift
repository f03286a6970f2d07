import CallCenter
import SQLite

/// Reading replies. Those to a deleted customer are in no list, and are not sent.
extension CustomerStore {
    /// nil also for one to a deleted customer.
    public func reply(_ id: Int64) throws(StoreError) -> KeptReply? {
        try reading { state throws(SQLiteError) in
            try CustomerStore.replies(state, "WHERE r.id=?1 AND \(CustomerStore.isThere)", id).first
        }
    }

    /// Replies, newest first.
    ///
    /// - Parameter below: only those below this id; nil for the newest.
    public func replies(
        _ filter: ReplyFilter, below: Int64?, limit: Int
    ) throws(StoreError) -> [KeptReply] {
        try reading { state throws(SQLiteError) in
            let states = filter.states.map { "'\($0.rawValue)'" }.sorted().joined(separator: ",")
            let all = try state.database.prepare(
                """
                SELECT \(CustomerStore.replyColumns) WHERE r.id<?1 AND \(CustomerStore.isThere)
                  AND (?3 IS NULL OR r.person=?3) AND (?4 IS NULL OR r.case_id=?4) AND (?5 IS NULL OR r.customer=?5)
                  \(states.isEmpty ? "" : "AND r.state IN (\(states))")
                ORDER BY r.id DESC LIMIT ?2
                """)
            try all.bind(below ?? .max, 1)
            try all.bind(Int64(limit), 2)
            try all.bind(filter.person, 3)
            try all.bind(filter.caseID, 4)
            try all.bind(filter.customer, 5)
            return try CustomerStore.replies(all)
        }
    }

    /// How many there are in each state, of one author or of all.
    ///
    /// - Parameter person: nil for all.
    public func replyCounts(of person: String?) throws(StoreError) -> [MailReply.State: Int64] {
        try reading { state throws(SQLiteError) in
            let all = try state.database.prepare(
                """
                SELECT r.state, count(*) FROM mail_reply r
                WHERE r.state NOT IN ('sent', 'withdrawn') AND (?1 IS NULL OR r.person=?1) AND \(CustomerStore.isThere)
                GROUP BY 1
                """)
            try all.bind(person, 1)
            var counts: [MailReply.State: Int64] = [:]
            while try all.step() {
                if let word = all.text(0).flatMap(MailReply.State.init) { counts[word] = all.int(1) }
            }
            return counts
        }
    }

    /// The mails whose turn it is, oldest first.
    public func dueReplies(at now: Timestamp, limit: Int) throws(StoreError) -> [KeptReply] {
        try reading { state throws(SQLiteError) in
            let all = try state.database.prepare(
                """
                SELECT \(CustomerStore.replyColumns)
                WHERE r.state='queued' AND coalesce(r.next_try, 0)<=?1 AND \(CustomerStore.isThere)
                ORDER BY r.id LIMIT ?2
                """)
            try all.bind(now.ms, 1)
            try all.bind(Int64(limit), 2)
            return try CustomerStore.replies(all)
        }
    }

    /// The oldest mail in a case that a colleague has written, and that is not sent yet; nil without one.
    ///
    /// - Parameter person: whose own do not count; nil for a program.
    public func unsentReply(in caseID: Int64, notBy person: String?) throws(StoreError) -> KeptReply? {
        try reading { state throws(SQLiteError) in try state.unsentReply(in: caseID, notBy: person) }
    }

    /// Those which the mail program was started with, also to deleted customers.
    public func repliesUnderWay() throws(StoreError) -> [KeptReply] {
        try reading { state throws(SQLiteError) in
            try CustomerStore.replies(state, "WHERE r.state='sending' AND r.id>?1 ORDER BY r.id", 0)
        }
    }

    /// The mails of a case, oldest first, by which an answer finds its thread.
    public func mailThread(of caseID: Int64) throws(StoreError) -> MailThread {
        try reading { state throws(SQLiteError) in try state.mailThread(of: caseID) }
    }

    private static let isThere = "EXISTS(SELECT 1 FROM customer WHERE id=r.customer)"
    fileprivate static let replyColumns = """
        \(ReplyTables.columns), (SELECT name FROM customer WHERE id=r.customer), \
        (SELECT title FROM customer_case WHERE id=r.case_id) FROM mail_reply r
        """

    /// - Parameter rest: has one parameter, a number.
    static func replies(
        _ state: borrowing State, _ rest: String, _ number: Int64
    ) throws(SQLiteError) -> [KeptReply] {
        let all = try state.database.prepare("SELECT \(replyColumns) \(rest)")
        try all.bind(number, 1)
        return try replies(all)
    }

    fileprivate static func replies(_ all: borrowing Statement) throws(SQLiteError) -> [KeptReply] {
        var found: [KeptReply] = []
        while try all.step() {
            let bytes = all.withBytes(4) { Array($0) }
            do throws(Malformed) {
                var reply = try bytes.reading { from throws(Malformed) in try from.mailReply() }
                reply.version = all.int(1)
                reply.customer = all.int(2)
                found.append(
                    KeptReply(
                        reply: reply, customerName: all.text(5), caseTitle: all.text(6),
                        updatedAt: Timestamp(ms: all.int(3))))
            } catch { throw SQLiteError(code: LogTables.damaged, message: "mail \(all.int(0)) cannot be read") }
        }
        return found
    }
}

/// The mails of a case.
public struct MailThread: Equatable, Sendable {
    /// Their Message-IDs, oldest first; the last one is what an answer answers.
    public var ids: [String] = []
    /// The first line of the newest mail of the customer's: its subject, where it has one.
    public var subject: String?

    /// A thread without mails.
    init() {}
}

extension CustomerStore.State {
    /// One by its id, also to a deleted customer.
    borrowing func reply(_ id: Int64) throws(SQLiteError) -> KeptReply? {
        try CustomerStore.replies(self, "WHERE r.id=?1", id).first
    }

    /// The oldest mail in a case that somebody else has written, and that is not sent yet.
    borrowing func unsentReply(in caseID: Int64, notBy person: String?) throws(SQLiteError) -> KeptReply? {
        let all = try database.prepare(
            """
            SELECT \(CustomerStore.replyColumns)
            WHERE r.case_id=?1 AND r.state NOT IN ('sent', 'withdrawn') AND r.person<>coalesce(?2, '')
            ORDER BY r.id LIMIT 1
            """)
        try all.bind(caseID, 1)
        try all.bind(person, 2)
        return try CustomerStore.replies(all).first
    }

    borrowing func mailThread(of caseID: Int64) throws(SQLiteError) -> MailThread {
        let all = try database.prepare(
            "SELECT key, item FROM contact_trace WHERE case_id=? AND key LIKE 'mail:%' ORDER BY at, item")
        try all.bind(caseID, 1)
        var thread = MailThread(), parent: String?
        while try all.step() {
            guard let id = all.text(0)?.dropFirst("mail:".count) else { continue }
            thread.ids.append(String(id))
            guard case .contact(let contact) = try item(all.int(1))?.content, contact.direction == .inbound else {
                continue
            }
            parent = String(id)
            thread.subject = contact.summary.split(whereSeparator: \.isNewline).first.map(String.init)
        }
        // What is answered stands last.
        if let parent {
            thread.ids.removeAll { $0 == parent }
            thread.ids.append(parent)
        }
        return thread
    }
}
