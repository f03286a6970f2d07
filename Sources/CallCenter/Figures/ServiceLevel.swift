/// What a service level is computed from (metrics.md): A answered, B abandoned with the short ones, S the short ones,
/// and how many of A and B waited no longer than the threshold T.
public struct ServiceCounts: Equatable, Sendable {
    /// A: answered visits, without the partial ones.
    public var answered = 0
    /// Those of A that waited no longer than T.
    public var answeredWithin = 0
    /// B: abandoned visits, the short ones included unless the queue leaves them out.
    public var abandoned = 0
    /// Those of B that waited no longer than T.
    public var abandonedWithin = 0
    /// S: short abandons.
    public var short = 0

    /// Nothing was counted.
    init() {}

    /// - Parameter excludeShort: takes S out of B first.
    init(_ figures: QueueFigures, excludeShort: Bool) {
        answered = figures.answeredTimed
        answeredWithin = figures.answeredWithin
        abandoned = figures.abandonedTimed + (excludeShort ? 0 : figures.shortTimed)
        abandonedWithin = figures.abandonedWithin + (excludeShort ? 0 : figures.shortWithin)
        short = figures.shortTimed
    }

    static func += (a: inout ServiceCounts, b: ServiceCounts) {
        a.answered += b.answered
        a.answeredWithin += b.answeredWithin
        a.abandoned += b.abandoned
        a.abandonedWithin += b.abandonedWithin
        a.short += b.short
    }

    /// What was counted since `b`; nothing is less than 0.
    static func -= (a: inout ServiceCounts, b: ServiceCounts) {
        a.answered = max(0, a.answered - b.answered)
        a.answeredWithin = max(0, a.answeredWithin - b.answeredWithin)
        a.abandoned = max(0, a.abandoned - b.abandoned)
        a.abandonedWithin = max(0, a.abandonedWithin - b.abandonedWithin)
        a.short = max(0, a.short - b.short)
    }

    /// A share between 0 and 1; nil where nothing counts.
    public func level(_ variant: ServiceLevelVariant) -> Double? {
        let (part, whole) = shares(variant)
        return whole > 0 ? Double(part) / Double(whole) : nil
    }

    /// What is divided by what.
    public func shares(_ variant: ServiceLevelVariant) -> (part: Int, whole: Int) {
        switch variant {
        case .negative: (answeredWithin, answered + abandoned)
        case .ignore: (answeredWithin, answered + abandoned - abandonedWithin)
        case .positive: (answeredWithin + abandonedWithin, answered + abandoned)
        case .answered: (answeredWithin, answered)
        case .short: (answeredWithin + short, answered + abandoned)
        }
    }
}
