import CallCenter
import SQLite

/// How long one of the cases, promises and tasks that were opened in a period waited for the first thing that was done.
public struct CaseResponse: Equatable, Sendable {
    /// A case, a promise or a task.
    public var kind: OpenCase.Kind
    /// How pressing it is now.
    public var priority: CasePriority
    /// Whose it is now, or was when it was closed; nil for nobody's.
    public var owner: String?
    /// Milliseconds; nil while nothing was done.
    public var response: Int64?

    /// Copies its values.
    public init(kind: OpenCase.Kind, priority: CasePriority, owner: String?, response: Int64?) {
        self.kind = kind
        self.priority = priority
        self.owner = owner
        self.response = response
    }
}

extension CustomerStore {
    /// The highest id of a case; 0 without any.
    public func newestCase() throws(StoreError) -> Int64 {
        try reading { state throws(SQLiteError) in
            try state.database.integer("SELECT coalesce(max(id), 0) FROM customer_case") ?? 0
        }
    }

    /// Of the cases with these ids, those that were opened in a period. Whoever wants all asks piece by piece, so that
    /// others write between.
    public func caseResponses(
        openedIn period: Range<Timestamp>, ids: Range<Int64>
    ) throws(StoreError) -> [CaseResponse] {
        try reading { state throws(SQLiteError) in
            let all = try state.database.prepare(
                """
                SELECT \(CaseTables.columns) FROM customer_case k JOIN customer c ON c.id=k.customer
                WHERE k.id>=?1 AND k.id<?2 AND k.created_at>=?3 AND k.created_at<?4
                """)
            try all.bind(ids.lowerBound, 1)
            try all.bind(ids.upperBound, 2)
            try all.bind(period.lowerBound.ms, 3)
            try all.bind(period.upperBound.ms, 4)
            return try CustomerStore.read(all).map { one in
                CaseResponse(
                    kind: one.kind, priority: one.details.priority, owner: one.owner, response: one.response)
            }
        }
    }
}
