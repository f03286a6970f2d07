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

    /// nil when there is none with this id.
    public func customerCase(_ id: Int64) throws(StoreError) -> CustomerCase? {
        try with { state throws(SQLiteError) in try CustomerStore.cases(state, "WHERE k.id=?", id).first }
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

    static func cases(_ state: borrowing State, _ condition: String, _ number: Int64, _ text: String? = nil)
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

    borrowing func customerCase(_ id: Int64) throws(SQLiteError) -> CustomerCase? {
        try CustomerStore.cases(self, "WHERE k.id=?", id).first
    }

    /// The id of the next case: behind those of deleted customers too.
    borrowing func nextCase() throws(SQLiteError) -> Int64 {
        try database.integer(
            """
            SELECT 1 + max(coalesce((SELECT max(id) FROM customer_case), 0), (SELECT cases_behind FROM identity))
            """) ?? 1
    }
}

extension CustomerStore {
    /// All cases of a customer, open and closed.
    static func caseFields(
        _ state: borrowing State, of customer: Int64
    ) throws(SQLiteError) -> [RecordChange.CaseFields] {
        try cases(state, "WHERE k.customer=? ORDER BY k.id", customer).map(\.fields)
    }
}

extension CustomerCase {
    /// Without what is read from other records.
    var fields: RecordChange.CaseFields {
        RecordChange.CaseFields(
            id: id, customer: customer, kind: kind, title: title, owner: owner, due: due, createdAt: createdAt,
            createdBy: createdBy, closedAt: closedAt, closedBy: closedBy, spent: spent)
    }
}
