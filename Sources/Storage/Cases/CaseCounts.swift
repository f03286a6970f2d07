import CallCenter
import SQLite

/// How many open items there are, and how many of each delay.
public struct CaseTally: Equatable, Sendable {
    /// How many are open.
    public internal(set) var open: Int64 = 0
    /// How many open ones have this delay; one may have several.
    public internal(set) var delays: [CaseDelay: Int64] = [:]

    /// Nothing is open.
    init() {}

    static func + (a: CaseTally, b: CaseTally) -> CaseTally {
        var sum = CaseTally()
        sum.open = a.open + b.open
        sum.delays = a.delays.merging(b.delays, uniquingKeysWith: +)
        return sum
    }
}

/// The same for each kind: a promise that is late is another thing than a case that is.
public struct CaseCounts: Equatable, Sendable {
    /// Kinds without an open item are left out.
    var kinds: [OpenCase.Kind: CaseTally] = [:]

    /// Nothing is open.
    init() {}

    /// Of cases that are at hand; closed ones do not count.
    public init(of cases: [CustomerCase], _ clock: CaseClock) {
        for one in cases where one.closedAt == nil {
            var tally = self[one.kind]
            tally.open += 1
            for delay in CaseDelay.allCases {
                tally.delays[delay, default: 0] += delay.holds(for: one.facts, clock) ? 1 : 0
            }
            kinds[one.kind] = tally
        }
    }

    /// Of one kind.
    public subscript(_ kind: OpenCase.Kind) -> CaseTally { kinds[kind] ?? CaseTally() }

    /// Of all kinds together.
    public var all: CaseTally { kinds.values.reduce(CaseTally(), +) }
}

extension CaseDelay {
    /// The rule itself, of which `condition` is the SQL.
    fileprivate func holds(for one: CaseFacts, _ clock: CaseClock) -> Bool {
        switch self {
        case .overdue: clock.isOverdue(one)
        case .atRisk: clock.isAtRisk(one)
        case .stalled: clock.isStalled(one)
        case .unowned: clock.isUnowned(one)
        case .waiting: clock.isWaiting(one)
        }
    }
}

extension CustomerStore {
    /// How many are open, and how many of each delay; of one operator, or of all.
    public func caseCounts(_ clock: CaseClock, owner: String? = nil) throws(StoreError) -> CaseCounts {
        try reading { state throws(SQLiteError) in
            let sums = CaseDelay.allCases.map { "sum(CASE WHEN \($0.condition) THEN 1 ELSE 0 END)" }
            let all = try state.database.prepare(
                """
                SELECT k.kind, count(*), \(sums.joined(separator: ", ")) FROM customer_case k
                WHERE k.closed_at IS NULL AND (?4 IS NULL OR k.owner=?4) GROUP BY k.kind
                """)
            try CustomerStore.bind(clock, to: all)
            try all.bind(owner, 4)
            var counts = CaseCounts()
            while try all.step() {
                var tally = CaseTally()
                tally.open = all.int(1)
                for (n, delay) in CaseDelay.allCases.enumerated() { tally.delays[delay] = all.int(Int32(n + 2)) }
                let kind = OpenCase.Kind(rawValue: all.text(0) ?? "") ?? .case
                counts.kinds[kind] = counts[kind] + tally
            }
            return counts
        }
    }
}
