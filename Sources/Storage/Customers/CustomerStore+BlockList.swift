import CallCenter
import SQLite

/// A number whose calls are rejected, or sent where the centre says.
public struct BlockedNumber: Equatable, Sendable {
    /// E.164.
    public var number: String
    public var display: String
    public var reason: String?
    public var since: Timestamp

    public init(number: String, display: String, reason: String?, since: Timestamp) {
        self.number = number
        self.display = display
        self.reason = reason
        self.since = since
    }
}

extension CustomerStore {
    public func blocked() throws(StoreError) -> [BlockedNumber] {
        try with { state throws(SQLiteError) in
            let all = try state.database.prepare(
                "SELECT number, display, reason, since FROM blocked ORDER BY since DESC, number")
            var found: [BlockedNumber] = []
            while try all.step() {
                found.append(
                    BlockedNumber(
                        number: all.text(0) ?? "", display: all.text(1) ?? "", reason: all.text(2),
                        since: Timestamp(ms: all.int(3))))
            }
            return found
        }
    }

    /// A number that is blocked already keeps its date and gets the new reason.
    public func block(_ entry: BlockedNumber) throws(StoreError) {
        try with { state throws(SQLiteError) in
            let write = try state.database.prepare(
                "INSERT INTO blocked(number, display, reason, since) VALUES(?,?,?,?) ON CONFLICT(number) DO UPDATE SET "
                    + "reason=excluded.reason"
            )
            try write.bind(entry.number, 1)
            try write.bind(entry.display, 2)
            try write.bind(entry.reason, 3)
            try write.bind(entry.since.ms, 4)
            try write.run()
        }
    }

    /// False when it was not blocked.
    public func unblock(_ number: String) throws(StoreError) -> Bool {
        try with { state throws(SQLiteError) in
            let delete = try state.database.prepare("DELETE FROM blocked WHERE number=? RETURNING 1")
            try delete.bind(number, 1)
            let was = try delete.step()
            // The row is told before the statement is done.
            if was { _ = try delete.step() }
            return was
        }
    }
}
