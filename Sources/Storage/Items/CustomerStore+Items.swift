import CallCenter
import SQLite

/// Reading what belongs to a customer.
extension CustomerStore {
    /// The item of a customer with this id; nil when there is none, and when the customer is deleted.
    public func item(_ id: Int64, _ kind: CustomerItem.Kind, of customer: Int64) throws(StoreError) -> CustomerItem? {
        try reading { state throws(SQLiteError) in
            guard try state.hasCustomer(customer) else { return nil }
            return try state.item(id, kind, of: customer)
        }
    }

    /// A customer's items of a kind, newest first.
    ///
    /// - Parameters:
    ///   - below: only those behind this place; nil for the newest.
    ///   - limit: at most so many.
    public func items(
        _ kind: CustomerItem.Kind, of customer: Int64, below: ItemPlace?, limit: Int
    ) throws(StoreError) -> [CustomerItem] {
        try reading { state throws(SQLiteError) in
            try ItemQuery.items(on: state.database, kind, of: customer, below: below, limit: limit)
        }
    }

    /// The versions of an item, newest first, also of a deleted one; nil when the customer never had it.
    ///
    /// - Parameter below: only versions below this one; nil for the newest.
    public func versions(
        ofItem id: Int64, _ kind: CustomerItem.Kind, of customer: Int64, below: Int64?, limit: Int
    ) throws(StoreError) -> [ItemVersion]? {
        try reading { state throws(SQLiteError) in
            try state.versions(ofItem: id, kind, of: customer, below: below, limit: limit)
        }
    }

    /// What a customer's purchases come to.
    ///
    /// - Parameter left: the states of purchases that do not count: returned, cancelled.
    public func purchaseSummary(of customer: Int64, without left: Set<String>) throws(StoreError) -> PurchaseSummary {
        try reading { state throws(SQLiteError) in
            var summary = PurchaseSummary()
            try ItemQuery.walk(on: state.database, .purchase, of: customer, below: nil) { item in
                if case .purchase(let one) = item.content, !left.contains(one.state) { summary.add(one) }
                return true
            }
            return summary
        }
    }
}

/// The questions about items; on the writer's connection, or on one for readers.
enum ItemQuery {
    /// By the index of a customer's items.
    static let question = """
        SELECT \(ItemTables.columns) FROM customer_item WHERE customer=?1 AND kind=?2 AND (at, id)<(?3, ?4)
        ORDER BY at DESC, id DESC
        """

    static func items(
        on database: borrowing Connection, _ kind: CustomerItem.Kind, of customer: Int64, below: ItemPlace?, limit: Int
    ) throws(SQLiteError) -> [CustomerItem] {
        var found: [CustomerItem] = []
        guard limit > 0 else { return [] }
        try walk(on: database, kind, of: customer, below: below) { item in
            found.append(item)
            return found.count < limit
        }
        return found
    }

    /// Calls `visit` with the items, newest first, until it returns false.
    static func walk(
        on database: borrowing Connection, _ kind: CustomerItem.Kind, of customer: Int64, below: ItemPlace?,
        _ visit: (CustomerItem) -> Bool
    ) throws(SQLiteError) {
        let below = below ?? .newest, all = try database.prepare(question)
        try all.bind(customer, 1)
        try all.bind(kind.rawValue, 2)
        try all.bind(below.at, 3)
        try all.bind(below.id, 4)
        while try all.step() { if !visit(try CustomerItem(all)) { return } }
    }
}

extension CustomerItem {
    /// From a row of `ItemTables.columns`.
    init(_ row: borrowing Statement) throws(SQLiteError) {
        let id = row.int(0)
        self.init(
            id: id, customer: row.int(1), version: row.int(4), createdAt: Timestamp(ms: row.int(5)),
            createdBy: row.text(6), updatedAt: Timestamp(ms: row.int(7)), updatedBy: row.text(8),
            content: try CustomerItem.unpacked(row.withBytes(9) { Array($0) }, id))
    }

