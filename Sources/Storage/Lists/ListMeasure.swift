import CallCenter
import SQLite

/// What customers did in a period: for the comparison of two periods.
public struct PeriodFigures: Equatable, Sendable {
    /// Customers who were counted.
    public var customers: Int64 = 0
    /// Contacts by telephone that customers began.
    public var calls: Int64 = 0
    /// Of them, those that came within 24 hours after another one of the same customer.
    public var repeats: Int64 = 0
    /// Contacts that came out as a complaint.
    public var complaints: Int64 = 0
    /// Purchases that count.
    public var purchases: Int64 = 0
    /// Units of ten to the minus 6 of the rules' currency.
    public var spent: Int64 = 0

    /// Nobody was counted.
    init() {}

    /// nil without any call.
    public var repeatShare: Double? { calls == 0 ? nil : Double(repeats) / Double(calls) }

    /// Per customer; nil without any.
    public func average(_ sum: Int64) -> Double? { customers == 0 ? nil : Double(sum) / Double(customers) }

    /// So long after another one a call is a repeated one. Milliseconds.
    static let repeatWithin: Int64 = 86_400_000

    /// Counts a customer.
    ///
    /// - Parameters:
    ///   - contacts: those of the period and of the 24 hours before it, oldest first.
    ///   - purchases: those of the period.
    mutating func add(
        _ contacts: [Touchpoint], purchases: [Purchase], _ period: TimeSpan, _ rules: ListRules
    ) {
        customers += 1
        let complaints = rules.complaints.union(["complaint"])
        var last: Timestamp?
        for contact in contacts where contact.isContact {
            let isOfPeriod = period.contains(contact.at.ms)
            if isOfPeriod, contact.disposition.map(complaints.contains) ?? false { self.complaints += 1 }
            guard contact.channel == "phone", contact.direction == .inbound else { continue }
            if isOfPeriod {
                calls += 1
                if let last, contact.at - last <= PeriodFigures.repeatWithin { repeats += 1 }
            }
            last = contact.at
        }
        var sum = DecimalSum()
        for one in purchases where !rules.notCounted.contains(one.state) {
            self.purchases += 1
            if let amount = one.amount, one.currency == rules.currency { sum.add(amount) }
        }
        spent += sum.micros
    }
}

/// A period: its first millisecond, and the first one behind it.
public struct TimeSpan: Equatable, Sendable {
    /// The first moment of it.
    public var from: Timestamp
    /// The first moment behind it.
    public var to: Timestamp

    /// Copies its arguments.
    public init(from: Timestamp, to: Timestamp) {
        self.from = from
        self.to = to
    }

    func contains(_ ms: Int64) -> Bool { from.ms <= ms && ms < to.ms }
}

/// The same figures for the customers of a list and for the others, before and after a measure.
public struct ListMeasure: Equatable, Sendable {
    /// The figures of the same customers before and after.
    public struct Pair: Equatable, Sendable {
        /// The figures of the earlier period.
        public var before = PeriodFigures()
        /// The figures of the later period.
        public var after = PeriodFigures()
    }
    /// Of the list's customers.
    public var list = Pair()
    /// Of the others.
    public var rest = Pair()
    /// There are more others: those that were looked at are spread evenly.
    public var isSample = false
}

extension CustomerStore {
    /// Compares two periods for the customers of a list and for the others. Those who were worked off are its
    /// customers; where nobody was, those who are in it now. At most `traitsMax` of each.
    public func measure(
        of list: ListSource, _ clock: ListClock, before: TimeSpan, after: TimeSpan, _ rules: ListRules
    ) throws(StoreError) -> ListMeasure {
        var members = try workedOff(in: list)
        if members.isEmpty { members = try self.members(of: list, clock, limit: CustomerStore.traitsMax) }
        let own = Set(members)
        return try listed { database throws(SQLiteError) in
            let reader = try PeriodReader(database)
            var found = ListMeasure()
            for customer in own.sorted() {
                try reader.add(customer, before, rules, to: &found.list.before)
                try reader.add(customer, after, rules, to: &found.list.after)
            }
            let (others, isSample) = try CustomerStore.sample(database, CustomerStore.traitsMax)
            for customer in others where !own.contains(customer) {
                try reader.add(customer, before, rules, to: &found.rest.before)
                try reader.add(customer, after, rules, to: &found.rest.after)
            }
            found.isSample = isSample
            return found
        }
    }

    /// The customers of a list who were ever worked off in it.
    private func workedOff(in list: ListSource) throws(StoreError) -> [Int64] {
        try listed { database throws(SQLiteError) in
            let all = try Clause(
                """
                SELECT DISTINCT c.id FROM list_work w JOIN customer c ON c.id=coalesce((SELECT now_id \
                FROM merged_customer m WHERE m.id=w.customer), w.customer) \
                WHERE w.list=? AND w.result IS NOT NULL LIMIT ?
                """, .int(list.number), .int(Int64(CustomerStore.traitsMax))
            ).prepared(on: database)
            var found: [Int64] = []
            while try all.step() { found.append(all.int(0)) }
            return found
        }
    }
}

/// Reads what a customer did in a period.
private struct PeriodReader: ~Copyable {
    private let contacts, items: Statement

    init(_ database: borrowing Connection) throws(SQLiteError) {
        let contacts = try database.prepare(
            """
            SELECT at, channel, direction, operator, line, summary, duration, outcome, tier
            FROM touchpoint WHERE customer=? AND at>=? AND at<? ORDER BY at, id
            """)
        let items = try database.prepare(
            "SELECT fields FROM customer_item WHERE customer=? AND kind=? AND at>=? AND at<?")
        self.contacts = contacts
        self.items = items
    }

    borrowing func add(
        _ customer: Int64, _ period: TimeSpan, _ rules: ListRules, to figures: inout PeriodFigures
    ) throws(SQLiteError) {
        defer {
            contacts.reset()
            items.reset()
        }
        try contacts.bind(customer, 1)
        try contacts.bind((period.from - PeriodFigures.repeatWithin).ms, 2)
        try contacts.bind(period.to.ms, 3)
        var met: [Touchpoint] = []
        while try contacts.step() { met.append(Touchpoint(contacts)) }
        try items.bind(customer, 1)
        try items.bind(CustomerItem.Kind.purchase.rawValue, 2)
        try items.bind(period.from.ms, 3)
        try items.bind(period.to.ms, 4)
        var bought: [Purchase] = []
        while try items.step() {
            let bytes = items.withBytes(0) { Array($0) }
            if case .purchase(let one)? = try? CustomerItem.Content(packed: bytes) { bought.append(one) }
        }
        figures.add(met, purchases: bought, period, rules)
    }
}
