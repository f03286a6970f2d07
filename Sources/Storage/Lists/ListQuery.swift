import CallCenter
import SQLite

/// A value that a question has in place of a question mark.
enum BoundValue: Sendable {
    case int(Int64?)
    case text(String)
}

/// A part of a question, and its values in the order of their question marks.
struct Clause: Sendable {
    var sql: String
    var values: [BoundValue]

    init(_ sql: String, _ values: BoundValue...) {
        self.sql = sql
        self.values = values
    }

    static func + (a: Clause, b: Clause) -> Clause {
        var sum = Clause(a.sql + b.sql)
        sum.values = a.values + b.values
        return sum
    }

    func prepared(on database: borrowing Connection) throws(SQLiteError) -> Statement {
        let statement = try database.prepare(sql)
        for (place, value) in values.enumerated() {
            switch value {
            case .int(let number): try statement.bind(number, Int32(place + 1))
            case .text(let text): try statement.bind(text, Int32(place + 1))
            }
        }
        return statement
    }
}

/// The question for the entries of a list.
///
/// A source gives a customer and a key, by an index where it may be long: the page is read in the order of the index,
/// and records are looked up for its entries alone.
struct ListQuery: Sendable {
    /// Entries that wait, or those that are worked off.
    enum State: Sendable { case open, done }

    let list: ListSource
    let clock: ListClock
    var state = State.open
    var order: ListOrder?
    var days: Int64?
    /// Customers that the search found; nil where it was not asked.
    var found: [Int64]?
    /// Only this one.
    var customer: Int64?

    /// Whether higher keys come first.
    var isDescending: Bool {
        if state == .done { return true }
        switch list.of {
        case nil, .expiring: return false
        case .dormant: return (order ?? .lastContact) != .lastContact
        case .overduePurchase, .atRisk, .best: return true
        }
    }

    /// SELECT customer, key, service.
    private var source: Clause {
        if state == .done {
            return Clause(
                """
                SELECT coalesce((SELECT now_id FROM merged_customer m WHERE m.id=l.customer), l.customer) AS customer, \
                l.worked_at AS key, NULL AS service, l.customer AS origin FROM list_work l \
                WHERE l.list=? AND l.worked_at IS NOT NULL
                """, .int(list.number))
        }
        switch list.of {
        case nil:
            // Where there is an index of it, it is read in the order of the ids.
            return Clause("SELECT id AS customer, id AS key, NULL AS service FROM customer c WHERE 1") + ofRecord
        case .dormant: return dormant
        case .expiring:
            return Clause(
                """
                SELECT customer, min(ends) AS key, service FROM contract_end WHERE ends BETWEEN ? AND ? \
                GROUP BY customer
                """, .int(clock.today), .int(clock.today + (days ?? list.filter.days ?? clock.expiringDays)))
        case .overduePurchase:
            return Clause(
                "SELECT customer, expected AS key, NULL AS service FROM customer_facts WHERE expected<?",
                .int(clock.today))
        case .atRisk: return atRisk
        case .best:
            return Clause(
                """
                SELECT customer, spent AS key, NULL AS service FROM customer_facts WHERE spent>0 \
                ORDER BY spent DESC, customer DESC LIMIT ?
                """, .int(clock.best))
        }
    }

    private var dormant: Clause {
        let key =
            switch order ?? .lastContact {
            case .lastContact: "last_contact"
            case .spend: "spent"
            case .frequency: "contacts"
            }
        return Clause(
            "SELECT customer, \(key) AS key, NULL AS service FROM customer_facts WHERE last_contact<?",
            .int(clock.dormantBefore.ms))
    }

    private var atRisk: Clause {
        func facts(_ column: String, _ risk: Risks) -> Clause {
            Clause(
                "SELECT customer, \(risk.rawValue) AS weight FROM customer_facts WHERE \(column)>=?",
                .int(clock.riskSince.ms))
        }
        func cases(_ condition: String, _ risk: Risks, _ moment: Timestamp?) -> Clause {
            Clause(
                """
                SELECT DISTINCT customer, \(risk.rawValue) AS weight FROM customer_case \
                WHERE closed_at IS NULL AND \(condition)
                """, .int(moment?.ms))
        }
        let stalled = "kind='case' AND waiting_since IS NULL AND progress_at IS NULL AND created_at<?"
        let parts = [
            facts("complained_at", .complaint), cases("kind<>'task' AND due<?", .overdue, clock.cases.now),
            cases(stalled, .unansweredCase, clock.cases.stalledBefore), facts("unanswered_at", .unansweredCall),
            facts("waited_at", .longWait),
        ]
        let all = parts.dropFirst().reduce(parts[0]) { $0 + Clause(" UNION ALL ") + $1 }
        return Clause("SELECT customer, sum(weight) AS key, NULL AS service FROM (") + all
            + Clause(") GROUP BY customer")
    }

