import CallCenter
import PhoneNumbers
import SQLite

/// Finds whose a row is, and which of that customer's items it is about. Prepared for one chunk of rows.
struct ItemFinder: ~Copyable {
    enum Owner {
        case customer(Int64, warning: ImportRow.Fault?)
        /// The row's `external_id` had lost its leading zeros.
        case restored(Int64, warning: ImportRow.Fault)
        case nobody(ImportRow.Fault)
    }

    struct Match {
        var item: CustomerItem
        /// What the item is with the row.
        var merged: CustomerItem.Content
    }

    /// Customers of one number, or contracts of one customer, beyond which nobody looks.
    private static let most = 200

    private let names: Statement
    private let byPhone: Statement
    private let byPlace: Statement
    private let all: Statement

    init(_ database: borrowing Connection) throws(SQLiteError) {
        let names = try database.prepare("SELECT name FROM customer WHERE id=?")
        let byPhone = try database.prepare(
            "SELECT DISTINCT customer FROM phone WHERE e164=? ORDER BY customer LIMIT \(ItemFinder.most)")
        let byPlace = try database.prepare(
            """
            SELECT \(ItemTables.columns) FROM customer_item WHERE customer=? AND kind=? AND at=? ORDER BY id
            """)
        let all = try database.prepare(
            """
            SELECT \(ItemTables.columns) FROM customer_item WHERE customer=? AND kind=? ORDER BY at DESC, id DESC
            LIMIT \(ItemFinder.most)
            """)
        self.names = names
        self.byPhone = byPhone
        self.byPlace = byPlace
        self.all = all
    }

    // MARK: Whose it is

    /// By the first of `external_id`, the record's number, telephone number and mail address that finds somebody.
    borrowing func owner(
        _ named: ItemRow.Owner, _ state: borrowing CustomerStore.State
    ) throws(SQLiteError) -> Owner {
        var fault: ImportRow.Fault?
        if let external = named.externalID {
            if let holder = try state.holder(ofExternalID: external, but: nil) {
                return .customer(holder, warning: nil)
            }
            let (twin, whole) = try twin(of: external, named, state)
            if let twin {
                let message = "\"\(external)\" is taken for \"\(whole ?? "")\": a spreadsheet drops leading zeros"
                return .restored(twin, warning: .init(column: "external_id", message: message))
            }
            let hint = whole.map { "; \"\($0)\" is somebody's: a spreadsheet drops leading zeros" } ?? ""
            fault = .init(column: "external_id", message: "no customer has the external_id \"\(external)\"\(hint)")
        }
        if let number = named.customer {
            let id = try state.survivor(of: number)
            if let known = try name(of: id) {
                // In another centre's records the number is somebody else's.
                let agrees = named.name.map { ItemFinder.isSame($0, known) } ?? (named.externalID == nil)
                if agrees { return .customer(id, warning: nil) }
                fault = .init(
                    column: "customer", message: "customer \(number) is somebody else than the row names")
            } else {
                fault = .init(column: "customer", message: "there is no customer \(number)")
            }
        }
        if let phone = named.phone, let key = phone.key {
            try byPhone.bind(key, 1)
            let ids = try ids(byPhone)
            switch try choose(ids, named, "phone", "the number \"\(phone.raw)\"") {
            case .nobody(let reason): fault = reason
            case let found: return found
            }
        }
        if let email = named.email {
            let ids = try state.customers(with: .email(email))
            switch try choose(ids, named, "email", "the address \"\(email)\"") {
            case .nobody(let reason): fault = reason
            case let found: return found
            }
        }
        return .nobody(
            fault
                ?? .init(
                    column: "", message: "the row names no customer: external_id, customer, phone and email are empty"))
    }

    /// Of several who share a number the one whom the row names.
    private borrowing func choose(
        _ ids: [Int64], _ named: ItemRow.Owner, _ column: String, _ what: String
    ) throws(SQLiteError) -> Owner {
        guard let first = ids.first else {
            return .nobody(.init(column: column, message: "no customer has \(what)"))
        }
        var fitting: [Int64] = []
        if let wanted = named.name {
            for id in ids {
                if let known = try name(of: id), ItemFinder.isSame(wanted, known) { fitting.append(id) }
            }
        }
        if fitting.count == 1 { return .customer(fitting[0], warning: nil) }
        if ids.count == 1 {
            guard let wanted = named.name else { return .customer(first, warning: nil) }
            let message = "customer \(first) has \(what), and the row names \"\(wanted)\""
            return .customer(first, warning: .init(column: column, message: message))
        }
        let list = ids.prefix(5).map(String.init).joined(separator: ", ")
        return .nobody(
            .init(
                column: column,
                message: "several customers have \(what) (\(list)): say which by external_id, customer or name"))
    }

