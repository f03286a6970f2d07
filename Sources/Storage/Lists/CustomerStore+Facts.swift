import CallCenter
import SQLite

/// Computes the facts of customers whose contacts, purchases or contracts were changed.
extension CustomerStore {
    /// Computes the facts of at most `count` customers.
    ///
    /// - Parameter rules: where they are others than before, the facts of all customers are computed again.
    /// - Returns: whether there are more.
    public func refreshFacts(_ rules: ListRules, count: Int) throws(StoreError) -> Bool {
        try with { state throws(SQLiteError) in try state.refreshFacts(rules, count: count) }
    }

    /// How many customers' facts are to be computed again, counted up to `limit`.
    public func outdatedFacts(limit: Int) throws(StoreError) -> Int {
        try listed { database throws(SQLiteError) in
            Int(
                try database.integer("SELECT count(*) FROM (SELECT 1 FROM facts_todo LIMIT \(limit))") ?? 0)
        }
    }

    /// The facts of a customer as they were last computed; nil for one who has none.
    func facts(of customer: Int64) throws(StoreError) -> CustomerFacts? {
        try reading { state throws(SQLiteError) in
            let one = try state.database.prepare(
                "SELECT \(CustomerFacts.columns) FROM customer_facts f WHERE f.customer=?")
            try one.bind(customer, 1)
            return try one.step() ? CustomerFacts(one, from: 0) : nil
        }
    }
}

extension CustomerStore.State {
    /// Before the facts of all customers are computed again, the facts that are there stay until then.
    fileprivate borrowing func refreshFacts(_ rules: ListRules, count: Int) throws(SQLiteError) -> Bool {
        let known = try database.prepare("SELECT rules FROM facts_state")
        let isSame = try known.step() && known.text(0) == rules.text
        known.reset()
        if isSame, try database.integer("SELECT 1 FROM facts_todo LIMIT 1") == nil { return false }
        try begin.run()
        if !isSame {
            try database.run("INSERT OR IGNORE INTO facts_todo SELECT id FROM customer")
            let adopt = try database.prepare("UPDATE facts_state SET rules=?")
            try adopt.bind(rules.text, 1)
            try adopt.run()
        }
        let waiting = try database.prepare("SELECT customer FROM facts_todo ORDER BY customer LIMIT ?")
        try waiting.bind(Int64(count), 1)
        var customers: [Int64] = []
        while try waiting.step() { customers.append(waiting.int(0)) }
        waiting.reset()
        let writer = try FactsWriter(database)
        for customer in customers { try writer.compute(customer, rules) }
        let isMore = try database.integer("SELECT 1 FROM facts_todo LIMIT 1") != nil
        try commit.run()
        return isMore
    }

    /// Has the facts of a customer computed that is there again, or for the first time: what it had was there before.
    borrowing func noteOutdatedFacts(of customer: Int64) throws(SQLiteError) {
        try database.run("INSERT OR IGNORE INTO facts_todo VALUES(\(customer))")
    }
}

/// The statements of a refresh, prepared once for all customers of it.
private struct FactsWriter: ~Copyable {
    private let isThere, contactRows, itemRows, write, forget, addEnd, forgetEnds, done, before, noteMove: Statement

    init(_ database: borrowing Connection) throws(SQLiteError) {
        let isThere = try database.prepare("SELECT 1 FROM customer WHERE id=?")
        let contactRows = try database.prepare(
            """
            SELECT at, channel, direction, operator, line, summary, duration, outcome, tier, answered_at
            FROM touchpoint WHERE customer=? ORDER BY at DESC, id DESC
            """)
        let itemRows = try database.prepare(
            "SELECT id, fields FROM customer_item WHERE customer=? AND kind=? ORDER BY at DESC, id DESC")
        let write = try database.prepare(
            """
            INSERT OR REPLACE INTO customer_facts(customer, last_contact, contacts, purchases, spent, last_purchase, \
            expected, complained_at, unanswered_at, waited_at, waited) VALUES(?,?,?,?,?,?,?,?,?,?,?)
            """)
        let forget = try database.prepare("DELETE FROM customer_facts WHERE customer=?")
        let addEnd = try database.prepare("INSERT INTO contract_end(item, customer, ends, service) VALUES(?,?,?,?)")
        let forgetEnds = try database.prepare("DELETE FROM contract_end WHERE customer=?")
        let done = try database.prepare("DELETE FROM facts_todo WHERE customer=?")
        let before = try database.prepare("SELECT last_contact FROM customer_facts WHERE customer=?")
        let noteMove = try database.prepare("INSERT OR IGNORE INTO status_move VALUES(?,?)")
        self.isThere = isThere
        self.contactRows = contactRows
        self.itemRows = itemRows
        self.write = write
        self.forget = forget
        self.addEnd = addEnd
        self.forgetEnds = forgetEnds
        self.done = done
        self.before = before
        self.noteMove = noteMove
    }

