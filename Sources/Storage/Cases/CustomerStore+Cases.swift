import CallCenter
import SQLite

/// Which cases are listed.
public struct CaseFilter: Equatable, Sendable {
    /// nil: open and closed ones.
    public var isOpen: Bool? = true
    /// Only those of this operator; nil for all.
    public var owner: String?
    /// Only those of this customer; nil for all.
    public var customer: Int64?
    /// `CustomerCase.closedPhase` for closed ones.
    public var phase: String?
    /// Only cases, or only promises; nil for both.
    public var kind: OpenCase.Kind?
    /// Only those of these delays.
    public var delays: Set<CaseDelay> = []
    /// Only those that somebody wants to hand to this operator.
    public var handedTo: String?
    /// Only those that this operator has claimed, whether or not the claim still counts.
    public var claimedBy: String?
    /// Only the promises and tasks of this case.
    public var partOf: Int64?
    /// Only those of this priority; nil for all.
    public var priority: CasePriority?
    /// Only those that were opened from this moment on.
    public var openedFrom: Timestamp?
    /// Only those that were opened before this moment.
    public var openedBefore: Timestamp?
    /// Only those in which something was done, or only those in which nothing was.
    public var isAnswered: Bool?

    /// Everything that is open.
    public init() {}
}

/// Why a case needs somebody's attention (customers.md, "Cases").
public enum CaseDelay: String, Equatable, Sendable, CaseIterable {
    /// Its time has passed.
    case overdue
    /// Its time comes soon.
    case atRisk = "at_risk"
    /// Nothing went forward for too long, and the customer is not waited for.
    case stalled
    /// It is nobody's.
    case unowned
    /// The customer has to do something.
    case waiting

    /// The same as of `CaseClock`, in SQL: ?1 is now, ?2 and ?3 are the clock's other moments.
    var condition: String {
        switch self {
        case .overdue: "k.due<?1"
        case .atRisk: "k.due>=?1 AND k.due<?3"
        case .stalled:
            "k.kind='case' AND k.waiting_since IS NULL AND ?2 IS NOT NULL AND coalesce(k.progress_at, k.created_at)<?2"
        case .unowned: "k.owner IS NULL"
        case .waiting: "k.waiting_since IS NOT NULL"
        }
    }
}

/// Where a list of cases continues: behind the one with this due time and id.
public struct CasePlace: Equatable, Sendable {
    /// `Int64.max` for a case without a due time.
    public var due: Int64
    public var id: Int64

    /// Copies its arguments.
    public init(due: Int64, id: Int64) {
        self.due = due
        self.id = id
    }
}

extension CustomerCase {
    /// Where a list continues behind this one.
    public var place: CasePlace { CasePlace(due: due?.ms ?? .max, id: id) }
}

extension CustomerStore {
    /// nil when there is none with this id.
    public func customerCase(_ id: Int64) throws(StoreError) -> CustomerCase? {
        try reading { state throws(SQLiteError) in try state.customerCase(id) }
    }

    /// The promises and tasks of a case that are open, the most pressing first.
    public func openParts(ofCase id: Int64) throws(StoreError) -> [CustomerCase] {
        try reading { state throws(SQLiteError) in try state.openParts(ofCase: id) }
    }

    /// What is open with a customer, the most pressing first.
    public func openCases(of customer: Int64) throws(StoreError) -> [CustomerCase] {
        try reading { state throws(SQLiteError) in
            try CustomerStore.cases(
                state, "WHERE k.customer=? AND k.closed_at IS NULL ORDER BY k.due IS NULL, k.due, k.id LIMIT 100",
                customer)
        }
    }

