/// Something that somebody has to do, as far as its place in the list matters.
public struct WorkItem: Equatable, Sendable {
    /// What is to be done; the order of the raw values decides nothing but ties.
    public enum Kind: Int, Equatable, Sendable {
        /// A caller waits to be called back.
        case callback
        /// A promise to a customer.
        case promise
        /// A case.
        case `case`
    }

    /// What is to be done.
    var kind: Kind
    /// Of a case, its id; of a callback, the digits of its number.
    public var id: Int64
    /// By when; nil for one without a date.
    var due: Timestamp?
    /// How pressing it is; `normal` where nobody said.
    var priority: CasePriority
    /// A VIP waits.
    public var isVIP: Bool
    /// Since when it waits: the caller's first lost call, a case's last progress.
    public var since: Timestamp
    /// The customer has to do something first.
    public var isWaiting: Bool

    /// Copies its arguments.
    public init(
        kind: Kind, id: Int64, due: Timestamp? = nil, priority: CasePriority = .normal, isVIP: Bool = false,
        since: Timestamp, isWaiting: Bool = false
    ) {
        self.kind = kind
        self.id = id
        self.due = due
        self.priority = priority
        self.isVIP = isVIP
        self.since = since
        self.isWaiting = isWaiting
    }
}

/// The order in which an operator is to do things: what is late or urgent, then callers who wait to be called back,
/// then what is due today, then the rest by priority.
public struct WorkOrder: Equatable, Sendable {
    /// The moment for which things are ordered.
    public var now: Timestamp
    /// The end of the centre's day.
    public var dayEnd: Timestamp

    /// Copies its arguments.
    public init(now: Timestamp, dayEnd: Timestamp) {
        self.now = now
        self.dayEnd = dayEnd
    }

    /// What is done first has the lowest.
    public enum Band: Int, Equatable, Comparable, Sendable {
        /// Late or urgent; callers who wait; due before the end of the day; the rest.
        case late, callback, today, later

        public static func < (one: Band, other: Band) -> Bool { one.rawValue < other.rawValue }
    }

    /// Where an item belongs at `now`.
    func band(_ item: WorkItem) -> Band {
        if item.due.map({ $0 < now }) ?? false { return .late }
        if item.priority == .urgent, !item.isWaiting { return .late }
        if item.kind == .callback { return .callback }
        if item.due.map({ $0 < dayEnd }) ?? false { return .today }
        return .later
    }

    /// Whether one item is to be done before the other. No two different items are equal.
    public func precedes(_ one: WorkItem, _ other: WorkItem) -> Bool {
        let first = key(one), second = key(other)
        return first.lexicographicallyPrecedes(second)
    }

    /// What is to be done first at the head.
    func sorted(_ items: [WorkItem]) -> [WorkItem] { items.sorted(by: precedes) }

    /// What may be picked: a case whose customer has to do something is not, unless its time has passed.
    public func mayBePicked(_ item: WorkItem) -> Bool { !item.isWaiting || band(item) == .late }

    /// Numbers by which items are compared, the most important first.
    private func key(_ item: WorkItem) -> [Int64] {
        let band = band(item)
        let due = item.due?.ms ?? .max, urgency = -item.priority.rawValue, vip: Int64 = item.isVIP ? 0 : 1
        let ranks: [Int64] =
            switch band {
            case .late, .today: [due, urgency, vip]
            case .callback: [vip, urgency]
            case .later: [urgency, due, vip]
            }
        return [Int64(band.rawValue)] + ranks + [item.since.ms, Int64(item.kind.rawValue), item.id]
    }
}