    borrowing func compute(_ customer: Int64, _ rules: ListRules) throws(SQLiteError) {
        try done.bind(customer, 1)
        try done.run()
        try isThere.bind(customer, 1)
        let isKnown = try isThere.step()
        isThere.reset()
        // Facts of one who is gone went with the record.
        guard isKnown else { return }
        try forgetEnds.bind(customer, 1)
        try forgetEnds.run()
        for end in try ends(of: customer) {
            try addEnd.bind(end.item, 1)
            try addEnd.bind(customer, 2)
            try addEnd.bind(end.ends, 3)
            try addEnd.bind(end.service, 4)
            try addEnd.run()
        }
        let facts = CustomerFacts(
            contacts: try contacts(of: customer), purchases: try purchases(of: customer), rules)
        guard facts != CustomerFacts() else {
            try forget.bind(customer, 1)
            return try forget.run()
        }
        try noteContact(of: customer, facts)
        try write.bind(customer, 1)
        try write.bind(facts.lastContact?.ms, 2)
        try write.bind(facts.contacts, 3)
        try write.bind(facts.purchases, 4)
        try write.bind(facts.spent, 5)
        try write.bind(facts.lastPurchase?.ms, 6)
        try write.bind(facts.expected, 7)
        try write.bind(facts.complainedAt?.ms, 8)
        try write.bind(facts.unansweredAt?.ms, 9)
        try write.bind(facts.waitedAt?.ms, 10)
        try write.bind(facts.waited, 11)
        try write.run()
    }

    /// Notes that the newest contact is another one. Facts that are computed for the first time, of several contacts,
    /// are those of records that were there before.
    private borrowing func noteContact(of customer: Int64, _ facts: CustomerFacts) throws(SQLiteError) {
        guard let newest = facts.lastContact else { return }
        defer { before.reset() }
        try before.bind(customer, 1)
        let isKnown = try before.step(), was = isKnown && !before.isNull(0) ? before.int(0) : nil
        guard was != nil || facts.contacts == 1, was != newest.ms else { return }
        try noteMove.bind(customer, 1)
        try noteMove.bind(was, 2)
        try noteMove.run()
    }

    private borrowing func contacts(of customer: Int64) throws(SQLiteError) -> [CustomerFacts.Contact] {
        defer { contactRows.reset() }
        try contactRows.bind(customer, 1)
        var found: [CustomerFacts.Contact] = []
        while try contactRows.step() {
            found.append(
                .init(
                    touchpoint: Touchpoint(contactRows),
                    answeredAt: contactRows.isNull(9) ? nil : Timestamp(ms: contactRows.int(9))))
        }
        return found
    }

    private borrowing func purchases(of customer: Int64) throws(SQLiteError) -> [Purchase] {
        var found: [Purchase] = []
        try each(.purchase, of: customer) { _, content in if case .purchase(let one) = content { found.append(one) } }
        return found
    }

    private borrowing func ends(of customer: Int64) throws(SQLiteError) -> [ContractEnd] {
        var found: [ContractEnd] = []
        try each(.contract, of: customer) { id, content in
            if case .contract(let one) = content, let end = ContractEnd(item: id, one) { found.append(end) }
        }
        return found
    }

    /// What a damaged row would have said is left out: the others count all the same.
    private borrowing func each(
        _ kind: CustomerItem.Kind, of customer: Int64, _ visit: (Int64, CustomerItem.Content) -> Void
    ) throws(SQLiteError) {
        defer { itemRows.reset() }
        try itemRows.bind(customer, 1)
        try itemRows.bind(kind.rawValue, 2)
        while try itemRows.step() {
            let bytes = itemRows.withBytes(1) { Array($0) }
            if let content = try? CustomerItem.Content(packed: bytes) { visit(itemRows.int(0), content) }
        }
    }
}

extension CustomerFacts {
    /// Of `customer_facts f`, as `init(_:from:)` reads them.
    static let columns = """
        f.last_contact, f.contacts, f.purchases, f.spent, f.last_purchase, f.expected, f.complained_at, \
        f.unanswered_at, f.waited_at, f.waited
        """

    /// - Parameter first: the first column of them. Without facts all are null.
    init(_ row: borrowing Statement, from first: Int32) {
        self.init()
        lastContact = CustomerFacts.number(row, first).map { Timestamp(ms: $0) }
        contacts = row.int(first + 1)
        purchases = row.int(first + 2)
        spent = row.int(first + 3)
        lastPurchase = CustomerFacts.number(row, first + 4).map {
            DayOrTime(ms: $0, isDay: $0 % DayOrTime.dayMs == 0)
        }
        expected = CustomerFacts.number(row, first + 5)
        complainedAt = CustomerFacts.number(row, first + 6).map { Timestamp(ms: $0) }
        unansweredAt = CustomerFacts.number(row, first + 7).map { Timestamp(ms: $0) }
        waitedAt = CustomerFacts.number(row, first + 8).map { Timestamp(ms: $0) }
        waited = CustomerFacts.number(row, first + 9)
    }

    private static func number(_ row: borrowing Statement, _ column: Int32) -> Int64? {
        row.isNull(column) ? nil : row.int(column)
    }
}