    /// Cases by due time, those without one last.
    ///
    /// - Parameters:
    ///   - clock: by which delays are judged.
    ///   - after: only those behind this one; nil for the first.
    public func cases(
        _ filter: CaseFilter, _ clock: CaseClock, after: CasePlace?, limit: Int
    ) throws(StoreError) -> [CustomerCase] {
        try reading { state throws(SQLiteError) in
            var conditions = ["(coalesce(k.due, \(Int64.max)), k.id) > (?4, ?5)"]
            let isClosed = filter.phase == CustomerCase.closedPhase
            let isOpen = !filter.delays.isEmpty ? true : isClosed ? false : filter.isOpen
            if let isOpen { conditions.append(isOpen ? "k.closed_at IS NULL" : "k.closed_at IS NOT NULL") }
            if filter.owner != nil { conditions.append("k.owner=?7") }
            if filter.customer != nil { conditions.append("k.customer=?8") }
            if let phase = filter.phase, phase != CustomerCase.closedPhase { conditions.append("k.phase=?9") }
            if filter.kind != nil { conditions.append("k.kind=?10") }
            // Always there, so that all parameters are.
            conditions.append("(?11 IS NULL OR k.handed_to=?11) AND (?12 IS NULL OR k.claimed_by=?12)")
            if filter.partOf != nil { conditions.append("k.part_of=?13") }
            if filter.priority != nil { conditions.append("k.priority=?14") }
            if filter.openedFrom != nil { conditions.append("k.created_at>=?15") }
            if filter.openedBefore != nil { conditions.append("k.created_at<?16") }
            if let isAnswered = filter.isAnswered {
                conditions.append("k.progress_at IS \(isAnswered ? "NOT " : "")NULL")
            }
            for delay in CaseDelay.allCases where filter.delays.contains(delay) {
                conditions.append("(\(delay.condition))")
            }
            let all = try state.database.prepare(
                """
                SELECT \(CaseTables.columns) FROM customer_case k JOIN customer c ON c.id=k.customer
                WHERE \(conditions.joined(separator: " AND "))
                ORDER BY coalesce(k.due, \(Int64.max)), k.id LIMIT ?6
                """)
            try CustomerStore.bind(clock, to: all)
            try all.bind(after?.due ?? .min, 4)
            try all.bind(after?.id ?? .min, 5)
            try all.bind(Int64(limit), 6)
            try all.bind(filter.owner, 7)
            try all.bind(filter.customer, 8)
            try all.bind(filter.phase, 9)
            try all.bind(filter.kind?.rawValue, 10)
            try all.bind(filter.handedTo, 11)
            try all.bind(filter.claimedBy, 12)
            if let partOf = filter.partOf { try all.bind(partOf, 13) }
            if let priority = filter.priority { try all.bind(priority.rawValue, 14) }
            if let from = filter.openedFrom { try all.bind(from.ms, 15) }
            if let before = filter.openedBefore { try all.bind(before.ms, 16) }
            return try CustomerStore.read(all)
        }
    }

    /// How many are open, by phase; promises and tasks have none.
    public func openCasesByPhase() throws(StoreError) -> [String: Int64] { try tally("phase") }

    /// How many are open, by owner.
    public func openCasesByOwner() throws(StoreError) -> [String: Int64] { try tally("owner") }

    private func tally(_ column: String) throws(StoreError) -> [String: Int64] {
        try reading { state throws(SQLiteError) in
            let all = try state.database.prepare(
                "SELECT \(column), count(*) FROM customer_case WHERE closed_at IS NULL AND \(column) IS NOT NULL "
                    + "GROUP BY \(column)")
            var found: [String: Int64] = [:]
            while try all.step() { found[all.text(0) ?? ""] = all.int(1) }
            return found
        }
    }

    /// The versions of a case, newest first; nil when there is no such case.
    ///
    /// - Parameter below: only versions below this one; nil for the newest.
    public func versions(ofCase id: Int64, below: Int64?, limit: Int) throws(StoreError) -> [CaseVersion]? {
        try reading { state throws(SQLiteError) in
            guard let current = try state.customerCase(id) else { return nil }
            var after: CustomerCase? = current
            if let below, below <= current.version { after = try state.customerCase(id, at: below - 1) }
            let all = try state.database.prepare(
                """
                SELECT version, at, who, through, before FROM case_version WHERE case_id=?1 AND version<?2
                ORDER BY version DESC LIMIT ?3
                """)
            try all.bind(id, 1)
            try all.bind(below ?? .max, 2)
            try all.bind(Int64(limit), 3)
            var found: [CaseVersion] = []
            while try all.step() {
                var before: CustomerCase?
                if !all.isNull(4) {
                    before = current.with(
                        try State.unpackedCase(all.withBytes(4) { Array($0) }, current.customer))
                }
                found.append(
                    CaseVersion(
                        version: all.int(0), at: Timestamp(ms: all.int(1)), author: all.author(2),
                        before: before, after: after))
                after = before
            }
            return found
        }
    }

