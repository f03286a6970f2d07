import CallCenter

/// The result of a trial, as values.
struct TrialFigures: Sendable {
    /// The rules that applied at the end of the period, and the new ones.
    let rules: Both<Policy>
    /// How often the real rules changed within the period.
    let changes: Int
    let tally: Tally
    let figures: Both<[PastFigures]>
    let standing: PastFigures
    let period: Range<Timestamp>
    let queue: String?

    /// The figures of visits, recorded facts all of them: by the rules of then, by the new ones, and by the new ones of
    /// those calls alone about which the new rules change nothing.
    func rows(by grouping: FiguresReport.Grouping) -> [FiguresRow] {
        let real = sets(figures.real, rules.real, grouping), new = sets(figures.new, rules.new, grouping)
        let standing = sets([standing], rules.new, grouping)
        return Set(real.keys).union(new.keys).sorted().map { name in
            FiguresRow(
                name: name, real: real[name] ?? VisitFigures(), new: new[name] ?? VisitFigures(),
                standing: standing[name] ?? VisitFigures())
        }.filter { grouping == .centre || !$0.isEmpty }
    }

    private func sets(
        _ figures: [PastFigures], _ policy: Policy, _ grouping: FiguresReport.Grouping
    ) -> [String: VisitFigures] {
        var filter = FiguresReport.Filter()
        filter.queue = queue
        var report = FiguresReport(
            policy: policy, by: grouping, filter: filter, bounds: [period.lowerBound, period.upperBound])
        for part in figures { report.add(part) }
        var found: [String: VisitFigures] = [:]
        for row in report.rows { if case .visits(let set) = row.figures { found[row.key] = VisitFigures(set) } }
        return found
    }
}

/// A queue's figures, or the whole centre's.
public struct FiguresRow: Equatable, Sendable, Codable {
    /// The queue's id, or `centre`.
    public var name: String
    /// By the rules that applied then.
    public var real: VisitFigures
    /// By the rules that are tried; of the same recorded facts.
    public var new: VisitFigures
    /// Of calls about which the new rules change nothing, by the new thresholds: their waits are what they would have
    /// been.
    public var standing: VisitFigures

    var isEmpty: Bool { real == VisitFigures() && new == VisitFigures() }
}

/// Figures of visits. Times in milliseconds; nil where nothing counts.
public struct VisitFigures: Equatable, Sendable, Codable {
    /// Visits by outcome; `offered` is all of them.
    public var offered = 0, answered = 0, abandoned = 0, shortAbandoned = 0, overflowed = 0, callback = 0, blocked = 0,
        unknown = 0
    /// Between 0 and 1, by the variant of the configuration.
    public var serviceLevel: Double?
    /// What is divided by what.
    public var serviceLevelPart = 0, serviceLevelWhole = 0
    /// The mean wait of answered visits, and of all that waited. Milliseconds.
    public var asaMs, averageWaitMs: Double?
    /// The longest wait. Milliseconds.
    public var maxWaitMs: Int64?
    /// The average after-call work of an answered visit.
    public var afterCallMs: Double?

    init() {}

    init(_ set: Stats.FigureSet) {
        let figures = set.figures
        offered = figures.offered
        answered = figures.answered
        abandoned = figures.abandoned
        shortAbandoned = figures.shortAbandoned
        overflowed = figures.overflowed
        callback = figures.callback
        blocked = figures.blocked
        unknown = figures.unknown
        serviceLevel = set.service.level(set.variant)
        (serviceLevelPart, serviceLevelWhole) = set.service.shares(set.variant)
        asaMs = figures.asa
        averageWaitMs = figures.averageWait
        maxWaitMs = figures.maxWait
        afterCallMs = figures.handled > 0 ? Double(figures.wrapUp) / Double(figures.handled) : nil
    }
}
