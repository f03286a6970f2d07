/// Figures recounted from the calls themselves, by thresholds that came later: what the past would have been under the
/// rules of today.
///
/// Operators' times are no figure of visits, and are not recounted.
public struct Recount: Sendable {
    private let policy: Policy
    private var ledger = Ledger()

    /// Nothing counted yet, to be counted by these rules.
    public init(policy: Policy) { self.policy = policy }

    /// What two have counted, of calls that are not the same.
    public static func += (a: inout Recount, b: Recount) { a.ledger += b.ledger }

    /// Counts a call; never one that was counted before.
    public mutating func add(_ call: borrowing Call) {
        let numberIsKnown = call.numberIsKnown
        for var entry in call.entries(numberIsKnown: numberIsKnown) {
            if let end = entry.end, !end.partial, end.outcome == .abandoned || end.outcome == .shortAbandoned {
                let limit = policy.queue(entry.queue).shortAbandon
                entry.end?.outcome = limit > 0 && end.wait <= limit ? .shortAbandoned : .abandoned
            }
            ledger.replace(VisitEntry(), by: entry, policy: policy)
        }
        ledger.replace(nil, by: call.outcomeEntry, policy: policy)
        if numberIsKnown, let start = call.startedAt {
            ledger.bookCall(
                CallEntry(line: call.line, tier: call.tier, at: start, isRepeat: call.isRepeat), sign: 1, policy: policy
            )
        }
    }

    /// What was counted. `incomplete` marks come from the figures that were kept at the time.
    public func figures(gaps: [Centre.LinkGap], skews: [ClockSkew]) -> PastFigures {
        var figures = PastFigures(forgottenAt: Timestamp(ms: 0), queues: ledger.cells)
        figures.gaps = gaps
        figures.skews = skews
        return figures
    }
}
