import CallCenter
import SQLite

/// What a look-up takes from a customer's purchases and contracts: a few rows by the index of their list.
struct DealingsReader: ~Copyable {
    /// Purchases that are read; a customer who has more may have anything.
    private static let purchasesMax = 32
    private static let contractsMax = 8

    private let items: Statement
    private let any: Statement
    /// States of purchases that are in no sum.
    private let notCounted: Set<String>
    /// While nobody has anything, nothing is looked up.
    private var isAny = false

    init(_ database: borrowing Connection, notCounted: Set<String>) throws(SQLiteError) {
        let items = try database.prepare(
            """
            SELECT fields FROM customer_item WHERE customer=?1 AND kind=?2 ORDER BY at DESC, id DESC LIMIT ?3
            """)
        let any = try database.prepare("SELECT 1 FROM customer_item LIMIT 1")
        self.items = items
        self.any = any
        self.notCounted = notCounted
    }

    /// At the begin of a read transaction.
    mutating func wake() throws(SQLiteError) {
        defer { any.reset() }
        isAny = try any.step()
    }

    borrowing func dealings(of customer: Int64) throws(SQLiteError) -> Dealings? {
        guard isAny else { return nil }
        let purchases = try contents(of: customer, .purchase, DealingsReader.purchasesMax + 1)
        let contracts = try contents(of: customer, .contract, DealingsReader.contractsMax + 1)
        guard !purchases.isEmpty || !contracts.isEmpty else { return nil }
        var dealings = Dealings(), summary = PurchaseSummary(), owned: [String] = []
        for case .purchase(let one) in purchases.prefix(DealingsReader.purchasesMax) {
            if dealings.last == nil {
                dealings.last = .init(product: one.product, state: one.state, at: .init(one.at))
            }
            guard !notCounted.contains(one.state) else { continue }
            summary.add(one)
            owned.append(one.product)
        }
        dealings.nextExpected = summary.nextExpected.map {
            CivilDate.days(year: $0.year, month: $0.month, day: $0.day)
        }
        for case .contract(let one) in contracts.prefix(DealingsReader.contractsMax) {
            let renews = if case .no? = one.renews { false } else { one.renews != nil }
            dealings.contracts.append(
                .init(service: one.service, expires: one.expires.map(Dealings.Moment.init), renews: renews))
            owned.append(one.service)
        }
        dealings.isWhole =
            purchases.count <= DealingsReader.purchasesMax && contracts.count <= DealingsReader.contractsMax
        var known: Set<String> = []
        dealings.owned = owned.filter { known.insert($0).inserted }
        return dealings
    }

    /// What a damaged row would have said is left out: a look-up goes on without it.
    private borrowing func contents(
        of customer: Int64, _ kind: CustomerItem.Kind, _ limit: Int
    ) throws(SQLiteError) -> [CustomerItem.Content] {
        defer { items.reset() }
        try items.bind(customer, 1)
        try items.bind(kind.rawValue, 2)
        try items.bind(Int64(limit), 3)
        var found: [CustomerItem.Content] = []
        while try items.step() {
            let bytes = items.withBytes(0) { Array($0) }
            if let one = try? CustomerItem.Content(packed: bytes) { found.append(one) }
        }
        return found
    }
}

extension Dealings.Moment {
    fileprivate init(_ moment: DayOrTime) { self.init(ms: moment.ms, isDay: moment.isDay) }
}
