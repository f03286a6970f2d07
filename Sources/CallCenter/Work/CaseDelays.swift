/// What has to be known of a case to say whether it is late.
public struct CaseFacts: Equatable, Sendable {
    /// A case, a promise or a task.
    var kind: OpenCase.Kind
    /// Whether it is not closed yet.
    var isOpen: Bool
    /// Whether it is somebody's.
    var hasOwner: Bool
    /// By when it is to be done; nil for one without a date.
    var due: Timestamp?
    /// When something last went forward; the opening counts.
    public var progressAt: Timestamp
    /// Since when the customer has to do something; nil when it is the centre's turn.
    public var waitingSince: Timestamp?

    /// Copies its arguments.
    public init(
        kind: OpenCase.Kind, isOpen: Bool, hasOwner: Bool, due: Timestamp?, progressAt: Timestamp,
        waitingSince: Timestamp?
    ) {
        self.kind = kind
        self.isOpen = isOpen
        self.hasOwner = hasOwner
        self.due = due
        self.progressAt = progressAt
        self.waitingSince = waitingSince
    }
}

/// The moments by which delays are judged. Whoever computes them knows the opening hours.
public struct CaseClock: Equatable, Sendable {
    /// The moment for which it is judged.
    public var now: Timestamp
    /// A case without progress since before this moment is stalled; nil: none ever is.
    public var stalledBefore: Timestamp?
    /// What is due before this moment, and not yet late, is at risk.
    public var riskBefore: Timestamp

    /// Copies its arguments.
    public init(now: Timestamp, stalledBefore: Timestamp?, riskBefore: Timestamp) {
        self.now = now
        self.stalledBefore = stalledBefore
        self.riskBefore = riskBefore
    }

    /// Its time has passed.
    public func isOverdue(_ one: CaseFacts) -> Bool { one.isOpen && one.due.map { $0 < now } ?? false }

    /// Its time comes soon.
    public func isAtRisk(_ one: CaseFacts) -> Bool {
        one.isOpen && one.due.map { $0 >= now && $0 < riskBefore } ?? false
    }

    /// Nothing went forward for too long, and the customer is not waited for. Promises and tasks have their due time.
    public func isStalled(_ one: CaseFacts) -> Bool {
        guard one.isOpen, one.kind == .case, one.waitingSince == nil, let stalledBefore else { return false }
        return one.progressAt < stalledBefore
    }

    /// Open, and nobody's.
    public func isUnowned(_ one: CaseFacts) -> Bool { one.isOpen && !one.hasOwner }

    /// Open, and it is the customer who has to do something.
    public func isWaiting(_ one: CaseFacts) -> Bool { one.isOpen && one.waitingSince != nil }
}
