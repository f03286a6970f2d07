import CallCenter
import SQLite

/// What the customers of a list have in common: a value, how many of them have it, and how many of the others.
public struct SharedTrait: Equatable, Sendable {
    /// A field of the record, `custom.NAME`, or `product`.
    public var field: String
    /// The value that they have in this field.
    public var value: String
    /// How many of the list's customers have it.
    public var count: Int
    /// How many of the others have it.
    public var restCount: Int
}

/// Values whose share among the customers of a list differs most from that among the others.
public struct ListTraits: Equatable, Sendable {
    /// Customers of the list that were looked at.
    public var size = 0
    /// Others that were looked at.
    public var restSize = 0
    /// There are more others: those that were looked at are spread evenly.
    public var isSample = false
    /// The greatest difference first.
    public var traits: [SharedTrait] = []

    /// Nobody was looked at.
    init() {}

    /// Shares of all values, of which the greatest differences are kept.
    init(list: TraitCounts, rest: TraitCounts, isSample: Bool, limit: Int) {
        let size = list.customers, restSize = rest.customers
        self.size = size
        self.restSize = restSize
        self.isSample = isSample
        guard size > 0, restSize > 0 else { return }
        var all: [SharedTrait] = []
        for trait in Set(list.counts.keys).union(rest.counts.keys) {
            all.append(
                SharedTrait(
                    field: trait.field, value: trait.value, count: list.counts[trait] ?? 0,
                    restCount: rest.counts[trait] ?? 0))
        }
        func difference(_ one: SharedTrait) -> Double {
            (Double(one.count) / Double(size) - Double(one.restCount) / Double(restSize)).magnitude
        }
        all.sort { a, b in
            let (x, y) = (difference(a), difference(b))
            return x != y ? x > y : (a.field, a.value) < (b.field, b.value)
        }
        traits = Array(all.prefix(limit))
    }
}

/// How many customers have which value.
struct TraitCounts: Sendable {
    struct Trait: Hashable, Sendable {
        var field: String
        var value: String
    }

    var customers = 0
    var counts: [Trait: Int] = [:]

    /// A text that is longer is nobody's but the customer's own. UTF-8 bytes.
    private static let bytesMax = 64

    /// - Parameter hidden: names of fields of the centre's own that are not looked at.
    mutating func add(_ fields: CustomerFields, products: Set<String>, hidden: Set<String>) {
        customers += 1
        var all: Set<Trait> = []
        func note(_ field: String, _ value: String?) {
            guard let value, !value.isEmpty, value.utf8.count <= TraitCounts.bytesMax else { return }
            all.insert(Trait(field: field, value: value))
        }
        note("tier", fields.tier)
        note("owner", fields.owner)
        note("company", fields.company)
        for tag in fields.tags { note("tag", tag) }
        for (name, value) in fields.custom where !hidden.contains(name) { note("custom.\(name)", value) }
        for one in fields.details.persona { note("persona", one) }
        for one in fields.details.preferences { note("preference", one) }
        for product in products { note("product", product) }
        for trait in all { counts[trait, default: 0] += 1 }
    }
}

extension CustomerStore {
    /// Customers that are looked at of a list, and of the others.
    public static let traitsMax = 5_000

    /// What the customers of a list have in common.
    ///
    /// - Parameters:
    ///   - hidden: names of fields of the centre's own that are not looked at.
    ///   - limit: so many values.
    public func traits(
        of list: ListSource, _ clock: ListClock, hidden: Set<String>, notCounted: Set<String>, limit: Int
    ) throws(StoreError) -> ListTraits {
        let members = try members(of: list, clock, limit: CustomerStore.traitsMax), inList = Set(members)
        return try listed { database throws(SQLiteError) in
            let reader = try TraitReader(database, hidden: hidden, notCounted: notCounted)
            var own = TraitCounts(), rest = TraitCounts()
            for customer in members { _ = try reader.add(customer, to: &own) }
            let (others, isSample) = try CustomerStore.sample(database, CustomerStore.traitsMax)
            for customer in others where !inList.contains(customer) { _ = try reader.add(customer, to: &rest) }
            return ListTraits(list: own, rest: rest, isSample: isSample, limit: limit)
        }
    }

    /// Customers spread evenly over the ids; all where there are not more.
    static func sample(
        _ database: borrowing Connection, _ count: Int
    ) throws(SQLiteError) -> (customers: [Int64], isSample: Bool) {
        let first = try database.prepare("SELECT id FROM customer ORDER BY id LIMIT ?")
        try first.bind(Int64(count + 1), 1)
        var found: [Int64] = []
        while try first.step() { found.append(first.int(0)) }
        guard found.count > count, let last = try database.integer("SELECT max(id) FROM customer") else {
            return (found, false)
        }
        let next = try database.prepare("SELECT id FROM customer WHERE id>=? ORDER BY id LIMIT 1")
        var spread: [Int64] = []
        for step in 0..<Int64(count) {
            try next.bind(1 + last / Int64(count) * step, 1)
            if try next.step(), spread.last != next.int(0) { spread.append(next.int(0)) }
            next.reset()
        }
        return (spread, true)
    }
}

/// Reads what customers may have in common.
private struct TraitReader: ~Copyable {
    private let record, items: Statement
    private let hidden, notCounted: Set<String>

    init(
        _ database: borrowing Connection, hidden: Set<String>, notCounted: Set<String>
    ) throws(SQLiteError) {
        let record = try database.prepare(
            "SELECT tier, owner, company, tags, custom, details FROM customer WHERE id=?")
        let items = try database.prepare(
            "SELECT fields FROM customer_item WHERE customer=? AND kind=? ORDER BY at DESC, id DESC LIMIT 100")
        self.record = record
        self.items = items
        self.hidden = hidden
        self.notCounted = notCounted
    }

    /// False when the customer is gone meanwhile.
    borrowing func add(_ customer: Int64, to counts: inout TraitCounts) throws(SQLiteError) -> Bool {
        defer { record.reset() }
        try record.bind(customer, 1)
        guard try record.step() else { return false }
        var fields = CustomerFields(name: "")
        fields.tier = record.text(0) ?? ""
        fields.owner = record.text(1)
        fields.company = record.text(2)
        fields.tags = CustomersDatabase.list(record.text(3))
        fields.custom = CustomersDatabase.fields(record.text(4))
        if !record.isNull(5) {
            let bytes = record.withBytes(5) { Array($0) }
            if let details = try? CustomerDetails(packed: bytes) { fields.details = details }
        }
        counts.add(fields, products: try products(of: customer), hidden: hidden)
        return true
    }

    private borrowing func products(of customer: Int64) throws(SQLiteError) -> Set<String> {
        defer { items.reset() }
        try items.bind(customer, 1)
        try items.bind(CustomerItem.Kind.purchase.rawValue, 2)
        var found: Set<String> = []
        while try items.step() {
            let bytes = items.withBytes(0) { Array($0) }
            guard case .purchase(let one)? = try? CustomerItem.Content(packed: bytes) else { continue }
            if !notCounted.contains(one.state) { found.insert(one.product) }
        }
        return found
    }
}
