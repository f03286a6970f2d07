import CallCenter
import SQLite

/// How a merge is applied to the records, and taken apart: by its writer, and again from the log at a start.
///
/// Contacts are written by the calls' history, on a clock of its own. One that comes after the merge is written with
/// the customer who has the data now, and with where it came from; so both orders give the same rows.
extension CustomerStore.State {
    /// A customer that is a part of another, as it was.
    struct Part {
        var id: Int64
        var into: Int64
        /// Who has its data now.
        var now: Int64
        var merge: Int64
        var version: Int64
        var createdAt: Timestamp
        var fields: CustomerFields
    }

    borrowing func part(_ id: Int64) throws(SQLiteError) -> Part? {
        let one = try database.prepare(
            "SELECT into_id, now_id, merge, version, created_at, fields FROM merged_customer WHERE id=?")
        try one.bind(id, 1)
        guard try one.step() else { return nil }
        return Part(
            id: id, into: one.int(0), now: one.int(1), merge: one.int(2), version: one.int(3),
            createdAt: Timestamp(ms: one.int(4)),
            fields: try CustomerStore.State.unpacked(one.withBytes(5) { Array($0) }, id))
    }

    /// Who has the data of a customer now: itself, or the one that it was merged into.
    borrowing func survivor(of id: Int64) throws(SQLiteError) -> Int64 {
        defer { items.survivor.reset() }
        try items.survivor.bind(id, 1)
        return try items.survivor.step() ? items.survivor.int(0) : id
    }

    /// The customers that are a part of this one now, through others too.
    borrowing func parts(of id: Int64) throws(SQLiteError) -> [Int64] {
        let all = try database.prepare("SELECT id FROM merged_customer WHERE now_id=? ORDER BY id")
        try all.bind(id, 1)
        var found: [Int64] = []
        while try all.step() { found.append(all.int(0)) }
        return found
    }

    /// A customer, and those that were merged into it before it was merged itself.
    private borrowing func withParts(_ id: Int64) throws(SQLiteError) -> [Int64] {
        let all = try database.prepare(
            """
            WITH RECURSIVE part(id) AS (
              VALUES(?1) UNION SELECT m.id FROM merged_customer m JOIN part p ON m.into_id=p.id)
            SELECT id FROM part
            """)
        try all.bind(id, 1)
        var found: [Int64] = []
        while try all.step() { found.append(all.int(0)) }
        return found
    }

    borrowing func apply(_ one: RecordChange.Merged, _ origin: Origin) throws(SQLiteError) {
        guard try database.integer("SELECT id FROM customer_merge WHERE id=\(one.id)") == nil else { return }
        let line = try database.prepare(
            """
            INSERT INTO customer_merge(id, into_id, other, into_version, other_version, at, who) VALUES(?,?,?,?,?,?,?)
            """)
        try line.bind(one.id, 1)
        try line.bind(one.into, 2)
        try line.bind(one.other, 3)
        try line.bind(one.intoVersion, 4)
        try line.bind(one.otherVersion, 5)
        try line.bind(origin.at.ms, 6)
        try line.bind(origin.author.who, 7)
        try line.run()
        guard let before = try record(one.other), before.version < one.otherVersion else { return }
        guard try hasCustomer(one.into) else {
            // The one who stayed was erased since, and the log has no record of it any more.
            try database.run(
                """
                UPDATE identity SET customers_behind=max(customers_behind, \(one.other));
                UPDATE customer SET version=\(one.otherVersion) WHERE id=\(one.other)
                """)
            return try note(one.other, one.otherVersion, origin, before: before.fields)
        }
        let keep = try database.prepare("INSERT INTO merged_customer VALUES(?,?,?,?,?,?,?,?,?)")
        try keep.bind(one.other, 1)
        try keep.bind(one.into, 2)
        try keep.bind(one.into, 3)
        try keep.bind(one.id, 4)
        try keep.bind(one.otherVersion, 5)
        try keep.bind(before.createdAt.ms, 6)
        try keep.bind(origin.at.ms, 7)
        try keep.bind(before.fields.externalID, 8)
        try keep.bind(before.fields.packed, 9)
        try keep.run()
        let into = one.into, other = one.other
        try database.run(
            """
            UPDATE merged_customer SET now_id=\(into) WHERE now_id=\(other);
            UPDATE customer_item SET customer=\(into) WHERE customer=\(other);
            UPDATE item_version SET customer=\(into), origin=coalesce(origin, \(other)) WHERE customer=\(other);
            UPDATE OR REPLACE touchpoint SET customer=\(into), \
            origin=CASE WHEN id>0 THEN coalesce(origin, \(other)) END WHERE customer=\(other);
            INSERT OR IGNORE INTO merged_case SELECT id, \(other) FROM customer_case WHERE customer=\(other);
            UPDATE customer_case SET customer=\(into) WHERE customer=\(other);
            UPDATE case_version SET customer=\(into) WHERE customer=\(other);
            UPDATE desk_message SET customer=\(into), origin=coalesce(origin, \(other)) WHERE customer=\(other);
            UPDATE mail_reply SET customer=\(into), origin=coalesce(origin, \(other)) WHERE customer=\(other);
            UPDATE identity SET customers_behind=max(customers_behind, \(other));
            DELETE FROM customer WHERE id=\(other)
            """)
        try note(other, one.otherVersion, origin, before: before.fields)
    }

