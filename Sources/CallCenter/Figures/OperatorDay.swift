/// What an operator's desk shows beside the calls: who waits in its queues now, and its own figures.
public struct OperatorDay: Equatable, Sendable {
    /// The queues that the operator serves; nil for all of them.
    public var queues: [String]?
    /// Visits that wait in these queues, those that ring included.
    public var waiting = 0
    /// Age of the oldest of them; nil when nobody waits. Milliseconds.
    public var longestWait: Int64?
    /// The operator's own figures of the period.
    public var figures = OperatorFigures()
}

extension Centre {
    /// The day of one operator, as it is at `now`. Call `settle(now)` first.
    ///
    /// An operator of whom nothing was heard serves all queues and has done nothing.
    ///
    /// - Parameters:
    ///   - from: the beginning of the figures, on an interval's boundary.
    ///   - to: their end, on an interval's boundary.
    public func day(of who: String, from: Timestamp, to: Timestamp, now: Timestamp) -> OperatorDay {
        var day = OperatorDay()
        if let one = operators[who] {
            day.queues = one.queues
            day.figures = one.figures(from: from, to: to, now: now, grain: policy.grain)
        }
        for number in open {
            guard let visit = calls[number]?.life.openVisit, visit.queue != Visit.directQueue,
                day.queues?.contains(visit.queue) ?? true
            else { continue }
            day.waiting += 1
            day.longestWait = max(day.longestWait ?? 0, now - visit.start)
        }
        return day
    }
}
