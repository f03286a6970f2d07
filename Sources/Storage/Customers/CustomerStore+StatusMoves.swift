import CallCenter
import SQLite

/// Whose status is another now: by a contact, and by the time without one.
extension CustomerStore {
    /// The customers whose newest contact changed their status since the last question, and those for whom it is too
    /// long ago by now. Each is answered once.
    ///
    /// - Parameters:
    ///   - since: the time of the last question.
    ///   - dormantAfter: no contact for so long makes a dormant customer. Milliseconds.
    public func statusMoves(
        since: Timestamp, now: Timestamp, dormantAfter: Int64, limit: Int
    ) throws(StoreError) -> [StatusMove] {
        try with { state throws(SQLiteError) in
            try state.movesByContact(now: now, dormantAfter: dormantAfter, limit: limit)
                + state.movesByTime(since: since, now: now, dormantAfter: dormantAfter, limit: limit)
        }
    }
}

/// `status_move`: whose newest contact is another one, with when the one before was (NULL: there was none).
/// `FactsWriter` writes it; the next question of the watch deletes it.
enum StatusTables {
    static let schema = "CREATE TABLE status_move(customer INTEGER PRIMARY KEY, was INTEGER) STRICT"
}

extension CustomerStore.State {
    fileprivate borrowing func movesByContact(
        now: Timestamp, dormantAfter: Int64, limit: Int
    ) throws(SQLiteError) -> [StatusMove] {
        guard try database.integer("SELECT 1 FROM status_move LIMIT 1") != nil else { return [] }
        try begin.run()
        let all = try database.prepare(
            """
            SELECT c.id, c.name, c.tier, c.owner, m.was, f.last_contact FROM status_move m
            JOIN customer c ON c.id=m.customer JOIN customer_facts f ON f.customer=m.customer ORDER BY m.customer
            """)
        var found: [StatusMove] = []
        while found.count < limit, try all.step() {
            guard !all.isNull(5) else { continue }
            let newest = Timestamp(ms: all.int(5)), was = all.isNull(4) ? nil : Timestamp(ms: all.int(4))
            let before: CustomerStatus = was.map { newest - $0 > dormantAfter ? .dormant : .active } ?? .new
            let after: CustomerStatus = now - newest > dormantAfter ? .dormant : .active
            if before != after { found.append(StatusMove(CustomerCard(status: all), from: before, to: after)) }
        }
        all.reset()
        try database.run("DELETE FROM status_move")
        try commit.run()
        return found
    }

    fileprivate borrowing func movesByTime(
        since: Timestamp, now: Timestamp, dormantAfter: Int64, limit: Int
    ) throws(SQLiteError) -> [StatusMove] {
        guard since < now else { return [] }
        let all = try database.prepare(
            """
            SELECT c.id, c.name, c.tier, c.owner FROM customer_facts f JOIN customer c ON c.id=f.customer
            WHERE f.last_contact>=?1 AND f.last_contact<?2 ORDER BY f.last_contact LIMIT ?3
            """)
        try all.bind((since - dormantAfter).ms, 1)
        try all.bind((now - dormantAfter).ms, 2)
        try all.bind(Int64(limit), 3)
        var found: [StatusMove] = []
        while try all.step() { found.append(StatusMove(CustomerCard(status: all), from: .active, to: .dormant)) }
        return found
    }
}

extension CustomerCard {
    /// From a row of id, name, tier, owner.
    fileprivate init(status row: borrowing Statement) {
        self.init(id: row.int(0), name: row.text(1) ?? "", tier: row.text(2) ?? "regular", owner: row.text(3))
    }
}
