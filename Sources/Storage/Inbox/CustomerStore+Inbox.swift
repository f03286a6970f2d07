import CallCenter
import SQLite

/// Reading the inbox, and finding whose an address is.
extension CustomerStore {
    /// The item with this id; nil when there is none.
    public func inboxItem(_ id: Int64) throws(StoreError) -> InboxItem? {
        try reading { state throws(SQLiteError) in
            let item = try state.inboxItem(id)
            return item?.state == .removed ? nil : item
        }
    }

    /// Items of the inbox, newest first.
    ///
    /// - Parameters:
    ///   - state: nil for all.
    ///   - below: only ids below this one; nil for the newest.
    public func inbox(_ state: InboxItem.State?, below: Int64?, limit: Int) throws(StoreError) -> [InboxItem] {
        try reading { records throws(SQLiteError) in
            let which = state.map { "state=\($0.rawValue)" } ?? "state<>\(InboxItem.State.removed.rawValue)"
            return try InboxQuery.items(
                records.database, "WHERE \(which) AND id<?1 ORDER BY id DESC LIMIT \(max(0, limit))",
                bind: .number(below ?? .max))
        }
    }

    /// How many wait for somebody.
    public func openInboxItems() throws(StoreError) -> Int64 {
        try reading { state throws(SQLiteError) in
            try state.database.integer("SELECT count(*) FROM inbox_item WHERE state=\(InboxItem.State.open.rawValue)")
                ?? 0
        }
    }

    /// Whom an item may be of: who has its address, and whose thread it is in. At most `limit`.
    public func candidates(for item: InboxItem, limit: Int) throws(StoreError) -> [CustomerRecord] {
        try reading { state throws(SQLiteError) in
            var ids: [Int64] = []
            for party in item.contact.parties.prefix(limit) { ids += try state.customers(with: party.address) }
            ids += try state.traces(of: item.contact.thread).map(\.customer)
            var seen: Set<Int64> = [], found: [CustomerRecord] = []
            for id in ids where seen.insert(id).inserted && found.count < limit {
                if let record = try state.record(id) { found.append(record) }
            }
            return found
        }
    }
}

enum InboxQuery {
    enum Value {
        case number(Int64)
        case text(String)
    }

    static func items(
        _ database: borrowing Connection, _ rest: String, bind value: Value
    ) throws(SQLiteError) -> [InboxItem] {
        let all = try database.prepare("SELECT id, fields, claimed_by, claimed_at FROM inbox_item \(rest)")
        switch value {
        case .number(let number): try all.bind(number, 1)
        case .text(let text): try all.bind(text, 1)
        }
        var found: [InboxItem] = []
        while try all.step() {
            let bytes = all.withBytes(1) { Array($0) }
            do throws(Malformed) {
                var one = try bytes.reading { from throws(Malformed) in try from.inboxItem() }
                if let by = all.text(2) { one.claim = CaseClaim(by: by, since: Timestamp(ms: all.int(3))) }
                found.append(one)
            } catch {
                throw SQLiteError(code: LogTables.damaged, message: "item \(all.int(0)) of the inbox cannot be read")
            }
        }
        return found
    }
}

/// A contact on a record that came from elsewhere.
struct TracedContact: Equatable, Sendable {
    var item: Int64
    /// Whose it is now.
    var customer: Int64
    var caseID: Int64?
}

extension CustomerStore.State {
    borrowing func inboxItem(_ id: Int64) throws(SQLiteError) -> InboxItem? {
        try InboxQuery.items(database, "WHERE id=?1", bind: .number(id)).first
    }

    borrowing func inboxItem(key: String) throws(SQLiteError) -> InboxItem? {
        try InboxQuery.items(database, "WHERE key=?1", bind: .text(key)).first
    }

    /// Those of an address that wait, oldest first.
    borrowing func openInboxItems(address: String, limit: Int) throws(SQLiteError) -> [InboxItem] {
        try InboxQuery.items(
            database, "WHERE address=?1 AND state=\(InboxItem.State.open.rawValue) ORDER BY id LIMIT \(limit)",
            bind: .text(address))
    }

    borrowing func nextInboxItem() throws(SQLiteError) -> Int64 {
        try database.integer("SELECT 1 + coalesce(max(id), 0) FROM inbox_item") ?? 1
    }

