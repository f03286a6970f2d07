import CallCenter
import SQLite
import Synchronization

/// Reading lists: which there are, who is in them, and how far they are worked through.
extension CustomerStore {
    /// Entries of a list that are counted.
    public static let listCountMax = 10_000

    /// Runs a question about all customers on a connection of its own: it may take a second, and no writer waits.
    func listed<Answer: Sendable>(
        _ work: (borrowing Connection) throws(SQLiteError) -> Answer
    ) throws(StoreError) -> Answer {
        let answer: Result<Answer, SQLiteError> = lister.withLock { database in
            do throws(SQLiteError) { return .success(try work(database)) } catch { return .failure(error) }
        }
        do throws(SQLiteError) { return try answer.get() } catch { throw StoreError(error, path: path) }
    }

    // MARK: Saved lists

    /// All saved lists, by their names.
    public func savedLists() throws(StoreError) -> [CustomerList] {
        try reading { state throws(SQLiteError) in try CustomerList.read(state.database, "ORDER BY name") }
    }

    /// nil when there is none of this name.
    public func savedList(_ name: String) throws(StoreError) -> CustomerList? {
        try reading { state throws(SQLiteError) in
            try CustomerList.read(state.database, "WHERE name=?1", .text(name)).first
        }
    }

    /// The list of this name, built-in or saved; nil when there is none.
    public func list(_ name: String) throws(StoreError) -> ListSource? {
        if let known = BuiltInList(rawValue: name) { return .builtIn(known) }
        return try savedList(name).map { .saved($0) }
    }

    /// The versions of a saved list, newest first.
    ///
    /// - Parameter below: only versions below this one; nil for the newest.
    public func versions(
        of list: CustomerList, below: Int64?, limit: Int
    ) throws(StoreError) -> [ListVersion] {
        try versions(ofList: list.id, now: list.content, below: below, limit: limit)
    }

    /// The versions of a deleted list, newest first: its deletion is the first one.
    public func versions(
        of list: DeletedList, below: Int64?, limit: Int
    ) throws(StoreError) -> [ListVersion] {
        try versions(ofList: list.id, now: nil, below: below, limit: limit)
    }

    /// The list of this name that was deleted last; nil when there is none.
    public func deletedList(_ name: String) throws(StoreError) -> DeletedList? {
        try reading { state throws(SQLiteError) in try state.deletedList(name) }
    }

    private func versions(
        ofList id: Int64, now: CustomerList.Content?, below: Int64?, limit: Int
    ) throws(StoreError) -> [ListVersion] {
        try reading { state throws(SQLiteError) in
            let all = try state.database.prepare(
                "SELECT version, at, who, through, before FROM list_version WHERE list=? ORDER BY version DESC")
            try all.bind(id, 1)
            var found: [ListVersion] = [], after = now
            while found.count < limit, try all.step() {
                let before = all.isNull(4) ? nil : try State.unpackedList(all.withBytes(4) { Array($0) }, id)
                let number = all.int(0)
                if number < below ?? .max {
                    found.append(
                        ListVersion(
                            version: number, at: Timestamp(ms: all.int(1)),
                            author: all.author(2), before: before, after: after))
                }
                after = before
            }
            return found
        }
    }

    // MARK: Entries

    /// A page of a list.
    ///
    /// - Parameters:
    ///   - isDone: those that are worked off, the newest first, whether or not the list would have them now.
    ///   - order: nil for that of the list.
    ///   - days: of contracts that end: within so many; nil for what the list says.
    ///   - after: only those behind this one; nil for the first.
    public func entries(
        of list: ListSource, _ clock: ListClock, isDone: Bool = false, order: ListOrder? = nil, days: Int64? = nil,
        after: ListPlace? = nil, limit: Int
    ) throws(StoreError) -> [ListEntry] {
        guard let query = try query(list, clock, isDone: isDone, order: order, days: days) else { return [] }
        return try read(query.page(after: after, limit: limit))
    }

    /// The entry of a customer; nil when the customer is not in the list.
    public func entry(
        of customer: Int64, in list: ListSource, _ clock: ListClock, isDone: Bool = false
    ) throws(StoreError) -> ListEntry? {
        guard var query = try query(list, clock, isDone: isDone) else { return nil }
        query.customer = customer
        return try read(query.page(after: nil, limit: 1)).first
    }

    /// The customers of a list, whether or not they are worked off, at most `limit`.
    func members(of list: ListSource, _ clock: ListClock, limit: Int) throws(StoreError) -> [Int64] {
        var clock = clock
        // Nothing counts as worked off that is so in the future alone.
        clock.againBefore = Timestamp(ms: .max)
        guard let query = try query(list, clock, isDone: false) else { return [] }
        return try listed { database throws(SQLiteError) in
            let all = try query.members(limit: limit).prepared(on: database)
            var found: [Int64] = []
            while try all.step() { found.append(all.int(0)) }
            return found
        }
    }

