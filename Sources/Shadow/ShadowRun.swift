import CallCenter
import EventWire

/// Tries rules on the log of a state directory, beside the daemon or without one.
public final class ShadowRun {
    /// How long after the period the log is read on. Milliseconds: for calls that were decided at its end, and facts
    /// that came late.
    static let behind: Int64 = 3_600_000
    /// Figures are kept in slices of these. Milliseconds.
    static let slice: Int64 = 900_000

    private let rules: TriedRules
    private let log: TrialLog

    /// Opens the log.
    public init(_ rules: TriedRules) throws(TrialError) {
        self.rules = rules
        log = try TrialLog(directory: rules.stateDirectory)
    }

    /// The date of the centre's day in which the log ends.
    public var lastDay: String { rules.date(at: log.ends) }
    /// When the newest event was read, RFC 3339.
    public var logEnds: String { timeText(log.ends) }

    /// What is wanted of a trial.
    public struct Request: Sendable {
        /// Milliseconds since 1970; taken to whole quarters of an hour.
        public var from: Int64
        /// The end, which does not belong to the period. Milliseconds since 1970.
        public var to: Int64
        /// Calls and figures of this queue alone; nil for all.
        public var queue: String?
        /// `ja` or `en`.
        public var language: String
        /// How many of the decisions that differ the report lists.
        public var listMax: Int

        /// Copies its values.
        public init(from: Int64, to: Int64, queue: String?, language: String, listMax: Int) {
            self.from = from
            self.to = to
            self.queue = queue
            self.language = language
            self.listMax = listMax
        }
    }

    /// - Parameters:
    ///   - progress: called now and then with how many of how many entries were read.
    ///   - each: called with every decision that differs, in order, the listed ones included.
    public func run(
        _ request: Request, progress: (_ done: Int64, _ of: Int64) -> Void = { _, _ in },
        each: ((ListedDecision) -> Void)? = nil
    ) throws(TrialError) -> TrialReport {
        let language = Language(rawValue: request.language) ?? .en
        let from = Timestamp(ms: request.from).interval(ShadowRun.slice)
        let to = max(from, (Timestamp(ms: request.to) + (ShadowRun.slice - 1)).interval(ShadowRun.slice))
        let kept = try log.start(from: from, rules)
        if to <= log.begins { throw .tooEarly(firstDay: rules.date(at: log.begins), isCut: false) }
        var trial = Trial(
            policies: log.policies, from: kept, rules: rules.policy, period: from..<to, queue: request.queue)
        let list = DecisionList(max: request.listMax)
        trial.onDifference = { pair in
            list.count += 1
            guard each != nil || list.hasRoom else { return }
            let listed = ListedDecision(pair, language)
            list.add(listed)
            list.passed.append(listed)
        }
        let start = kept?.seq ?? log.first - 1
        var count = 0, newest = log.begins
        try log.read(after: start, through: to + ShadowRun.behind) { at in
            progress(at - start, log.last - start)
        } _: { event, line, lookup in
            trial.apply(event, line, lookup)
            count += 1
            newest = max(newest, line.readAt)
            if let each { for one in list.passed { each(one) } }
            list.passed.removeAll(keepingCapacity: true)
        }
        let part = TrialReport.Log(
            begins: timeText(log.begins), ends: timeText(log.ends), whole: log.isWhole, events: count)
        return TrialReport(
            trial.finish(at: newest), part, timezone: rules.timezone, listed: list.listed,
            leftOff: list.count - list.listed.count, language: language)
    }

    /// The decisions that differ, as far as they are listed.
    private final class DecisionList {
        let max: Int
        var count = 0
        private(set) var listed: [ListedDecision] = []
        /// Those of the event that was just applied.
        var passed: [ListedDecision] = []

        init(max: Int) { self.max = max }

        var hasRoom: Bool { listed.count < max }
        func add(_ one: ListedDecision) { if hasRoom { listed.append(one) } }
    }
}

func timeText(_ time: Timestamp) -> String { RFC3339.string(time) }