    static func unpacked(_ bytes: [UInt8], _ id: Int64) throws(SQLiteError) -> Content {
        do throws(Malformed) { return try Content(packed: bytes) } catch {
            throw SQLiteError(code: LogTables.damaged, message: "item \(id) cannot be read")
        }
    }
}

extension CustomerStore.State {
    borrowing func item(_ id: Int64) throws(SQLiteError) -> CustomerItem? {
        defer { items.one.reset() }
        try items.one.bind(id, 1)
        return try items.one.step() ? CustomerItem(items.one) : nil
    }

    borrowing func item(
        _ id: Int64, _ kind: CustomerItem.Kind, of customer: Int64
    ) throws(SQLiteError) -> CustomerItem? {
        guard let found = try item(id), found.customer == customer, found.kind == kind else { return nil }
        return found
    }

    /// Whose an item is, where its customer is a part of another now; nil where it is not.
    borrowing func owner(ofItem id: Int64) throws(SQLiteError) -> Int64? {
        let one = try database.prepare("SELECT origin FROM item_version WHERE item=? LIMIT 1")
        try one.bind(id, 1)
        return try one.step() && !one.isNull(0) ? one.int(0) : nil
    }

    /// The id of the next item: behind those of deleted and erased ones too.
    borrowing func nextItem() throws(SQLiteError) -> Int64 {
        try database.integer(
            "SELECT 1 + max(coalesce((SELECT max(item) FROM item_version), 0), (SELECT items_behind FROM identity))")
            ?? 1
    }

    /// 0 for an item that never was.
    borrowing func newestVersion(ofItem id: Int64) throws(SQLiteError) -> Int64 {
        defer { items.newest.reset() }
        try items.newest.bind(id, 1)
        return try items.newest.step() ? items.newest.int(0) : 0
    }

    /// When and by whom an item was first recorded; nil when this customer never had it.
    borrowing func origin(
        ofItem id: Int64, _ kind: CustomerItem.Kind, of customer: Int64
    ) throws(SQLiteError) -> (at: Timestamp, who: String?)? {
        let first = try database.prepare(
            "SELECT at, who FROM item_version WHERE item=? AND kind=? AND customer=? ORDER BY version LIMIT 1")
        try first.bind(id, 1)
        try first.bind(kind.rawValue, 2)
        try first.bind(customer, 3)
        return try first.step() ? (Timestamp(ms: first.int(0)), first.text(1)) : nil
    }

    /// What an item was at a version; nil when it was deleted then, and when there is no such version.
    borrowing func content(ofItem id: Int64, at version: Int64) throws(SQLiteError) -> CustomerItem.Content? {
        if let current = try item(id), current.version == version { return current.content }
        // What a version made is what the next one found.
        let next = try database.prepare("SELECT before FROM item_version WHERE item=? AND version=?")
        try next.bind(id, 1)
        try next.bind(version + 1, 2)
        guard try next.step(), !next.isNull(0) else { return nil }
        return try CustomerItem.unpacked(next.withBytes(0) { Array($0) }, id)
    }

    borrowing func versions(
        ofItem id: Int64, _ kind: CustomerItem.Kind, of customer: Int64, below: Int64?, limit: Int
    ) throws(SQLiteError) -> [ItemVersion]? {
        guard try origin(ofItem: id, kind, of: customer) != nil else { return nil }
        var after: CustomerItem.Content?
        if let below { after = try content(ofItem: id, at: below - 1) } else { after = try item(id)?.content }
        let all = try database.prepare(
            """
            SELECT version, at, who, through, import, before FROM item_version WHERE item=?1 AND version<?2
            ORDER BY version DESC LIMIT ?3
            """)
        try all.bind(id, 1)
        try all.bind(below ?? .max, 2)
        try all.bind(Int64(limit), 3)
        var found: [ItemVersion] = []
        while try all.step() {
            let before = all.isNull(5) ? nil : try CustomerItem.unpacked(all.withBytes(5) { Array($0) }, id)
            found.append(
                ItemVersion(
                    version: all.int(0), at: Timestamp(ms: all.int(1)), author: all.author(2),
                    importID: all.isNull(4) ? nil : all.int(4), before: before, after: after))
            after = before
        }
        return found
    }
}
