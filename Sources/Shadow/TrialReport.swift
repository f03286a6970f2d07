import CallCenter
import EventWire

/// The result of a trial, to be written as JSON or shown. Times are RFC 3339 in UTC, durations milliseconds.
public struct TrialReport: Equatable, Sendable, Codable {
    public struct Log: Equatable, Sendable, Codable {
        /// When the oldest event that was read was read by the daemon, and the newest of the log.
        public var begins: String
        public var ends: String
        /// Nothing of the log was removed.
        public var whole: Bool
        /// The events applied, those before the period included.
        public var events: Int
    }
    public struct Decisions: Equatable, Sendable, Codable {
        public var made: Int
        /// The PBX would have been told the very same.
        public var alike: Int
        /// Decisions that differ in each; one may differ in several.
        public var destination: Int
        public var wait: Int
        public var priority: Int
        public var reason: Int
        /// The most frequent first.
        public var changes: [Change]
    }
    public struct Change: Equatable, Sendable, Codable {
        public struct Way: Equatable, Sendable, Codable {
            /// `operator`, `group`, `queue` or `reject`.
            public var action: String
            public var reason: String
        }
        public var from: Way
        public var to: Way
        public var decisions: Int
    }
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
    public struct OperatorLoad: Equatable, Sendable, Codable {
        public var `operator`: String
        /// Decisions that sent a call to this operator.
        public var alone: Both<Int>
        /// Decisions that sent a call to a group in which this operator could take it.
        public var inGroup: Both<Int>
    }
    public struct QueueLoad: Equatable, Sendable, Codable {
        public var queue: String
        /// Decisions about calls of this queue.
        public var decisions: Int
        /// Decisions that sent a call into this queue at once.
        public var atOnce: Both<Int>
    }
    public struct Warnings: Equatable, Sendable, Codable {
        public var kind: String
        /// Decisions whose call had the warning.
        public var calls: Both<Int>
        /// Warnings to supervisors.
        public var supervisors: Both<Int>
    }

    public var from: String
    public var to: String
    public var timezone: String
    public var queue: String?
    public var log: Log
    /// The keys that differ between the rules at the end of the period and the new ones.
    public var rules: [RuleChange]
    /// How often the real rules changed within the period; each decision is compared with those that applied to it.
    public var rulesChanged: Int
    public var decisions: Decisions
    /// By the tiers that were VIPs then, and by those that are in the new rules.
    public var vips: Both<VIPs>
    public var operators: [OperatorLoad]
    public var queues: [QueueLoad]
    public var warnings: [Warnings]
    public var centre: FiguresRow
    public var figures: [FiguresRow]
    /// Decisions that differ, oldest first, as many as were asked for.
    public var differing: [ListedDecision]
    /// How many more of them there are.
    public var leftOff: Int
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
