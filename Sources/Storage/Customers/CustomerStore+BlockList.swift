import CallCenter
import SQLite

/// A number whose calls are rejected, or sent where the centre says.
public struct BlockedNumber: Equatable, Sendable {
    /// E.164.
    public var number: String
    /// The number as people write it.
    public var display: String
    /// Why it is blocked, as somebody wrote it; nil for nothing said.
    public var reason: String?
    /// When it was blocked.
    public var since: Timestamp

    /// Copies its arguments.
    public init(number: String, display: String, reason: String?, since: Timestamp) {
        self.number = number
        self.display = display
        self.reason = reason
        self.since = since
    }
}

extension CustomerStore {
    /// All blocked numbers, the newest first.
    public func blocked() throws(StoreError) -> [BlockedNumber] {
        try reading { state throws(SQLiteError) in try CustomerStore.blocked(state, number: nil) }
    }

    /// - Parameter number: nil for all.
    static func blocked(_ state: borrowing State, number: String?) throws(SQLiteError) -> [BlockedNumber] {
        let all = try state.database.prepare(
            """
            SELECT number, display, reason, since FROM blocked WHERE ?1 IS NULL OR number=?1
            ORDER BY since DESC, number
            """)
        try all.bind(number, 1)
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