    /// How far a list is worked through.
    ///
    /// - Parameter limit: how long a claim counts. Milliseconds.
    public func progress(
        of list: ListSource, _ clock: ListClock, limit: Int64
    ) throws(StoreError) -> ListProgress {
        var open = 0
        let most = CustomerStore.listCountMax
        if let query = try query(list, clock, isDone: false) {
            open = try listed { database throws(SQLiteError) in
                let count = try query.count(limit: most + 1).prepared(on: database)
                return try count.step() ? Int(count.int(0)) : 0
            }
        }
        let (results, claimed) = try listed { database throws(SQLiteError) in
            let all = try Clause(
                """
                SELECT w.result, count(*) FROM list_work w JOIN customer c ON c.id=coalesce((SELECT now_id \
                FROM merged_customer m WHERE m.id=w.customer), w.customer) \
                WHERE w.list=? AND w.worked_at>=? AND w.result IS NOT NULL GROUP BY w.result
                """, .int(list.number), .int(clock.againBefore?.ms ?? .min)
            ).prepared(on: database)
            var results: [String: Int64] = [:]
            while try all.step() { results[all.text(0) ?? ""] = all.int(1) }
            let claims = try Clause(
                "SELECT count(*) FROM list_work WHERE list=? AND claimed_at>?", .int(list.number),
                .int((clock.now - limit).ms)
            ).prepared(on: database)
            return (results, try claims.step() ? claims.int(0) : 0)
        }
        return ListProgress(open: min(open, most), isMore: open > most, results: results, claimed: claimed)
    }

    /// nil when nobody can be in it: a search that finds nobody.
    private func query(
        _ list: ListSource, _ clock: ListClock, isDone: Bool, order: ListOrder? = nil, days: Int64? = nil
    ) throws(StoreError) -> ListQuery? {
        var query = ListQuery(list: list, clock: clock)
        query.state = isDone ? .done : .open
        query.order = order ?? list.order
        query.days = days
        if !isDone, let text = list.filter.text {
            query.found = try search(text, limit: CustomerStore.matchesMax).customers.map(\.id)
            if query.found?.isEmpty ?? true { return nil }
        }
        return query
    }

    private func read(_ question: Clause) throws(StoreError) -> [ListEntry] {
        try listed { database throws(SQLiteError) in
            let all = try question.prepared(on: database)
            var found: [ListEntry] = []
            while try all.step() { found.append(ListEntry(all)) }
            return found
        }
    }

    /// Who works on an entry, and what came of it; nil when nobody did.
    public func work(of customer: Int64, in list: ListSource) throws(StoreError) -> ListWork? {
        try reading { state throws(SQLiteError) in try state.work(list: list.number, of: customer) }
    }
}

extension CustomerList {
    static func read(
        _ database: borrowing Connection, _ condition: String, _ value: BoundValue? = nil
    ) throws(SQLiteError) -> [CustomerList] {
        var question = Clause(
            "SELECT id, name, version, created_at, created_by, updated_at, fields FROM customer_list \(condition)")
        if let value { question.values = [value] }
        let all = try question.prepared(on: database)
        var found: [CustomerList] = []
        while try all.step() {
            let id = all.int(0)
            found.append(
                CustomerList(
                    id: id, name: all.text(1) ?? "", version: all.int(2), createdAt: Timestamp(ms: all.int(3)),
                    createdBy: all.text(4), updatedAt: Timestamp(ms: all.int(5)),
                    content: try CustomerStore.State.unpackedList(all.withBytes(6) { Array($0) }, id)))
        }
        return found
    }
}

extension CustomerStore.State {
    static func unpackedList(_ bytes: [UInt8], _ id: Int64) throws(SQLiteError) -> CustomerList.Content {
        do throws(Malformed) { return try CustomerList.Content(packed: bytes) } catch {
            throw SQLiteError(code: LogTables.damaged, message: "list \(id) cannot be read")
        }
    }

    borrowing func work(list: Int64, of customer: Int64) throws(SQLiteError) -> ListWork? {
        let one = try database.prepare(
            """
            SELECT claimed_by, claimed_at, result, note, worked_by, worked_at FROM list_work
            WHERE list=? AND customer=?
            """)
        try one.bind(list, 1)
        try one.bind(customer, 2)
        guard try one.step() else { return nil }
        var work = ListWork()
        if let by = one.text(0) { work.claim = CaseClaim(by: by, since: Timestamp(ms: one.int(1))) }
        if let result = one.text(2) {
            work.result = ListResult(
                result: result, note: one.text(3), by: one.text(4), at: Timestamp(ms: one.int(5)))
        }
        return work
    }
}