    static func bind(_ clock: CaseClock, to statement: borrowing Statement) throws(SQLiteError) {
        try statement.bind(clock.now.ms, 1)
        try statement.bind(clock.stalledBefore?.ms, 2)
        try statement.bind(clock.riskBefore.ms, 3)
    }

    static func cases(
        _ state: borrowing State, _ condition: String, _ number: Int64
    ) throws(SQLiteError) -> [CustomerCase] {
        let all = try state.database.prepare(
            "SELECT \(CaseTables.columns) FROM customer_case k JOIN customer c ON c.id=k.customer \(condition)")
        try all.bind(number, 1)
        return try read(all)
    }

    static func read(_ all: borrowing Statement) throws(SQLiteError) -> [CustomerCase] {
        var found: [CustomerCase] = []
        while try all.step() { found.append(try CustomerCase(all)) }
        return found
    }
}

extension CustomerCase {
    /// From a row of `CaseTables.columns`.
    fileprivate init(_ row: borrowing Statement) throws(SQLiteError) {
        let id = row.int(0)
        var details = CaseDetails()
        if !row.isNull(13) {
            let bytes = row.withBytes(13) { Array($0) }
            do throws(Malformed) {
                details = try bytes.reading { from throws(Malformed) in try from.caseDetails() }
            } catch { throw SQLiteError(code: LogTables.damaged, message: "case \(id) cannot be read") }
        }
        var claim: CaseClaim?
        if let by = row.text(14) { claim = CaseClaim(by: by, since: Timestamp(ms: row.int(15))) }
        self.init(
            id: id, customer: row.int(1), customerName: row.text(2) ?? "",
            kind: OpenCase.Kind(rawValue: row.text(3) ?? "") ?? .case, title: row.text(4) ?? "", owner: row.text(5),
            due: row.isNull(6) ? nil : Timestamp(ms: row.int(6)), createdAt: Timestamp(ms: row.int(7)),
            createdBy: row.text(8), closedAt: row.isNull(9) ? nil : Timestamp(ms: row.int(9)),
            closedBy: row.text(10), spent: row.isNull(11) ? nil : row.int(11), version: row.int(12),
            details: details, openParts: row.int(16), claim: claim)
    }

    /// The same case as it was when it had these fields.
    func with(_ fields: RecordChange.CaseFields) -> CustomerCase {
        CustomerCase(
            id: fields.id, customer: fields.customer, customerName: customerName, kind: fields.kind,
            title: fields.title, owner: fields.owner, due: fields.due, createdAt: fields.createdAt,
            createdBy: fields.createdBy, closedAt: fields.closedAt, closedBy: fields.closedBy, spent: fields.spent,
            version: fields.version, details: fields.details, openParts: 0, claim: nil)
    }
}

extension CustomerStore.State {
    borrowing func hasCustomer(_ id: Int64) throws(SQLiteError) -> Bool {
        defer { items.customer.reset() }
        try items.customer.bind(id, 1)
        return try items.customer.step()
    }

    borrowing func customerCase(_ id: Int64) throws(SQLiteError) -> CustomerCase? {
        try CustomerStore.cases(self, "WHERE k.id=?", id).first
    }

    /// The promises and tasks of a case that are open, the most pressing first.
    borrowing func openParts(ofCase id: Int64) throws(SQLiteError) -> [CustomerCase] {
        try CustomerStore.cases(
            self, "WHERE k.part_of=? AND k.closed_at IS NULL ORDER BY k.due IS NULL, k.due, k.id", id)
    }

    /// What a case was at a version; nil when that is not known.
    borrowing func customerCase(_ id: Int64, at version: Int64) throws(SQLiteError) -> CustomerCase? {
        guard let current = try customerCase(id) else { return nil }
        if current.version == version { return current }
        // What a version made is what the next one found.
        let next = try database.prepare("SELECT before FROM case_version WHERE case_id=? AND version=?")
        try next.bind(id, 1)
        try next.bind(version + 1, 2)
        guard try next.step(), !next.isNull(0) else { return nil }
        return current.with(try Self.unpackedCase(next.withBytes(0) { Array($0) }, current.customer))
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