    /// The customer whose `external_id` is this one but for leading zeros, where the row agrees with something else of
    /// it; and the whole id of one, where there is any.
    private borrowing func twin(
        of external: String, _ named: ItemRow.Owner, _ state: borrowing CustomerStore.State
    ) throws(SQLiteError) -> (Int64?, String?) {
        var fitting: [(id: Int64, external: String?)] = [], other: String?
        for id in try state.zeroTwins(of: external) {
            guard let fields = try state.record(id)?.fields else { continue }
            other = fields.externalID
            let hasName = named.name.map { ItemFinder.isSame($0, fields.name) } ?? false
            let hasPhone = named.phone.map { phone in fields.phones.contains { $0.key == phone.key } } ?? false
            let hasEmail = named.email != nil && named.email == fields.email?.lowercased()
            if hasName || hasPhone || hasEmail { fitting.append((id, fields.externalID)) }
        }
        guard fitting.count == 1, let one = fitting.first else { return (nil, other) }
        return (one.id, one.external)
    }

    private borrowing func name(of customer: Int64) throws(SQLiteError) -> String? {
        defer { names.reset() }
        try names.bind(customer, 1)
        return try names.step() ? names.text(0) : nil
    }

    /// Spaces within a name, and the width of letters, are no difference.
    private static func isSame(_ one: String, _ other: String) -> Bool {
        func plain(_ name: String) -> String { NumberText.narrow(name).lowercased().filter { !$0.isWhitespace } }
        return one == other || plain(one) == plain(other)
    }

    private borrowing func ids(_ statement: borrowing Statement) throws(SQLiteError) -> [Int64] {
        defer { statement.reset() }
        var found: [Int64] = []
        while try statement.step() { found.append(statement.int(0)) }
        return found
    }

    // MARK: Which one it is

    /// - Parameters:
    ///   - fresh: what the row is when there is no item yet.
    ///   - taken: items that other rows are about.
    /// - Returns: nil when the row is about a new one.
    borrowing func match(
        _ row: ItemRow.Reading, _ fresh: CustomerItem.Content, of customer: Int64,
        _ state: borrowing CustomerStore.State, but taken: NumberSet
    ) throws(SQLiteError) -> Match? {
        var named: Match?
        if let id = row.id, !taken.contains(id), let item = try state.item(id, fresh.kind, of: customer) {
            let merged = row.merged(into: item.content)
            if merged == item.content { return Match(item: item, merged: merged) }
            // In another centre's records the number is another item's.
            if item.content.resembles(fresh) { named = Match(item: item, merged: merged) }
        }
        var same: Match?
        let candidates = try candidates(fresh, of: customer)
        for item in candidates where !taken.contains(item.id) {
            let merged = row.merged(into: item.content)
            if merged == item.content { return Match(item: item, merged: merged) }
            if same == nil, item.content.hasKey(of: fresh, isTimed: row.isTimed) {
                same = Match(item: item, merged: merged)
            }
        }
        return named ?? same
    }

    private borrowing func candidates(
        _ fresh: CustomerItem.Content, of customer: Int64
    ) throws(SQLiteError) -> [CustomerItem] {
        if fresh.kind == .contract {
            // Where a contract is in the list depends on columns that a file need not have; customers have few.
            try all.bind(customer, 1)
            try all.bind(fresh.kind.rawValue, 2)
            return try items(all)
        }
        try byPlace.bind(customer, 1)
        try byPlace.bind(fresh.kind.rawValue, 2)
        try byPlace.bind(fresh.place(createdAt: Timestamp(ms: 0)), 3)
        return try items(byPlace)
    }

    private borrowing func items(_ statement: borrowing Statement) throws(SQLiteError) -> [CustomerItem] {
        defer { statement.reset() }
        var found: [CustomerItem] = []
        while try statement.step() { found.append(try CustomerItem(statement)) }
        return found
    }
}

extension CustomerItem.Content {
    /// Whether what is written of two is about one thing.
    fileprivate func hasKey(of fresh: CustomerItem.Content, isTimed: Bool) -> Bool {
        switch (self, fresh) {
        case (.purchase(let one), .purchase(let row)):
            let isOtherOrder = one.order != nil && row.order != nil && one.order != row.order
            return one.at == row.at && one.product == row.product && !isOtherOrder
        case (.contract(let one), .contract(let row)):
            return one.service == row.service && (row.starts == nil || row.starts == one.starts)
                && (row.signed == nil || row.signed == one.signed)
        // Of one day there may be several.
        case (.contact(let one), .contact(let row)): return isTimed && one.at == row.at && one.channel == row.channel
        case (.note(let one), .note(let row)):
            return isTimed && one.at == row.at && (row.operator == nil || row.operator == one.operator)
        default: return false
        }
    }

    /// Whether two have enough in common to be one thing of which somebody changed the rest.
    fileprivate func resembles(_ other: CustomerItem.Content) -> Bool {
        func both<Value: Equatable>(_ one: Value?, _ two: Value?) -> Bool { one != nil && one == two }
        switch (self, other) {
        case (.purchase(let one), .purchase(let two)):
            return one.at == two.at || one.product == two.product || both(one.order, two.order)
        case (.contract(let one), .contract(let two)):
            return one.service == two.service || both(one.signed, two.signed) || both(one.starts, two.starts)
                || both(one.expires, two.expires)
        case (.contact(let one), .contact(let two)):
            return one.at == two.at || !one.summary.isEmpty && one.summary == two.summary
        case (.note(let one), .note(let two)): return one.at == two.at || one.text == two.text
        default: return false
        }
    }
}
