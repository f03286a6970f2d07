import CallCenter
import SQLite

/// How a change of a list is applied: by its writer, and again from the log at a start. Both give the same rows.
extension CustomerStore.State {
    borrowing func apply(_ one: RecordChange.ListFields, _ origin: Origin) throws(SQLiteError) {
        guard try newestVersion(ofList: one.id) < one.version else { return }
        let before = try customerList(one.id)
        try note(one.id, one.version, origin, before: before?.content)
        let write = try database.prepare("INSERT OR REPLACE INTO customer_list VALUES(?,?,?,?,?,?,?)")
        try write.bind(one.id, 1)
        try write.bind(one.name, 2)
        try write.bind(one.version, 3)
        try write.bind(one.createdAt.ms, 4)
        try write.bind(one.createdBy, 5)
        try write.bind(origin.at.ms, 6)
        try write.bind(one.content.packed, 7)
        try write.run()
        try database.run("DELETE FROM deleted_list WHERE id=\(one.id)")
    }

    /// A list goes with what was worked off in it; its versions stay.
    borrowing func delete(list id: Int64, version: Int64, _ origin: Origin) throws(SQLiteError) {
        guard let before = try customerList(id), before.version < version else { return }
        try note(id, version, origin, before: before.content)
        let gone = try database.prepare("INSERT OR REPLACE INTO deleted_list VALUES(?,?,?,?,?)")
        try gone.bind(id, 1)
        try gone.bind(before.name, 2)
        try gone.bind(before.createdAt.ms, 3)
        try gone.bind(before.createdBy, 4)
        try gone.bind(origin.at.ms, 5)
        try gone.run()
        try database.run("DELETE FROM customer_list WHERE id=\(id); DELETE FROM list_work WHERE list=\(id)")
    }

    borrowing func apply(_ claim: CaseClaim?, list: Int64, of customer: Int64) throws(SQLiteError) {
        guard try isKnown(list: list), try isKnown(customer) else { return }
        let write = try database.prepare(
            """
            INSERT INTO list_work(list, customer, claimed_by, claimed_at) VALUES(?1,?2,?3,?4)
            ON CONFLICT(list, customer) DO UPDATE SET claimed_by=?3, claimed_at=?4
            """)
        try write.bind(list, 1)
        try write.bind(customer, 2)
        try write.bind(claim?.by, 3)
        try write.bind(claim?.since.ms, 4)
        try write.run()
        try forgetEmptyWork(list: list, of: customer)
    }

    /// What is worked off is nobody's work any more.
    borrowing func apply(_ result: ListResult?, list: Int64, of customer: Int64) throws(SQLiteError) {
        guard try isKnown(list: list), try isKnown(customer) else { return }
        let write = try database.prepare(
            """
            INSERT INTO list_work(list, customer, result, note, worked_by, worked_at) VALUES(?1,?2,?3,?4,?5,?6)
            ON CONFLICT(list, customer) DO UPDATE SET result=?3, note=?4, worked_by=?5, worked_at=?6, \
            claimed_by=NULL, claimed_at=NULL
            """)
        try write.bind(list, 1)
        try write.bind(customer, 2)
        try write.bind(result?.result, 3)
        try write.bind(result?.note, 4)
        try write.bind(result?.by, 5)
        try write.bind(result?.at.ms, 6)
        try write.run()
        try forgetEmptyWork(list: list, of: customer)
    }

    private borrowing func forgetEmptyWork(list: Int64, of customer: Int64) throws(SQLiteError) {
        try database.run(
            """
            DELETE FROM list_work WHERE list=\(list) AND customer=\(customer) AND claimed_by IS NULL \
            AND worked_at IS NULL
            """)
    }

    /// Whether there is such a list, built-in ones included.
    private borrowing func isKnown(list: Int64) throws(SQLiteError) -> Bool {
        guard list > 0 else { return true }
        return try database.integer("SELECT 1 FROM customer_list WHERE id=\(list)") != nil
    }

    private borrowing func note(
        _ id: Int64, _ number: Int64, _ origin: Origin, before: CustomerList.Content?
    ) throws(SQLiteError) {
        let write = try database.prepare("INSERT OR REPLACE INTO list_version VALUES(?,?,?,?,?,?)")
        try write.bind(id, 1)
        try write.bind(number, 2)
        try write.bind(origin.at.ms, 3)
        try write.bind(origin.author.who, 4)
        try write.bind(origin.author.through.rawValue, 5)
        try write.bind(before?.packed, 6)
        try write.run()
    }

    /// 0 for a list that never was.
    borrowing func newestVersion(ofList id: Int64) throws(SQLiteError) -> Int64 {
        try database.integer("SELECT max(version) FROM list_version WHERE list=\(id)") ?? 0
    }

    /// The id of the next list: behind those of deleted ones too.
    borrowing func nextList() throws(SQLiteError) -> Int64 {
        try database.integer("SELECT 1 + coalesce(max(list), 0) FROM list_version") ?? 1
    }

    /// The list of this name that was deleted last.
    borrowing func deletedList(_ name: String) throws(SQLiteError) -> DeletedList? {
        let one = try database.prepare(
            """
            SELECT id, name, created_at, created_by, deleted_at FROM deleted_list WHERE name=?
            ORDER BY deleted_at DESC, id DESC LIMIT 1
            """)
        try one.bind(name, 1)
        guard try one.step() else { return nil }
        return DeletedList(
            id: one.int(0), name: one.text(1) ?? "", createdAt: Timestamp(ms: one.int(2)), createdBy: one.text(3),
            deletedAt: Timestamp(ms: one.int(4)))
    }

    borrowing func customerList(_ id: Int64) throws(SQLiteError) -> CustomerList? {
        try CustomerList.read(database, "WHERE id=?1", .int(id)).first
    }

    // MARK: Erasing

    /// What somebody wrote freely about the customer in results.
    borrowing func listTexts(of customer: Int64) throws(SQLiteError) -> [String] {
        let all = try database.prepare("SELECT note FROM list_work WHERE customer=? AND note IS NOT NULL")
        try all.bind(customer, 1)
        var texts: [String] = []
        while try all.step() { if let text = all.text(0), text.utf8.count >= 3 { texts.append(text) } }
        return texts
    }

    borrowing func eraseListWork(of customer: Int64) throws(SQLiteError) {
        try database.run(
            """
            DELETE FROM list_work WHERE customer=\(customer);
            DELETE FROM customer_facts WHERE customer=\(customer);
            DELETE FROM status_move WHERE customer=\(customer);
            DELETE FROM contract_end WHERE customer=\(customer)
            """)
    }
}
