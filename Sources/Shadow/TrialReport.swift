import CallCenter
import EventWire

/// The result of a trial, to be written as JSON or shown. Times are RFC 3339 in UTC, durations milliseconds.
public struct TrialReport: Equatable, Sendable, Codable {
    /// What was read.
    public struct Log: Equatable, Sendable, Codable {
        /// When the oldest event that was read was read by the daemon, and the newest of the log.
        public var begins: String
        /// When the newest event of the log was read by the daemon.
        public var ends: String
        /// Nothing of the log was removed.
        public var whole: Bool
        /// The events applied, those before the period included.
        public var events: Int
    }
    /// Decisions of the period, counted.
    public struct Decisions: Equatable, Sendable, Codable {
        /// All of them.
        public var made: Int
        /// The PBX would have been told the very same.
        public var alike: Int
        /// Decisions that differ in each; one may differ in several.
        public var destination: Int
        /// Another time that the operator's phone rings, or another next step.
        public var wait: Int
        /// Another priority in the queue.
        public var priority: Int
        /// Another word to the PBX.
        public var reason: Int
        /// The most frequent first.
        public var changes: [Change]
    }
    /// One kind of difference, with how often it occurred.
    public struct Change: Equatable, Sendable, Codable {
        /// What was decided, and why.
        public struct Way: Equatable, Sendable, Codable {
            /// `operator`, `group`, `queue` or `reject`.
            public var action: String
            /// The word that the PBX is told.
            public var reason: String
        }
        /// By the rules that applied then.
        public var from: Way
        /// By the rules that are tried.
        public var to: Way
        /// How many.
        public var decisions: Int
    }
    /// Calls of VIPs, by one of the two sets of rules.
    public struct VIPs: Equatable, Sendable, Codable {
        /// Calls of VIPs about which something was decided.
        public var calls: Int
        /// Sent to an operator who knows them.
        public var sent: Both<Int>
        /// Answered first by an operator who knows them, as it is recorded.
        public var reached: Int
        /// Those of them about whom the new rules change nothing.
        public var reachedStands: Int
        /// Calls about which they change something: whom they would have reached is not known.
        public var unknown: Int
    }
    /// What the rules send to one operator.
    public struct OperatorLoad: Equatable, Sendable, Codable {
        /// The operator's id.
        public var `operator`: String
        /// Decisions that sent a call to this operator.
        public var alone: Both<Int>
        /// Decisions that sent a call to a group in which this operator could take it.
        public var inGroup: Both<Int>
    }
    /// What the rules do with one queue's calls.
    public struct QueueLoad: Equatable, Sendable, Codable {
        /// The queue's id.
        public var queue: String
        /// Decisions about calls of this queue.
        public var decisions: Int
        /// Decisions that sent a call into this queue at once.
        public var atOnce: Both<Int>
    }
    /// Warnings of one kind.
    public struct Warnings: Equatable, Sendable, Codable {
        /// As in alerts: a stable word.
        public var kind: String
        /// Decisions whose call had the warning.
        public var calls: Both<Int>
        /// Warnings to supervisors.
        public var supervisors: Both<Int>
    }

    /// When the period begins.
    public var from: String
    /// When it ends; that moment does not belong to it.
    public var to: String
    /// IANA name of the centre's time zone.
    public var timezone: String
    /// Calls and figures of this queue alone; nil for all.
    public var queue: String?
    /// What was read.
    public var log: Log
    /// The keys that differ between the rules at the end of the period and the new ones.
    public var rules: [RuleChange]
    /// How often the real rules changed within the period; each decision is compared with those that applied to it.
    public var rulesChanged: Int
    /// How many decisions differ, and in what.
    public var decisions: Decisions
    /// By the tiers that were VIPs then, and by those that are in the new rules.
    public var vips: Both<VIPs>
    /// By the operators' ids, in that order.
    public var operators: [OperatorLoad]
    /// By the queues' ids, in that order.
    public var queues: [QueueLoad]
    /// Kinds that occurred by one of the two.
    public var warnings: [Warnings]
    /// The whole centre's figures, or those of `queue`.
    public var centre: FiguresRow
    /// A row for each queue with visits.
    public var figures: [FiguresRow]
    /// Decisions that differ, oldest first, as many as were asked for.
    public var differing: [ListedDecision]
    /// How many more of them there are.
    public var leftOff: Int
    /// What the numbers above do not say.
    public var cannotKnow: [Unknown]

    init(
        _ trial: TrialFigures, _ log: Log, timezone: String, listed: [ListedDecision], leftOff: Int, language: Language
    ) {
        let tally = trial.tally
        from = RFC3339.string(trial.period.lowerBound)
        to = RFC3339.string(trial.period.upperBound)
        self.timezone = timezone
        queue = trial.queue
        self.log = log
        rules = RuleChange.all(from: trial.rules.real, to: trial.rules.new)
        rulesChanged = trial.changes
        decisions = Decisions(tally)
        vips = Both(real: VIPs(tally.vips.real), new: VIPs(tally.vips.new))
        operators = tally.operators.sorted { $0.key < $1.key }.map {
            OperatorLoad(operator: $0.key, alone: $0.value.alone, inGroup: $0.value.inGroup)
        }
        queues = tally.queues.sorted { $0.key < $1.key }.map {
            QueueLoad(queue: $0.key, decisions: $0.value.decisions, atOnce: $0.value.atOnce)
        }
        let none = Both(real: 0, new: 0)
        warnings = AlertKind.allCases.compactMap { kind in
            let calls = tally.alerts[kind] ?? none, supervisors = tally.supervisors[kind] ?? none
            if calls == none, supervisors == none { return nil }
            return Warnings(kind: kind.rawValue, calls: calls, supervisors: supervisors)
        }
        centre =
            trial.rows(by: .centre).first
            ?? FiguresRow(name: "centre", real: VisitFigures(), new: VisitFigures(), standing: VisitFigures())
        figures = trial.rows(by: .queue)
        differing = listed
        self.leftOff = leftOff
        cannotKnow = Unknown.all(trial, log, language)
    }
}

extension TrialReport.Decisions {
    init(_ tally: Tally) {
        made = tally.decisions
        alike = tally.alike
        destination = tally.differ[.destination] ?? 0
        wait = tally.differ[.wait] ?? 0
        priority = tally.differ[.priority] ?? 0
        reason = tally.differ[.reason] ?? 0
        changes = tally.changes.map { change, count in
            TrialReport.Change(from: .init(change.from), to: .init(change.to), decisions: count)
        }.sorted { a, b in
            a.decisions != b.decisions ? a.decisions > b.decisions : a.order < b.order
        }
    }
}

extension TrialReport.Change {
    fileprivate var order: String { [from.reason, from.action, to.reason, to.action].joined(separator: " ") }
}

extension TrialReport.Change.Way {
    init(_ way: Tally.Way) {
        action = way.action
        reason = way.reason.rawValue
    }
}

extension TrialReport.VIPs {
    init(_ vips: Tally.VIPs) {
        calls = vips.calls
        sent = vips.sent
        reached = vips.reached
        reachedStands = vips.reachedStands
        unknown = vips.unknown
    }
}