    /// Behind FROM: entries with their records, and what was done with them.
    private var entries: Clause {
        var conditions: [Clause] = []
        switch state {
        case .open: conditions = [filter, Clause(" AND NOT ") + isDone]
        // What was worked off long ago is in the list again, and not among these.
        case .done: conditions = clock.againBefore.map { [Clause(" AND s.key>=?", .int($0.ms))] } ?? []
        }
        if let customer { conditions.append(Clause(" AND s.customer=?", .int(customer))) }
        return Clause(" FROM (") + source
            + Clause(
                """
                ) s CROSS JOIN customer c ON c.id=s.customer LEFT JOIN customer_facts f ON f.customer=s.customer \
                LEFT JOIN list_work w ON w.list=? AND w.customer=s.\(state == .done ? "origin" : "customer") WHERE 1
                """, .int(list.number))
            + conditions.reduce(Clause("")) { $0 + $1 }
    }

    /// Whether an entry is worked off, by its own customer or by one that is a part of it now.
    private var isDone: Clause {
        let since = clock.againBefore?.ms ?? .min
        // CROSS JOIN: from the few parts of the customer, and not from all that was worked off.
        return Clause(
            """
            (w.worked_at>=? AND w.worked_at IS NOT NULL OR EXISTS(SELECT 1 FROM merged_customer m \
            CROSS JOIN list_work p ON p.list=? AND p.customer=m.id WHERE m.now_id=s.customer AND p.worked_at>=?))
            """, .int(since), .int(list.number), .int(since))
    }

    /// What is asked of the record `c`.
    private var ofRecord: Clause {
        let filter = list.filter
        var all = Clause("")
        if let tier = filter.tier { all = all + Clause(" AND c.tier=?", .text(tier)) }
        if let owner = filter.owner { all = all + Clause(" AND c.owner=?", .text(owner)) }
        if let tag = filter.tag {
            all = all + Clause(" AND instr(char(31)||c.tags, char(31)||?||char(31))>0", .text(tag))
        }
        return all
    }

    private var filter: Clause {
        let filter = list.filter
        var all = list.of == nil ? Clause("") : ofRecord
        if let least = filter.minSpent { all = all + Clause(" AND f.spent>=?", .int(least)) }
        switch filter.status {
        case nil: break
        case .new: all = all + Clause(" AND f.last_contact IS NULL")
        case .active: all = all + Clause(" AND f.last_contact>=?", .int(clock.dormantBefore.ms))
        case .dormant: all = all + Clause(" AND f.last_contact<?", .int(clock.dormantBefore.ms))
        }
        if let found {
            all = all + Clause(" AND s.customer IN (\(found.map(String.init).joined(separator: ",")))")
        }
        return all
    }

    // MARK: Questions

    /// A page: the columns that `ListEntry` reads.
    func page(after: ListPlace?, limit: Int) -> Clause {
        var question =
            Clause(
                """
                SELECT s.customer, s.key, s.service, c.name, c.tier, c.owner, w.claimed_by, w.claimed_at, w.result, \
                w.note, w.worked_by, w.worked_at, c.details, \(CustomerFacts.columns)
                """) + entries
        let direction = isDescending ? "DESC" : "ASC"
        if let after {
            question =
                question
                + Clause(
                    " AND (s.key, s.customer)\(isDescending ? "<" : ">")(?, ?)", .int(after.key), .int(after.customer))
        }
        return question
            + Clause(" ORDER BY s.key \(direction), s.customer \(direction) LIMIT ?", .int(Int64(limit)))
    }

    /// How many entries there are, counted up to a limit.
    func count(limit: Int) -> Clause {
        Clause("SELECT count(*) FROM (SELECT 1") + entries + Clause(" LIMIT ?)", .int(Int64(limit)))
    }

    /// The customers of the list, at most `limit`.
    func members(limit: Int) -> Clause {
        let direction = isDescending ? "DESC" : "ASC"
        return Clause("SELECT s.customer") + entries
            + Clause(" ORDER BY s.key \(direction), s.customer \(direction) LIMIT ?", .int(Int64(limit)))
    }
}

extension ListEntry {
    /// From a row of `ListQuery.page`.
    init(_ row: borrowing Statement) {
        var work = ListWork()
        if let by = row.text(6) { work.claim = CaseClaim(by: by, since: Timestamp(ms: row.int(7))) }
        if let result = row.text(8) {
            work.result = ListResult(
                result: result, note: row.text(9), by: row.text(10), at: Timestamp(ms: row.int(11)))
        }
        self.init(
            customer: row.int(0), name: row.text(3) ?? "", tier: row.text(4) ?? "", owner: row.text(5),
            key: row.int(1), facts: CustomerFacts(row, from: 13), service: row.text(2), work: work)
        if !row.isNull(12), let details = row.withBytes(12, { try? CustomerDetails(packed: Array($0)) }) {
            doNotCall = details.doNotCall
        }
    }
}
