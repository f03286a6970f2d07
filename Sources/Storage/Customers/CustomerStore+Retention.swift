import CallCenter
import SQLite

/// What is kept for longer than its retention.
extension CustomerStore {
    /// Customers who were deleted before a moment, the longest ago first, at most `limit`.
    ///
    /// - Parameter id: of those of one moment the ones behind it.
    public func deletedCustomers(
        before time: Timestamp, after: (at: Timestamp, id: Int64)? = nil, limit: Int
    ) throws(StoreError) -> [(id: Int64, at: Timestamp)] {
        try with { state throws(SQLiteError) in
            let all = try state.database.prepare(
                """
                SELECT id, deleted_at FROM deleted_customer WHERE deleted_at<?1 AND (deleted_at, id)>(?2, ?3)
                ORDER BY deleted_at, id LIMIT ?4
                """)
            try all.bind(time.ms, 1)
            try all.bind(after?.at.ms ?? Int64.min, 2)
            try all.bind(after?.id ?? 0, 3)
            try all.bind(Int64(limit), 4)
            var found: [(id: Int64, at: Timestamp)] = []
            while try all.step() { found.append((all.int(0), Timestamp(ms: all.int(1)))) }
            return found
        }
    }

    /// How many of a kind there are, how many of them are older than a moment, and when the oldest is of.
    public func age(of kind: AgingKind, before time: Timestamp) throws(StoreError) -> Aging {
        let (table, column) = kind.place
        return try with { state throws(SQLiteError) in
            let one = try state.database.prepare(
                "SELECT count(*), count(*) FILTER (WHERE \(column)<?1), min(\(column)) FROM \(table)")
            try one.bind(time.ms, 1)
            guard try one.step() else { return Aging() }
            return Aging(count: one.int(0), due: one.int(1), oldest: one.isNull(2) ? nil : Timestamp(ms: one.int(2)))
        }
    }
}

/// What of the records goes when it is old.
public enum AgingKind: String, Sendable, CaseIterable {
    /// Customers who were deleted.
    case deleted
    /// Messages between desks.
    case messages

    fileprivate var place: (table: String, column: String) {
        switch self {
        case .deleted: ("deleted_customer", "deleted_at")
        case .messages: ("desk_message", "at")
        }
    }
}

/// How old the records of a kind are.
public struct Aging: Equatable, Sendable {
    /// How many there are.
    public var count: Int64 = 0
    /// Those that are older than the retention.
    public var due: Int64 = 0
    /// When the oldest of them was deleted or written; nil without any.
    public var oldest: Timestamp?

    /// Copies its arguments.
    init(count: Int64 = 0, due: Int64 = 0, oldest: Timestamp? = nil) {
        self.count = count
        self.due = due
        self.oldest = oldest
    }
}
