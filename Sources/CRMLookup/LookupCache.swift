/// Answers that are kept, hits and misses, with the time of each. It holds so many at most; the least used goes first.
public struct LookupCache: Sendable {
    /// An answer that is kept.
    public struct Hit: Equatable, Sendable {
        /// What the CRM said.
        public var finding: LookupFinding
        /// When the CRM said so. Milliseconds since 1970.
        public var at: Int64
        /// It need not be asked again yet.
        public var isFresh: Bool
    }

    private struct Entry {
        var finding: LookupFinding
        var at: Int64
        var used: Int64
    }

    /// How long a hit and a miss count as fresh, and how long an answer is kept at all. Milliseconds.
    public let found, missing, kept: Int64
    let countMax: Int
    private var entries: [String: Entry] = [:]
    private var uses: Int64 = 0

    /// `found`, `missing` and `kept` are milliseconds; `countMax` is taken as 1 at least.
    public init(found: Int64, missing: Int64, kept: Int64, countMax: Int = 10_000) {
        self.found = found
        self.missing = missing
        self.kept = kept
        self.countMax = max(1, countMax)
    }

    /// Answers that are kept, old ones included.
    public var count: Int { entries.count }

    /// What is known of a number at a time. A miss is kept as long as it is fresh: that nobody had the number
    /// yesterday says nothing.
    public mutating func find(_ number: String, at now: Int64) -> Hit? {
        guard let entry = entries[number] else { return nil }
        let limit: Int64, keeps: Int64
        switch entry.finding {
        case .found: (limit, keeps) = (found, max(found, kept))
        case .missing: (limit, keeps) = (missing, missing)
        }
        // A clock that was set back makes answers of the future: they are as new as can be.
        let age = max(0, now - entry.at)
        guard age <= keeps else {
            entries[number] = nil
            return nil
        }
        uses += 1
        entries[number]?.used = uses
        return Hit(finding: entry.finding, at: entry.at, isFresh: age < limit)
    }

    /// Replaces the answer for this number. Milliseconds since 1970. With more than `countMax`, an eighth is removed.
    public mutating func store(_ finding: LookupFinding, of number: String, at now: Int64) {
        uses += 1
        entries[number] = Entry(finding: finding, at: now, used: uses)
        guard entries.count > countMax else { return }
        // An eighth at a time, so that a full cache is not sorted for each call.
        let least = entries.sorted { $0.value.used < $1.value.used }.prefix(max(1, countMax / 8))
        for (key, _) in least { entries[key] = nil }
    }

    /// Forgets all answers: when somebody was erased, one of them may be about that person.
    public mutating func removeAll() { entries = [:] }
}
