import CallCenter
import SQLite

/// A case of a customer, or a promise with its due time.
public struct CustomerCase: Equatable, Sendable {
    public var id: Int64
    public var customer: Int64
    public var customerName: String
    public var kind: OpenCase.Kind
    public var title: String
    public var owner: String?
    public var due: Timestamp?
    public var createdAt: Timestamp
    public var createdBy: String?
    public var closedAt: Timestamp?
    public var closedBy: String?
    /// How long it was written on, where the desk measured it. Milliseconds.
    public var spent: Int64?
}

extension CustomerStore {
    private static let caseColumns = """
        SELECT k.id, k.customer, c.name, k.kind, k.title, k.owner, k.due, k.created_at, k.created_by, k.closed_at, \
        k.closed_by, k.spent
        FROM customer_case k JOIN customer c ON c.id=k.customer
        """

    /// nil when there is no such customer.
    public func open(
        _ kind: OpenCase.Kind, _ title: String, of customer: Int64, owner: String?, due: Timestamp?, by: String?,
        spent: Int64? = nil, at now: Timestamp
    ) throws(StoreError) -> CustomerCase? {
        try with { state throws(SQLiteError) in
            guard try state.hasCustomer(customer) else { return nil }
            let write = try state.database.prepare(
                "INSERT INTO customer_case(customer, kind, title, owner, due, created_at, created_by, spent) "
                    + "VALUES(?,?,?,?,?,?,?,?) RETURNING id"
            )
            try write.bind(customer, 1)
            try write.bind(kind.rawValue, 2)
            try write.bind(title, 3)
            try write.bind(owner, 4)
            try write.bind(due?.ms, 5)
            try write.bind(now.ms, 6)
            try write.bind(by, 7)
            try write.bind(spent, 8)
            guard try write.step() else { return nil }
            let id = write.int(0)
            write.reset()
            return try CustomerStore.cases(state, "WHERE k.id=?", id).first
        }
    }

    /// nil when there is none with this id.
    public func customerCase(_ id: Int64) throws(StoreError) -> CustomerCase? {
        try with { state throws(SQLiteError) in try CustomerStore.cases(state, "WHERE k.id=?", id).first }
    }

    /// Closes a case; one that is closed stays as it was. nil when there is none.
    public func close(_ id: Int64, by: String?, at now: Timestamp) throws(StoreError) -> CustomerCase? {
        try with { state throws(SQLiteError) in
            let write = try state.database.prepare(
                "UPDATE customer_case SET closed_at=?, closed_by=? WHERE id=? AND closed_at IS NULL")
            try write.bind(now.ms, 1)
            try write.bind(by, 2)
            try write.bind(id, 3)
            try write.run()
            return try CustomerStore.cases(state, "WHERE k.id=?", id).first
        }
    }

    /// What is open with a customer, the most pressing first.
    public func openCases(of customer: Int64) throws(StoreError) -> [CustomerCase] {
        try with { state throws(SQLiteError) in
            try CustomerStore.cases(
                state, "WHERE k.customer=? AND k.closed_at IS NULL ORDER BY k.due IS NULL, k.due, k.id LIMIT 100",
                customer)
        }
    }

    /// All that is open, the most pressing first; of one operator, or of all.
    public func openCases(owner: String?, limit: Int) throws(StoreError) -> [CustomerCase] {
        try with { state throws(SQLiteError) in
            let mine = owner == nil ? "" : "AND k.owner=?2"
            return try CustomerStore.cases(
                state, "WHERE k.closed_at IS NULL \(mine) ORDER BY k.due IS NULL, k.due, k.id LIMIT ?1", Int64(limit),
                owner)
        }
    }

    private static func cases(_ state: borrowing State, _ condition: String, _ number: Int64, _ text: String? = nil)
        throws(SQLiteError) -> [CustomerCase]
    {
        let all = try state.database.prepare("\(caseColumns) \(condition)")
        try all.bind(number, 1)
        if let text { try all.bind(text, 2) }
        var found: [CustomerCase] = []
        while try all.step() {
            found.append(
                CustomerCase(
                    id: all.int(0), customer: all.int(1), customerName: all.text(2) ?? "",
                    kind: OpenCase.Kind(rawValue: all.text(3) ?? "") ?? .case,
                    title: all.text(4) ?? "", owner: all.text(5), due: all.isNull(6) ? nil : Timestamp(ms: all.int(6)),
                    createdAt: Timestamp(ms: all.int(7)),
                    createdBy: all.text(8), closedAt: all.isNull(9) ? nil : Timestamp(ms: all.int(9)),
                    closedBy: all.text(10), spent: all.isNull(11) ? nil : all.int(11)))
        }
        return found
    }
}

extension CustomerStore.State {
    borrowing func hasCustomer(_ id: Int64) throws(SQLiteError) -> Bool {
        let found = try database.prepare("SELECT 1 FROM customer WHERE id=?")
        try found.bind(id, 1)
        return try found.step()
    }
}
