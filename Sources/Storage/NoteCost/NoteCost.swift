import CallCenter

/// The report of what notes cost, field by field: how long operators write, how often, and how often it is read
/// afterwards (customers.md, "What the note costs").
///
/// What was written of calls comes from the calls themselves; notes and promises from the records; reads, and the time
/// at fields of the record, from the sums that the desk reports.
public struct NoteCost: Sendable {
    /// A row for each field, or for each field and one of these.
    public enum Grouping: String, Sendable, CaseIterable { case field, day, queue, `operator` }

    /// Which row it is.
    public struct Key: Hashable, Sendable {
        /// The field's name, as in `FieldUse.Key`.
        public var field: String
        /// Of the grouping; empty for fields alone, and for what belongs to no queue or nobody.
        public var part = ""
    }

    /// A line of the report.
    public struct Row: Sendable {
        /// Which line it is.
        public var key: Key
        /// How much it was written and read.
        public var counts: FieldCounts
        /// Of the time of all fields of the same part; nil where no time was measured.
        public var share: Double?
        /// It takes a tenth of the time or more, and is read less than once for two times it is written.
        public var isCostly: Bool
    }

    private let grouping: Grouping
    private let queue, person: String?
    private let from, to: Timestamp
    private let day: @Sendable (Timestamp) -> String
    private var sums: [Key: FieldCounts] = [:]

    /// - Parameters:
    ///   - from: the first moment; `to` is the first one behind it.
    ///   - queue: of calls in this queue alone; nil for all, and for what belongs to no call.
    ///   - person: what this operator wrote and read; nil for everybody.
    ///   - day: the centre's day of a moment, as `2026-11-27`.
    public init(
        by grouping: Grouping, queue: String?, operator person: String?, from: Timestamp, to: Timestamp,
        day: @escaping @Sendable (Timestamp) -> String
    ) {
        self.grouping = grouping
        self.queue = queue
        self.person = person
        self.from = from
        self.to = to
        self.day = day
    }

    /// What was written of a call. A draft that became a note counts, as that is what the next operator reads.
    ///
    /// - Parameter queue: where the call was; nil for one that was in none.
    public mutating func add(_ call: borrowing Call, queue: String?) {
        for remark in call.remarks {
            let field =
                switch remark.what {
                case .note: "note"
                case .disposition: "disposition"
                }
            add(field, at: remark.at, queue: queue ?? "", by: remark.by ?? "", spent: remark.spent)
        }
    }

    /// Something was written once.
    ///
    /// - Parameter spent: nil where nobody measured it. Milliseconds.
    public mutating func add(_ field: String, at time: Timestamp, queue: String, by person: String, spent: Int64?) {
        guard from <= time, time < to else { return }
        let counts = FieldCounts(filled: 1, timed: spent == nil ? 0 : 1, spent: spent ?? 0)
        let part = grouping == .day ? day(time) : part(queue: queue, person)
        add(counts, field, part, queue: queue, person)
    }

    /// A sum that the desk reported; whoever asks reads those of the days alone.
    ///
    /// - Parameter day: as `2026-11-27`.
    public mutating func add(_ use: FieldUse, day: String) {
        let part = grouping == .day ? day : part(queue: use.key.queue, use.key.operator)
        add(use.counts, use.key.field, part, queue: use.key.queue, use.key.operator)
    }

    private mutating func add(
        _ counts: FieldCounts, _ field: String, _ part: String, queue: String, _ person: String
    ) {
        guard self.queue == nil || self.queue == queue, self.person == nil || self.person == person else { return }
        sums[Key(field: field, part: part), default: FieldCounts()] += counts
    }

    private func part(queue: String, _ person: String) -> String {
        switch grouping {
        case .field, .day: ""
        case .queue: queue
        case .operator: person
        }
    }

    /// Adds what another thread counted.
    public static func += (sum: inout NoteCost, other: NoteCost) {
        sum.sums.merge(other.sums) { a, b in
            var both = a
            both += b
            return both
        }
    }

    /// The rows, those of one part together, and of a part those that took most time first.
    public var rows: [Row] {
        var whole: [String: Double] = [:]
        for (key, counts) in sums { whole[key.part, default: 0] += Double(counts.spent) }
        return sums.map { key, counts in
            let all = whole[key.part] ?? 0, share = all > 0 ? Double(counts.spent) / all : nil
            return Row(
                key: key, counts: counts, share: share,
                isCostly: (share ?? 0) >= 0.1 && (counts.readsPerFilled.map { $0 < 0.5 } ?? false))
        }.sorted { a, b in
            if a.key.part != b.key.part { return a.key.part < b.key.part }
            return a.counts.spent != b.counts.spent
                ? a.counts.spent > b.counts.spent : a.key.field < b.key.field
        }
    }
}
