/// What happens with a case that waits for too long (`[[escalation]]`).
public struct EscalationRule: Equatable, Sendable {
    /// What lasts too long.
    public enum Condition: String, Equatable, Sendable, CaseIterable {
        /// Nothing went forward, and the customer is not waited for.
        case noProgress = "no_progress"
        /// Its time has passed.
        case overdue
        /// Nobody has it.
        case unowned
        /// The customer has to do something.
        case waiting
    }

    /// The rule's name in the configuration, unique.
    public var name: String
    /// What lasts too long.
    public var condition: Condition
    /// For so long, counted in opening hours. Milliseconds.
    public var after: Int64
    /// Only cases, only promises, or only tasks; nil: all.
    public var kind: OpenCase.Kind?
    /// Only in this phase; nil: in any.
    public var phase: String?
    /// The priority that it gets, unless it has a higher one.
    public var priority: CasePriority?
    /// Whose it becomes.
    public var owner: String?
    /// Supervisors are told.
    public var alarm: Bool
    /// The webhook of alarms is told.
    public var webhook: Bool

    /// Copies its arguments.
    public init(
        name: String, condition: Condition = .noProgress, after: Int64 = 0, kind: OpenCase.Kind? = nil,
        phase: String? = nil, priority: CasePriority? = nil, owner: String? = nil, alarm: Bool = false,
        webhook: Bool = false
    ) {
        self.name = name
        self.condition = condition
        self.after = after
        self.kind = kind
        self.phase = phase
        self.priority = priority
        self.owner = owner
        self.alarm = alarm
        self.webhook = webhook
    }

    /// Since when a case is in the condition; nil when it is not, or the rule is for others.
    public func since(_ one: CaseMoment) -> Timestamp? {
        let facts = one.facts
        let isOfKind = kind.map { $0 == facts.kind } ?? true
        guard facts.isOpen, isOfKind, phase.map({ $0 == one.phase }) ?? true else { return nil }
        return switch condition {
        case .noProgress: facts.waitingSince == nil ? facts.progressAt : nil
        case .overdue: facts.due
        case .unowned: facts.hasOwner ? nil : one.ownerSince
        case .waiting: facts.waitingSince
        }
    }

    /// When a case fires the rule; nil when it does not, or did for the same reason already.
    ///
    /// - Parameters:
    ///   - firedFor: since when the case was in the condition when it fired last.
    ///   - time: the moment so much open time after another one.
    public func fires(
        _ one: CaseMoment, firedFor: Timestamp?, _ time: (_ after: Int64, _ from: Timestamp) -> Timestamp?
    ) -> Timestamp? {
        guard let since = since(one), since != firedFor else { return nil }
        return time(after, since)
    }

    /// When a case would have fired the rule, had it been there: each time that it was in the condition for too long.
    ///
    /// - Parameters:
    ///   - moments: what the case was from each moment on, in order.
    ///   - now: the end of the last one.
    public func firings(
        _ moments: [CaseMoment], until now: Timestamp,
        _ time: (_ after: Int64, _ from: Timestamp) -> Timestamp?
    ) -> [Timestamp] {
        var found: [Timestamp] = [], firedFor: Timestamp?
        for (n, one) in moments.enumerated() {
            let end = n + 1 < moments.count ? moments[n + 1].at : now
            guard let at = fires(one, firedFor: firedFor, time) else { continue }
            // What was too long already when it became so fires at once.
            let then = max(at, one.at)
            // What ends it may be the rule itself, in the same millisecond.
            guard then <= end else { continue }
            found.append(then)
            firedFor = since(one)
        }
        return found
    }
}

/// What a case is from some moment on, as far as escalations go by it.
public struct CaseMoment: Equatable, Sendable {
    /// From when on it is so.
    var at: Timestamp
    /// What its delays are judged by.
    var facts: CaseFacts
    /// The phase of its kind; nil for one without phases.
    var phase: String?
    /// Since when its owner has it, or nobody has.
    public var ownerSince: Timestamp

    /// Copies its arguments.
    public init(at: Timestamp, facts: CaseFacts, phase: String?, ownerSince: Timestamp) {
        self.at = at
        self.facts = facts
        self.phase = phase
        self.ownerSince = ownerSince
    }
}