    /// The customers who have an address, in the order of their ids.
    borrowing func customers(with address: IncomingContact.Address) throws(SQLiteError) -> [Int64] {
        let question: String
        switch address {
        case .email:
            question =
                """
                SELECT id FROM customer WHERE email=?1
                UNION SELECT id FROM customer WHERE email<>lower(email) AND lower(email)=?1
                UNION SELECT customer FROM customer_identity WHERE value=?1 AND kind=1
                UNION SELECT customer FROM customer_identity
                  WHERE value<>lower(value) AND lower(value)=?1 AND kind=1
                ORDER BY 1 LIMIT 100
                """
        case .phone:
            question = "SELECT DISTINCT customer FROM phone WHERE e164=?1 ORDER BY 1 LIMIT 100"
        case .account:
            question =
                """
                SELECT id FROM customer WHERE line_id=?1
                UNION SELECT customer FROM customer_identity WHERE value=?1 AND kind=2 ORDER BY 1 LIMIT 100
                """
        }
        let all = try database.prepare(question)
        try all.bind(address.key, 1)
        var ids: [Int64] = []
        while try all.step() { ids.append(all.int(0)) }
        guard case .account(let service, let id) = address else { return ids }
        var own: [Int64] = []
        for customer in ids {
            guard let fields = try record(customer)?.fields else { continue }
            let isLine = service == CustomerFields.lineService && fields.lineID == id
            if isLine || fields.details.accounts.contains(.init(service: service, id: id)) { own.append(customer) }
        }
        return own
    }

    /// What these keys came in as, the newest key's first.
    borrowing func traces(of keys: [String]) throws(SQLiteError) -> [TracedContact] {
        var found: [TracedContact] = []
        for key in keys.reversed() { found += try traces(of: key) }
        // A customer may answer before it is known that the mail was sent.
        return found + (try repliesNamed(keys))
    }

    borrowing func traces(of key: String) throws(SQLiteError) -> [TracedContact] {
        let all = try database.prepare(
            """
            SELECT t.item, i.customer, t.case_id FROM contact_trace t JOIN customer_item i ON i.id=t.item
            WHERE t.key=? ORDER BY t.item
            """)
        try all.bind(key, 1)
        var found: [TracedContact] = []
        while try all.step() {
            found.append(
                TracedContact(item: all.int(0), customer: all.int(1), caseID: all.isNull(2) ? nil : all.int(2)))
        }
        return found
    }

    /// Whether it is on a record, or was on one that somebody removed it from.
    borrowing func isTraced(_ key: String) throws(SQLiteError) -> Bool {
        let one = try database.prepare("SELECT 1 FROM contact_trace WHERE key=?")
        try one.bind(key, 1)
        return try one.step()
    }

    /// The case of the newest contact of a customer about a subject.
    ///
    /// - Parameter since: contacts before this moment are about something else.
    borrowing func caseAbout(
        _ subject: String, of customer: Int64, since: Timestamp
    ) throws(SQLiteError) -> Int64? {
        let one = try database.prepare(
            """
            SELECT t.case_id FROM contact_trace t JOIN customer_item i ON i.id=t.item
            WHERE t.subject=?1 AND t.at>=?2 AND i.customer=?3 AND t.case_id IS NOT NULL ORDER BY t.at DESC LIMIT 1
            """)
        try one.bind(subject, 1)
        try one.bind(since.ms, 2)
        try one.bind(customer, 3)
        return try one.step() ? one.int(0) : nil
    }
}

extension CustomerFields {
    /// - Returns: whether the record did not have the address yet.
    mutating func add(_ address: IncomingContact.Address) -> Bool {
        switch address {
        case .email(let mail):
            let all = [email].compactMap { $0 } + details.emails
            guard !all.contains(where: { $0.lowercased() == mail }) else { return false }
            if email == nil { email = mail } else { details.emails.append(mail) }
        case .phone(let number):
            guard number.key != nil, !phones.contains(where: { $0.key == number.key }) else { return false }
            phones.append(number)
        case .account(let service, let id):
            if service == CustomerFields.lineService, lineID == nil || lineID == id {
                guard lineID == nil else { return false }
                lineID = id
                return true
            }
            guard !details.accounts.contains(.init(service: service, id: id)) else { return false }
            details.accounts.append(.init(service: service, id: id))
        }
        return true
    }

    /// Takes an address out again.
    mutating func remove(_ address: IncomingContact.Address) {
        switch address {
        case .email(let mail):
            details.emails.removeAll { $0.lowercased() == mail }
            if email?.lowercased() == mail { email = nil }
        case .phone(let number): phones.removeAll { $0.key == number.key }
        case .account(let service, let id):
            if service == CustomerFields.lineService, lineID == id { lineID = nil }
            details.accounts.removeAll { $0 == .init(service: service, id: id) }
        }
    }
}
