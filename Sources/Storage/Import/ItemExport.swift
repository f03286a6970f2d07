import CallCenter
import SQLite

/// All purchases, contracts, contacts or notes of customers as CSV, in the columns of the import: importing it again
/// changes nothing. Those of deleted customers are not there.
public struct ItemExport: Sendable {
    private let store: CustomerStore
    private let kind: CustomerItem.Kind
    private let time: @Sendable (Timestamp) -> String
    private var after: Int64 = 0
    private var hasBegun = false

    /// - Parameter time: a moment in UTC, to the millisecond, as RFC 3339 has it.
    public init(
        of kind: CustomerItem.Kind, from store: CustomerStore, time: @escaping @Sendable (Timestamp) -> String
    ) {
        self.kind = kind
        self.store = store
        self.time = time
    }

    /// The names of the columns, in their order.
    public var columns: [String] { ItemColumns.Column.exported(of: kind).map(\.rawValue) }

    /// The cells of the next items; nil behind the last.
    public mutating func nextRows() throws(StoreError) -> [[String]]? {
        let page = try store.exportedItems(kind, after: after, limit: CustomerExport.pageRows)
        guard let last = page.last else { return nil }
        after = last.item.id
        let columns = ItemColumns.Column.exported(of: kind)
        return page.map { one in columns.map { value($0, one) } }
    }

    /// The next piece of the file; nil at its end.
    public mutating func next() throws(StoreError) -> [UInt8]? {
        var out: [UInt8] = []
        if !hasBegun {
            hasBegun = true
            out += [0xEF, 0xBB, 0xBF]
            CustomerExport.row(columns, into: &out)
            return out
        }
        guard let page = try nextRows() else { return nil }
        for row in page { CustomerExport.row(row, into: &out) }
        return out
    }

    private func value(_ column: ItemColumns.Column, _ one: ExportedItem) -> String {
        switch column {
        case .id: return String(one.item.id)
        case .customer: return String(one.item.customer)
        case .externalID: return one.externalID ?? ""
        case .name: return one.name
        case .phone: return one.phone ?? ""
        case .email: return one.email ?? ""
        default: break
        }
        return switch one.item.content {
        case .purchase(let purchase): value(column, purchase)
        case .contract(let contract): value(column, contract)
        case .contact(let contact): value(column, contact)
        case .note(let note): value(column, note)
        case .file: ""
        }
    }

    private func value(_ column: ItemColumns.Column, _ one: Purchase) -> String {
        switch column {
        case .at: text(one.at)
        case .product: one.product
        case .quantity: one.quantity?.text ?? ""
        case .unitPrice: one.unitPrice?.text ?? ""
        case .amount: one.amount?.text ?? ""
        case .currency: one.currency ?? ""
        case .order: one.order ?? ""
        case .state: one.state
        default: ""
        }
    }

    private func value(_ column: ItemColumns.Column, _ one: Contract) -> String {
        switch column {
        case .service: one.service
        case .amount: one.amount?.text ?? ""
        case .currency: one.currency ?? ""
        case .signed: one.signed.map(text) ?? ""
        case .starts: one.starts.map(text) ?? ""
        case .expires: one.expires.map(text) ?? ""
        case .renews:
            switch one.renews {
            case nil: ""
            case .yes?: "true"
            case .no?: "false"
            case .at(let moment)?: text(moment)
            }
        default: ""
        }
    }

    private func value(_ column: ItemColumns.Column, _ one: Contact) -> String {
        switch column {
        case .at: time(one.at)
        case .channel: one.channel
        case .direction: one.direction?.rawValue ?? ""
        case .summary: one.summary
        case .duration: one.duration.map { String($0) } ?? ""
        case .operator: one.operator ?? ""
        default: ""
        }
    }

    private func value(_ column: ItemColumns.Column, _ one: Note) -> String {
        switch column {
        case .at: time(one.at)
        case .text: one.text
        case .seconds: one.spent.flatMap { ExactDecimal(units: $0, scale: 3) }?.text ?? ""
        case .operator: one.operator ?? ""
        default: ""
        }
    }

    private func text(_ moment: DayOrTime) -> String {
        moment.isDay ? moment.date.text : time(Timestamp(ms: moment.ms))
    }
}

/// An item with what its customer is known by.
struct ExportedItem: Sendable {
    var item: CustomerItem
    var externalID: String?
    var name: String
    /// The first of them, as it was written.
    var phone: String?
    var email: String?
}

extension CustomerStore {
    /// The items of a kind behind `id`, in the order of their ids, at most `limit`. Keeps no writer waiting.
    func exportedItems(
        _ kind: CustomerItem.Kind, after id: Int64, limit: Int
    ) throws(StoreError) -> [ExportedItem] {
        try listed { database throws(SQLiteError) in
            let columns = ItemTables.columns.split(separator: ", ").map { "i.\($0)" }.joined(separator: ", ")
            let all = try database.prepare(
                """
                SELECT \(columns), c.external_id, c.name, c.email,
                  (SELECT raw FROM phone WHERE customer=c.id ORDER BY place LIMIT 1)
                FROM customer_item i CROSS JOIN customer c ON c.id=i.customer
                WHERE i.id>? AND i.kind=? ORDER BY i.id LIMIT ?
                """)
            try all.bind(id, 1)
            try all.bind(kind.rawValue, 2)
            try all.bind(Int64(limit), 3)
            var found: [ExportedItem] = []
            while try all.step() {
                found.append(
                    ExportedItem(
                        item: try CustomerItem(all), externalID: all.text(10), name: all.text(11) ?? "",
                        phone: all.text(13), email: all.text(12)))
            }
            return found
        }
    }
}