    borrowing func apply(_ one: RecordChange.Unmerged, _ origin: Origin) throws(SQLiteError) {
        let line = try database.prepare("SELECT other, into_id, undone_at FROM customer_merge WHERE id=?")
        try line.bind(one.id, 1)
        guard try line.step(), line.isNull(2) else { return }
        let other = line.int(0), into = line.int(1)
        line.reset()
        let undone = try database.prepare(
            "UPDATE customer_merge SET undone_at=?, undone_by=?, undone_version=? WHERE id=?")
        try undone.bind(origin.at.ms, 1)
        try undone.bind(origin.author.who, 2)
        try undone.bind(one.intoVersion, 3)
        try undone.bind(one.id, 4)
        try undone.run()
        guard let part = try part(other) else {
            guard let there = try record(other), there.version < one.otherVersion else { return }
            try database.run(
                "UPDATE customer SET version=\(one.otherVersion), updated_at=\(origin.at.ms) WHERE id=\(other)")
            return try note(other, one.otherVersion, origin, before: nil)
        }
        let all = try withParts(other).map(String.init).joined(separator: ",")
        try database.run(
            """
            DELETE FROM merged_customer WHERE id=\(other);
            UPDATE merged_customer SET now_id=\(other) WHERE id IN (\(all))
            """)
        _ = try insert(
            part.fields, id: other, version: one.otherVersion, createdAt: part.createdAt, at: origin.at)
        try reindex.bind(other, 1)
        try reindex.run()
        let former = "CASE WHEN origin<>\(other) THEN origin END"
        try database.run(
            """
            UPDATE customer_item SET customer=\(other) WHERE customer=\(into) AND id IN \
            (SELECT item FROM item_version WHERE customer=\(into) AND origin IN (\(all)));
            UPDATE item_version SET customer=\(other), origin=\(former) WHERE customer=\(into) AND origin IN (\(all));
            UPDATE OR REPLACE touchpoint SET customer=\(other), origin=\(former) \
            WHERE customer=\(into) AND origin IN (\(all));
            UPDATE OR REPLACE touchpoint SET customer=\(other) WHERE customer=\(into) AND id<0 AND -id IN \
            (SELECT id FROM customer_item WHERE customer=\(other));
            UPDATE customer_case SET customer=\(other) WHERE customer=\(into) AND id IN \
            (SELECT id FROM merged_case WHERE origin IN (\(all)));
            UPDATE case_version SET customer=\(other) WHERE customer=\(into) AND case_id IN \
            (SELECT id FROM merged_case WHERE origin IN (\(all)));
            UPDATE desk_message SET customer=\(other), origin=\(former) \
            WHERE customer=\(into) AND origin IN (\(all));
            UPDATE mail_reply SET customer=\(other), origin=\(former) \
            WHERE customer=\(into) AND origin IN (\(all));
            DELETE FROM merged_case WHERE origin=\(other)
            """)
        try note(other, one.otherVersion, origin, before: nil)
    }
}
