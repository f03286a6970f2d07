import CallCenter

/// What operators did with one field of the note or of the record, in sum: for the report of what notes cost.
public struct FieldUse: Equatable, Sendable {
    /// Which sum it is. It names no customer, so nothing is left in it after an erase.
    public struct Key: Hashable, Sendable {
        /// The centre's day, in days since 1970-01-01.
        public var day: Int64
        /// Of the call in which it was; empty outside calls.
        public var queue: String
        /// Empty for somebody who is no operator.
        public var `operator`: String
        /// `note`, `disposition`, a field of the record, or `custom.` and the name of one of the centre's own.
        public var field: String

        /// Copies its arguments.
        public init(day: Int64, queue: String, operator: String, field: String) {
            self.day = day
            self.queue = queue
            self.operator = `operator`
            self.field = field
        }
    }

    /// Which sum it is.
    public var key: Key
    /// How much the field was written and read.
    var counts: FieldCounts

    /// Copies its arguments.
    public init(_ key: Key, _ counts: FieldCounts) {
        self.key = key
        self.counts = counts
    }
}

/// How much a field was written and read.
public struct FieldCounts: Equatable, Sendable {
    /// How often something was written in it.
    public var filled: Int64 = 0
    /// Of them, how often the time was measured.
    public var timed: Int64 = 0
    /// The measured time. Milliseconds.
    public var spent: Int64 = 0
    /// How often it stood before somebody who had not written it.
    public var shown: Int64 = 0
    /// How often somebody opened what it is in.
    public var opened: Int64 = 0

    /// Copies its arguments.
    public init(filled: Int64 = 0, timed: Int64 = 0, spent: Int64 = 0, shown: Int64 = 0, opened: Int64 = 0) {
        self.filled = filled
        self.timed = timed
        self.spent = spent
        self.shown = shown
        self.opened = opened
    }

    /// Of texts from before anything was measured, or by programs that measure nothing.
    public var unknown: Int64 { filled - timed }
    /// How often it was read: shown or opened. Stops at the largest number.
    var reads: Int64 { FieldCounts.sum(shown, opened) }
    /// Whether nothing was counted.
    var isEmpty: Bool { self == FieldCounts() }

    /// Milliseconds; nil where nothing was measured.
    public var averageSpent: Int64? { timed == 0 ? nil : spent / timed }
    /// How often it was read for each time it was written; nil where nothing was written.
    public var readsPerFilled: Double? { filled == 0 ? nil : Double(reads) / Double(filled) }

    /// Adds each count; it stops at the largest number.
    static func += (sum: inout FieldCounts, other: FieldCounts) {
        sum.filled = FieldCounts.sum(sum.filled, other.filled)
        sum.timed = FieldCounts.sum(sum.timed, other.timed)
        sum.spent = FieldCounts.sum(sum.spent, other.spent)
        sum.shown = FieldCounts.sum(sum.shown, other.shown)
        sum.opened = FieldCounts.sum(sum.opened, other.opened)
    }

    /// A client's numbers end no daemon: a sum stops at the largest number.
    private static func sum(_ a: Int64, _ b: Int64) -> Int64 {
        let (sum, overflow) = a.addingReportingOverflow(b)
        return overflow ? .max : sum
    }
}
