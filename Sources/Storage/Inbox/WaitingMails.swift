import CallCenter
import SQLite

/// Mails that wait for somebody, in numbers.
public struct WaitingMails: Equatable, Sendable {
    /// How many there are.
    public var open: Int64 = 0
    /// Those of them that have waited for too long.
    public var late: Int64 = 0
    /// Since when the oldest one waits; nil without any.
    public var oldest: Timestamp?

    /// None wait.
    public init() {}

    /// Whether a mail has waited for too long.
    ///
    /// - Parameter lateBefore: what waits since before this moment has; nil: nothing has.
    public static func isLate(since: Timestamp, _ lateBefore: Timestamp?) -> Bool {
        lateBefore.map { since < $0 } ?? false
    }
}

extension CustomerStore {
    /// The open items of the inbox, in numbers.
    ///
    /// - Parameter lateBefore: what came before this moment is late; nil: nothing is.
    public func waitingInInbox(lateBefore: Timestamp?) throws(StoreError) -> WaitingMails {
        try reading { state throws(SQLiteError) in try state.waitingInInbox(lateBefore: lateBefore) }
    }

    /// The mails that wait for a supervisor's approval, in numbers.
    ///
    /// - Parameter lateBefore: what waits since before this moment is late; nil: nothing is.
    public func waitingForApproval(lateBefore: Timestamp?) throws(StoreError) -> WaitingMails {
        try reading { state throws(SQLiteError) in
            let all = try state.database.prepare(
                """
                SELECT count(*), coalesce(sum(r.updated_at<?1), 0), min(r.updated_at) FROM mail_reply r
                WHERE r.state='\(MailReply.State.waiting.rawValue)'
                  AND EXISTS(SELECT 1 FROM customer WHERE id=r.customer)
                """)
            try all.bind(lateBefore?.ms, 1)
            var found = WaitingMails()
            guard try all.step() else { return found }
            found.open = all.int(0)
            found.late = all.int(1)
            found.oldest = all.isNull(2) ? nil : Timestamp(ms: all.int(2))
            return found
        }
    }
}

extension CustomerStore.State {
    fileprivate borrowing func waitingInInbox(lateBefore: Timestamp?) throws(SQLiteError) -> WaitingMails {
        var found = WaitingMails()
        found.open =
            try database.integer("SELECT count(*) FROM inbox_item WHERE state=\(InboxItem.State.open.rawValue)") ?? 0
        found.oldest = try openItemCame(0)
        // They have their ids in the order in which they came: the late ones are the first of them.
        var low: Int64 = 0, high = found.open
        while low < high {
            let middle = (low + high) / 2
            if let at = try openItemCame(middle), WaitingMails.isLate(since: at, lateBefore) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        found.late = low
        return found
    }

    /// When the open item at a place in the order of the ids came; nil behind the last one.
    private borrowing func openItemCame(_ place: Int64) throws(SQLiteError) -> Timestamp? {
        try InboxQuery.items(
            database, "WHERE state=\(InboxItem.State.open.rawValue) ORDER BY id LIMIT 1 OFFSET ?1", bind: .number(place)
        ).first?.receivedAt
    }
}
