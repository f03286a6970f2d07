import CallCenter
import SQLite

/// What a disclosure lists of a customer beyond the record: also what was deleted and closed.
extension CustomerStore {
    /// Everything that a customer has or had, in the order in which it was recorded.
    public func allItems(of customer: Int64) throws(StoreError) -> [DisclosedItem] {
        try reading { state throws(SQLiteError) in
            let all = try state.database.prepare(
                "SELECT DISTINCT item, kind FROM item_version WHERE customer=? ORDER BY item")
            try all.bind(customer, 1)
            var found: [DisclosedItem] = []
            while try all.step() {
                guard let kind = CustomerItem.Kind(rawValue: all.int(1)) else { continue }
                found.append(DisclosedItem(id: all.int(0), kind: kind))
            }
            return found
        }
    }

    /// A customer's cases and promises, open and closed, in the order in which they were opened.
    public func allCases(of customer: Int64) throws(StoreError) -> [Int64] {
        try reading { state throws(SQLiteError) in
            let all = try state.database.prepare("SELECT id FROM customer_case WHERE customer=? ORDER BY id")
            try all.bind(customer, 1)
            var found: [Int64] = []
            while try all.step() { found.append(all.int(0)) }
            return found
        }
    }

    /// What came in from elsewhere and somebody attached to a customer, or to one that is a part of it now, in the
    /// order in which it came.
    public func allInboxItems(of customer: Int64) throws(StoreError) -> [InboxItem] {
        try reading { state throws(SQLiteError) in
            try InboxQuery.items(
                state.database,
                """
                WHERE customer IN (SELECT ?1 UNION SELECT id FROM merged_customer WHERE now_id=?1) ORDER BY id
                """, bind: .number(customer))
        }
    }

    /// What came of a customer in lists, the oldest first.
    public func listOutcomes(of customer: Int64) throws(StoreError) -> [ListOutcome] {
        try listed { database throws(SQLiteError) in
            try ListOutcome.read(database, of: customer).sorted { $0.result.at < $1.result.at }
        }
    }
}

/// One of the things that belong or belonged to a customer.
public struct DisclosedItem: Equatable, Sendable {
    public var id: Int64
    /// What kind of item it is.
    public var kind: CustomerItem.Kind
}
