import CallCenter
import SQLite

/// What one operator has open, as far as a supervisor needs it to see who has too much.
public struct CaseWorkload: Equatable, Sendable {
    /// Open cases; promises and tasks are counted apart.
    public var cases: Int64 = 0
    /// Open cases whose time has passed.
    public var casesOverdue: Int64 = 0
    /// Open cases whose time comes soon.
    public var casesAtRisk: Int64 = 0
    /// Open promises.
    public var promises: Int64 = 0
    /// Promises whose time comes before the day ends.
    public var promisesDue: Int64 = 0
    /// Promises whose time has passed.
    public var promisesOverdue: Int64 = 0
    /// Promises whose time comes soon.
    public var promisesAtRisk: Int64 = 0
    /// Open tasks.
    public var tasks: Int64 = 0
    /// Tasks whose time has passed.
    public var tasksOverdue: Int64 = 0
    /// Tasks whose time comes soon.
    public var tasksAtRisk: Int64 = 0
    /// Cases without progress for too long, as `CaseClock` judges it.
    public var stalled: Int64 = 0
    /// When one of them went forward last; nil without any.
    public var progressAt: Timestamp?
    /// Since when the one of them waits that waits longest: an open case whose customer is not waited for.
    public var idleSince: Timestamp?

    /// Nothing is open.
    public init() {}
}

extension CustomerStore {
    /// What is open, by owner; nobody's is under nil.
    ///
    /// - Parameter dayEnd: the end of the centre's day.
    public func workload(_ clock: CaseClock, dayEnd: Timestamp) throws(StoreError) -> [String?: CaseWorkload] {
        try with { state throws(SQLiteError) in
            let all = try state.database.prepare(
                """
                SELECT owner, sum(kind='case'), sum(kind='case' AND due IS NOT NULL AND due<?1),
                  sum(kind='promise'), sum(kind='promise' AND due IS NOT NULL AND due>=?1 AND due<?2),
                  sum(kind='promise' AND due IS NOT NULL AND due<?1),
                  sum(kind='case' AND waiting_since IS NULL AND ?3 IS NOT NULL
                    AND coalesce(progress_at, created_at)<?3),
                  max(coalesce(progress_at, created_at)),
                  min(CASE WHEN kind='case' AND waiting_since IS NULL THEN coalesce(progress_at, created_at) END),
                  sum(kind='task'), sum(kind='task' AND due IS NOT NULL AND due<?1),
                  sum(kind='case' AND due IS NOT NULL AND due>=?1 AND due<?4),
                  sum(kind='promise' AND due IS NOT NULL AND due>=?1 AND due<?4),
                  sum(kind='task' AND due IS NOT NULL AND due>=?1 AND due<?4)
                FROM customer_case WHERE closed_at IS NULL GROUP BY owner
                """)
            try all.bind(clock.now.ms, 1)
            try all.bind(dayEnd.ms, 2)
            try all.bind(clock.stalledBefore?.ms, 3)
            try all.bind(clock.riskBefore.ms, 4)
            var found: [String?: CaseWorkload] = [:]
            while try all.step() {
                var one = CaseWorkload()
                one.cases = all.int(1)
                one.casesOverdue = all.int(2)
                one.promises = all.int(3)
                one.promisesDue = all.int(4)
                one.promisesOverdue = all.int(5)
                one.stalled = all.int(6)
                one.progressAt = all.isNull(7) ? nil : Timestamp(ms: all.int(7))
                one.idleSince = all.isNull(8) ? nil : Timestamp(ms: all.int(8))
                one.tasks = all.int(9)
                one.tasksOverdue = all.int(10)
                one.casesAtRisk = all.int(11)
                one.promisesAtRisk = all.int(12)
                one.tasksAtRisk = all.int(13)
                found[all.text(0)] = one
            }
            return found
        }
    }

    /// Who works on which open items of the inbox now: how many by operator.
    ///
    /// - Parameter limit: after so long a claim does not count any more. Milliseconds.
    public func inboxClaims(at now: Timestamp, limit: Int64) throws(StoreError) -> [String: Int64] {
        try with { state throws(SQLiteError) in
            let all = try state.database.prepare(
                """
                SELECT claimed_by, count(*) FROM inbox_item
                WHERE state=\(InboxItem.State.open.rawValue) AND claimed_by IS NOT NULL AND claimed_at>?1
                GROUP BY claimed_by
                """)
            try all.bind(now.ms - limit, 1)
            var found: [String: Int64] = [:]
            while try all.step() { found[all.text(0) ?? ""] = all.int(1) }
            return found
        }
    }

    /// Whether an operator is the owner of any customer.
    public func hasCustomers(ofOwner who: String) throws(StoreError) -> Bool {
        try reading { state throws(SQLiteError) in
            let one = try state.database.prepare("SELECT 1 FROM customer WHERE owner=? LIMIT 1")
            try one.bind(who, 1)
            return try one.step()
        }
    }
}
