import CallCenter
import SQLite

/// How far webhooks are, what they could not deliver, and which cases were told to be late.
extension CustomerStore {
    /// The position up to which a webhook is done; nil for one that never began.
    public func position(ofWebhook name: String) throws(StoreError) -> Int64? {
        try reading { state throws(SQLiteError) in
            let one = try state.database.prepare("SELECT position FROM webhook WHERE name=?")
            try one.bind(name, 1)
            return try one.step() ? one.int(0) : nil
        }
    }

    /// What a webhook could not deliver, oldest first.
    ///
    /// - Parameter after: only what is behind this event; nil for the first.
    public func deadDeliveries(
        of webhook: String, after: (seq: Int64, part: Int)? = nil, limit: Int
    ) throws(StoreError) -> [DeadDelivery] {
        try reading { state throws(SQLiteError) in
            let all = try state.database.prepare(
                """
                SELECT seq, part, type, tries, at, problem FROM dead_delivery
                WHERE webhook=?1 AND (seq, part)>(?2, ?3) ORDER BY seq, part LIMIT ?4
                """)
            try all.bind(webhook, 1)
            try all.bind(after?.seq ?? 0, 2)
            try all.bind(Int64(after?.part ?? -1), 3)
            try all.bind(Int64(limit), 4)
            var found: [DeadDelivery] = []
            while try all.step() {
                found.append(
                    DeadDelivery(
                        webhook: webhook, seq: all.int(0), part: Int(all.int(1)), type: all.text(2) ?? "",
                        tries: all.int(3), at: Timestamp(ms: all.int(4)), problem: all.text(5) ?? ""))
            }
            return found
        }
    }

    /// How many events a webhook could not deliver.
    public func deadDeliveryCount(of webhook: String) throws(StoreError) -> Int64 {
        try reading { state throws(SQLiteError) in try state.deadDeliveryCount(of: webhook) }
    }

    /// Open cases whose due time has passed, and that nobody was told of with this due time; the oldest first.
    public func untoldLateCases(at now: Timestamp, limit: Int) throws(StoreError) -> [LateCase] {
        try reading { state throws(SQLiteError) in
            let all = try state.database.prepare(
                """
                SELECT k.id, k.customer, k.owner, k.due FROM customer_case k
                WHERE k.closed_at IS NULL AND k.due<?1
                  AND NOT EXISTS(SELECT 1 FROM case_late l WHERE l.id=k.id AND l.due=k.due)
                ORDER BY k.due, k.id LIMIT ?2
                """)
            try all.bind(now.ms, 1)
            try all.bind(Int64(limit), 2)
            var found: [LateCase] = []
            while try all.step() {
                found.append(
                    LateCase(
                        id: all.int(0), customer: all.int(1), owner: all.text(2), due: Timestamp(ms: all.int(3))))
            }
            return found
        }
    }
}

extension CustomerStore.State {
    borrowing func deadDeliveryCount(of webhook: String) throws(SQLiteError) -> Int64 {
        let count = try database.prepare("SELECT count(*) FROM dead_delivery WHERE webhook=?")
        try count.bind(webhook, 1)
        return try count.step() ? count.int(0) : 0
    }

    /// Positions never go back: an entry that is applied twice changes nothing.
    borrowing func apply(positionOfWebhook name: String, seq: Int64) throws(SQLiteError) {
        let write = try database.prepare(
            """
            INSERT INTO webhook VALUES(?1, ?2) ON CONFLICT(name) DO UPDATE SET position=max(position, ?2)
            """)
        try write.bind(name, 1)
        try write.bind(seq, 2)
        try write.run()
    }

    borrowing func apply(_ one: DeadDelivery) throws(SQLiteError) {
        let write = try database.prepare("INSERT OR REPLACE INTO dead_delivery VALUES(?,?,?,?,?,?,?)")
        try write.bind(one.webhook, 1)
        try write.bind(one.seq, 2)
        try write.bind(Int64(one.part), 3)
        try write.bind(one.type, 4)
        try write.bind(one.tries, 5)
        try write.bind(one.at.ms, 6)
        try write.bind(one.problem, 7)
        try write.run()
    }

    borrowing func apply(deliveryGone webhook: String, seq: Int64, part: Int) throws(SQLiteError) {
        let write = try database.prepare("DELETE FROM dead_delivery WHERE webhook=? AND seq=? AND part=?")
        try write.bind(webhook, 1)
        try write.bind(seq, 2)
        try write.bind(Int64(part), 3)
        try write.run()
    }

    borrowing func apply(_ one: LateCase) throws(SQLiteError) {
        try database.run("INSERT OR REPLACE INTO case_late VALUES(\(one.id), \(one.customer), \(one.due.ms))")
    }
}
