import CallCenter
import SQLite

/// A line of who changed what belongs to a customer, of any customer.
public struct ItemChangeLine: Sendable {
    /// Its place in the list: a newer change has a higher one; as of `CustomerChangeLine`.
    public var place: Int64
    /// The customer's id.
    public var customer: Int64
    /// What kind of item it is.
    public var kind: CustomerItem.Kind
    /// The item's id.
    var item: Int64
    /// The version that the change made.
    public var version: ItemVersion
}

extension CustomerStore {
    /// Who changed what belongs to customers, newest first, with the parameters of `changes`.
    public func itemChanges(
        by who: Set<String>?, customer: Int64?, from: Timestamp?, to: Timestamp?, below: Int64?, limit: Int
    ) throws(StoreError) -> [ItemChangeLine] {
        try reading { state throws(SQLiteError) in
            let place = customer == nil ? "at*2" : CustomerStore.place
            let all = try state.database.prepare(
                """
                SELECT \(place), customer, kind, item, version, who FROM item_version
                WHERE \(customer == nil ? "import IS NULL" : "customer=?4") AND \(place)<?3 AND at>=?1 AND at<?2
                ORDER BY at DESC, version DESC
                """)
            try all.bind(from?.ms ?? .min, 1)
            try all.bind(to?.ms ?? .max, 2)
            try all.bind(below ?? .max, 3)
            if let customer { try all.bind(customer, 4) }
            var found: [ItemChangeLine] = []
            while found.count < limit, try all.step() {
                if let who, !(all.text(5).map(who.contains) ?? false) { continue }
                guard let kind = CustomerItem.Kind(rawValue: all.int(2)),
                    let version = try state.versions(
                        ofItem: all.int(3), kind, of: all.int(1), below: all.int(4) + 1, limit: 1)?.first
                else { continue }
                found.append(
                    ItemChangeLine(
                        place: all.int(0), customer: all.int(1), kind: kind, item: all.int(3), version: version))
            }
            return found
        }
    }
}
