import CallCenter
import SQLite

/// Reading messages. Those about a deleted customer are in no list.
extension CustomerStore {
    /// The message with this id; nil when there is none, and for one about a deleted customer.
    public func message(_ id: Int64) throws(StoreError) -> KeptMessage? {
        try reading { state throws(SQLiteError) in try state.message(id) }
    }

    /// Messages, newest first.
    ///
    /// - Parameter below: only those below this id; nil for the newest.
    public func messages(
        _ filter: MessageFilter, below: Int64?, limit: Int
    ) throws(StoreError) -> [KeptMessage] {
        try reading { state throws(SQLiteError) in
            let all = try state.database.prepare(
                """
                SELECT \(CustomerStore.messageColumns) WHERE m.id<?1 AND \(CustomerStore.condition(filter))
                ORDER BY m.id DESC LIMIT ?2
                """)
            try all.bind(below ?? .max, 1)
            try all.bind(Int64(limit), 2)
            try CustomerStore.bind(filter, to: all)
            var found: [KeptMessage] = []
            while try all.step() { found.append(CustomerStore.message(all)) }
            for n in found.indices { found[n].readings = try state.readings(of: found[n].id) }
            return found
        }
    }

    /// How many there are, at most `most`.
    public func messageCount(_ filter: MessageFilter, most: Int64 = 1_000) throws(StoreError) -> Int64 {
        try reading { state throws(SQLiteError) in
            let all = try state.database.prepare(
                """
                SELECT count(*) FROM (SELECT 1 FROM desk_message m WHERE m.id<?1 AND \(CustomerStore.condition(filter))
                  LIMIT ?2)
                """)
            try all.bind(Int64.max, 1)
            try all.bind(most, 2)
            try CustomerStore.bind(filter, to: all)
            return try all.step() ? all.int(0) : 0
        }
    }

    /// All messages about a customer, also about one who is deleted, in the order in which they were written.
    ///
    /// - Parameter above: only those above this id; nil for the oldest.
    public func allMessages(about customer: Int64, above: Int64?, limit: Int) throws(StoreError) -> [KeptMessage] {
        try reading { state throws(SQLiteError) in
            let all = try state.database.prepare(
                "SELECT \(CustomerStore.messageColumns) WHERE m.customer=?1 AND m.id>?2 ORDER BY m.id LIMIT ?3")
            try all.bind(customer, 1)
            try all.bind(above ?? 0, 2)
            try all.bind(Int64(limit), 3)
            var found: [KeptMessage] = []
            while try all.step() { found.append(CustomerStore.message(all)) }
            for n in found.indices { found[n].readings = try state.readings(of: found[n].id) }
            return found
        }
    }

    /// Deletes messages that are older than a time, the oldest first. Their ids are not used again.
    ///
    /// - Returns: whether there may be more.
    public func cutMessages(before time: Timestamp, limit: Int) throws(StoreError) -> Bool {
        try with { state throws(SQLiteError) in
            let old = "SELECT id FROM desk_message WHERE at<\(time.ms) ORDER BY at, id LIMIT \(limit)"
            let count = try state.database.integer("SELECT count(*) FROM (\(old))") ?? 0
            guard count > 0 else { return false }
            try state.database.run(
                """
                BEGIN IMMEDIATE;
                UPDATE identity SET messages_behind=max(messages_behind, (SELECT max(id) FROM desk_message));
                DELETE FROM desk_message_read WHERE message IN (\(old));
                DELETE FROM desk_message WHERE id IN (\(old));
                COMMIT
                """)
            return count == Int64(limit)
        }
    }

    fileprivate static let messageColumns = """
        m.id, m.at, m.audience, m.recipient, m.sender, m.sender_name, m.text, m.call, m.customer, \
        (SELECT name FROM customer WHERE id=m.customer), m.case_id, m.reply_to, m.answered_by, m.answered_at, m.answer \
        FROM desk_message m
        """

    /// ?3 is who reads, ?4 whether that one is a supervisor.
    private static func condition(_ filter: MessageFilter) -> String {
        var all = [
            "(m.customer IS NULL OR EXISTS(SELECT 1 FROM customer WHERE id=m.customer))",
            "(?5 IS NULL OR m.customer=?5) AND (?6 IS NULL OR m.case_id=?6)",
        ]
        let gets =
            "(m.recipient=?3 OR (m.audience='all' OR m.audience='supervisors' AND ?4=1) AND m.sender IS NOT ?3)"
        if filter.isUnread {
            all.append(gets)
            all.append("NOT EXISTS(SELECT 1 FROM desk_message_read r WHERE r.message=m.id AND r.reader=?3)")
        } else {
            all.append("(?3 IS NULL OR m.sender=?3 OR \(gets))")
        }
        if filter.isWaiting { all.append("m.audience='supervisors' AND m.answer IS NULL AND m.sender IS NOT NULL") }
        // All parameters are there, whatever is asked.
        return all.joined(separator: " AND ") + " AND (?4 IS NULL OR ?4>=0)"
    }

    private static func bind(_ filter: MessageFilter, to all: borrowing Statement) throws(SQLiteError) {
        try all.bind(filter.reader?.who, 3)
        try all.bind(filter.reader.map { $0.isSupervisor ? 1 : 0 }, 4)
        try all.bind(filter.customer, 5)
        try all.bind(filter.caseID, 6)
    }

    /// From a row of `messageColumns`, without who read it.
    fileprivate static func message(_ row: borrowing Statement) -> KeptMessage {
        func number(_ column: Int32) -> Int64? { row.isNull(column) ? nil : row.int(column) }
        let to = DeskNote.Audience(word: row.text(2) ?? "", row.text(3)) ?? .supervisors
        var one = KeptMessage(
            note: DeskNote(
                id: row.int(0), to: to, from: row.text(4), fromName: row.text(5), text: row.text(6) ?? "",
                call: row.text(7), customer: number(8), caseID: number(10), replyTo: number(11)),
            at: Timestamp(ms: row.int(1)), customerName: row.text(9))
        if let by = row.text(12), let at = number(13), let answer = number(14) {
            one.answer = KeptMessage.Answer(by: by, at: Timestamp(ms: at), message: answer)
        }
        return one
    }
}

extension CustomerStore.State {
    /// nil also for one about a deleted customer.
    borrowing func message(_ id: Int64) throws(SQLiteError) -> KeptMessage? {
        let one = try database.prepare(
            """
            SELECT \(CustomerStore.messageColumns) WHERE m.id=?
              AND (m.customer IS NULL OR EXISTS(SELECT 1 FROM customer WHERE id=m.customer))
            """)
        try one.bind(id, 1)
        guard try one.step() else { return nil }
        var found = CustomerStore.message(one)
        found.readings = try readings(of: id)
        return found
    }

    /// Whom a message named, where that one is a part of another now.
    borrowing func origin(ofMessage id: Int64) throws(SQLiteError) -> Int64? {
        let one = try database.prepare("SELECT origin FROM desk_message WHERE id=?")
        try one.bind(id, 1)
        return try one.step() && !one.isNull(0) ? one.int(0) : nil
    }

    fileprivate borrowing func readings(of id: Int64) throws(SQLiteError) -> [KeptMessage.Reading] {
        let all = try database.prepare("SELECT reader, at FROM desk_message_read WHERE message=? ORDER BY at, reader")
        try all.bind(id, 1)
        var found: [KeptMessage.Reading] = []
        while try all.step() {
            found.append(KeptMessage.Reading(by: all.text(0) ?? "", at: Timestamp(ms: all.int(1))))
        }
        return found
    }
}
