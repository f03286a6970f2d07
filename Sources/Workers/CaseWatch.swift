import CallCenter
import Logging
import Settings
import Storage

/// Applies the rules about cases: escalations, and cases that open again, or wait no longer, when their customer is in
/// touch. What becomes late is written into the log, for those who are told of events.
public struct CaseWatch: Sendable {
    /// A case that fired a rule.
    public struct Escalated: Sendable {
        /// The rule that fired.
        public var rule: EscalationRule
        /// The case, as it was when the rule fired.
        public var one: CustomerCase
        /// When it fired; UTC.
        public var at: Timestamp
        /// What supervisors read of it, as it is kept; nil where the rule tells them nothing.
        public var line: KeptMessage?
    }

    let writer: RecordWriter
    let clock: @Sendable () -> WorkClock
    let logger: Logger

    /// Cases that are read at once.
    private static let atOnce = 500
    private static let author = Author(nil, through: .rule)

    /// `clock` is asked at each look, so that a reload applies to the next one.
    public init(writer: RecordWriter, clock: @escaping @Sendable () -> WorkClock, logger: Logger) {
        self.writer = writer
        self.clock = clock
        self.logger = logger
    }

    /// What supervisors read of it.
    static func text(_ rule: EscalationRule, _ one: CustomerCase) -> String {
        let owner = one.owner.map { " (\($0))" } ?? ""
        return "\(rule.name): \(one.title)\(owner)"
    }

    /// Looks every few seconds, until the task is cancelled. Reads and writes on the calling thread.
    ///
    /// - Parameters:
    ///   - mayWrite: whether this machine may change records now.
    ///   - now: the time.
    ///   - tell: passes on what fired, and that something changed.
    public func follow(
        every: Duration = .seconds(5), mayWrite: @Sendable () -> Bool, now: @Sendable () -> Timestamp,
        tell: @Sendable ([Escalated], _ changed: Set<Int64>) async -> Void
    ) async {
        while !Task.isCancelled {
            if mayWrite() {
                do {
                    let (fired, changed) = try look(at: now())
                    if !changed.isEmpty { await tell(fired, changed) }
                } catch {
                    logger.error("the rules about cases could not be applied; they are tried again: \(error)")
                }
            }
            try? await Task.sleep(for: every)
        }
    }

    /// Applies the rules once.
    ///
    /// - Returns: what fired, and the customers whose cases were changed.
    public func look(at now: Timestamp) throws -> (fired: [Escalated], changed: Set<Int64>) {
        let clock = clock()
        var fired: [Escalated] = [], changed: Set<Int64> = []
        if clock.rules.reopenWithin > 0 {
            for id in try writer.store.casesToReopen(closedAfter: now - clock.rules.reopenWithin) {
                let opened = try writer.edit(case: id, by: CaseWatch.author, at: now) { $0.reopen() }
                if let opened { changed.insert(opened.customer) }
            }
        }
        // The customer has done something, which is no progress of the centre's: it goes on, or is late soon.
        for (id, since) in try writer.store.casesNoLongerWaiting() {
            let awake = try writer.edit(case: id, isProgress: false, by: CaseWatch.author, at: now) { one in
                if one.details.waitingSince == since { one.details.waitingSince = nil }
            }
            if let awake { changed.insert(awake.customer) }
        }
        guard !clock.escalations.isEmpty else {
            try noteLate(at: now)
            return (fired, changed)
        }
        var after: Int64 = 0
        while true {
            let page = try writer.store.openCases(after: after, limit: CaseWatch.atOnce)
            // After the page was read: that a case is late is written before a rule about it fires.
            try noteLate(at: now)
            for one in page {
                for rule in clock.escalations where isDue(rule, one, clock, now) {
                    guard let escalated = try apply(rule, to: one.id, clock, now) else { continue }
                    fired.append(Escalated(rule: rule, one: escalated.one, at: now, line: escalated.line))
                    changed.insert(escalated.one.customer)
                    logger.notice("case \(one.id) fired the escalation \(rule.name)")
                }
            }
            guard page.count == CaseWatch.atOnce, let last = page.last else { return (fired, changed) }
            after = last.id
        }
    }

    private func noteLate(at now: Timestamp) throws {
        for late in try writer.store.untoldLateCases(at: now, limit: CaseWatch.atOnce) {
            try writer.note(late, at: now)
        }
    }

    private func isDue(_ rule: EscalationRule, _ one: CustomerCase, _ clock: WorkClock, _ now: Timestamp) -> Bool {
        let at = rule.fires(one.moment(from: one.createdAt), firedFor: one.details.escalated[rule.name]) {
            clock.firing(after: $0, from: $1)
        }
        return at.map { $0 <= now } ?? false
    }

    /// nil when it is not so any more.
    private func apply(
        _ rule: EscalationRule, to id: Int64, _ clock: WorkClock, _ now: Timestamp
    ) throws -> RecordWriter.Escalated? {
        try writer.escalate(
            case: id, by: CaseWatch.author, at: now, line: { rule.alarm ? CaseWatch.text(rule, $0) : nil }
        ) { one throws(EditError) in
            guard isDue(rule, one, clock, now), let since = rule.since(one.moment(from: one.createdAt)) else { return }
            one.details.escalated[rule.name] = since
            if let priority = rule.priority, priority > one.details.priority { one.details.priority = priority }
            if let owner = rule.owner {
                one.owner = owner
                one.details.handover = nil
            }
        }
    }
}
