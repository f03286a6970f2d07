import SQLite

/// What was deleted from the beginning of a log: the newest position of a deleted change of each projection. A
/// projection whose mark is before it cannot be rebuilt from the log alone.
struct LogCut: Equatable, Sendable {
    /// 0: none was deleted. nil: not known, as an earlier version deleted it.
    var records: Int64?
    var tokens: Int64?
    var accounts: Int64?

    static let none = LogCut(records: 0, tokens: 0, accounts: 0)

    static let schema = """
        CREATE TABLE cut_off(
          one INTEGER PRIMARY KEY CHECK(one=1), records INTEGER, tokens INTEGER, accounts INTEGER) STRICT;
        INSERT INTO cut_off SELECT 1, none, none, none FROM (
          SELECT CASE WHEN coalesce((SELECT min(first) FROM burst), 1)=1 AND
            coalesce((SELECT behind FROM identity), 0)=0 THEN 0 END AS none)
        """

    /// Reads it from a log; nothing is known of one that an earlier version made.
    static func read(_ database: borrowing Connection) throws(SQLiteError) -> LogCut {
        let isThere = "SELECT count(*) FROM sqlite_schema WHERE type='table' AND name='cut_off'"
        guard try database.integer(isThere) == 1 else { return LogCut() }
        let one = try database.prepare("SELECT records, tokens, accounts FROM cut_off")
        guard try one.step() else { return LogCut() }
        return LogCut(
            records: one.isNull(0) ? nil : one.int(0), tokens: one.isNull(1) ? nil : one.int(1),
            accounts: one.isNull(2) ? nil : one.int(2))
    }

    init(records: Int64? = nil, tokens: Int64? = nil, accounts: Int64? = nil) {
        self.records = records
        self.tokens = tokens
        self.accounts = accounts
    }

    /// What is known after a further entry was deleted. Entries are deleted in their order.
    mutating func note(_ entry: EventLog.EntryInPlace) {
        switch EntryKind(source: entry.source) {
        case .records: records = entry.seq
        case .secrets:
            switch (try? SecretEntry([UInt8](entry.line)))?.change {
            case .token, .tokenRevoked: tokens = entry.seq
            case nil:
                tokens = entry.seq
                accounts = entry.seq
            default: accounts = entry.seq
            }
        case .event, .policy: break
        }
    }

    /// Notes what the rows have that are deleted next.
    ///
    /// - Parameter rows: a condition on `burst`, with parameters from `?1` on.
    static func note(
        _ database: borrowing Connection, rows condition: String, _ values: [Int64]
    ) throws(SQLiteError) {
        let all = try database.prepare(
            "SELECT first, entries FROM burst WHERE changes>0 AND \(condition) ORDER BY first")
        for (place, value) in values.enumerated() { try all.bind(value, Int32(place + 1)) }
        let before = try read(database)
        var cut = before, isDamaged = false
        while try all.step() {
            let first = all.int(0)
            all.withBytes(1) { bytes in
                do throws(Malformed) {
                    try Burst.readInPlace(bytes, first: first, from: first) { entry in
                        cut.note(entry)
                        return true
                    }
                } catch { isDamaged = true }
            }
            if isDamaged { cut = LogCut(records: first, tokens: first, accounts: first) }
        }
        guard cut != before else { return }
        try cut.write(database)
    }

    func write(_ database: borrowing Connection) throws(SQLiteError) {
        let write = try database.prepare("INSERT OR REPLACE INTO cut_off VALUES(1,?,?,?)")
        for (place, position) in [records, tokens, accounts].enumerated() {
            if let position { try write.bind(position, Int32(place + 1)) }
        }
        try write.run()
    }
}
