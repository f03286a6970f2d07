/// The figures of a queue in one interval, or the sum of such (metrics.md). Times in milliseconds.
///
/// *Timed* counts leave partial visits out: those whose start was not seen are counted, but kept out of waits and
/// service levels.
public struct QueueFigures: Equatable, Sendable, Codable {
    /// Visits that began.
    public internal(set) var offered = 0
    /// Visits that an operator answered.
    public internal(set) var answered = 0
    /// Visits that ended while they waited, later than the queue's `shortAbandon`.
    public internal(set) var abandoned = 0
    /// Visits that ended while they waited, within the queue's `shortAbandon`.
    public internal(set) var shortAbandoned = 0
    /// Visits that were taken out of the queue.
    public internal(set) var overflowed = 0
    /// The same with the promise to call back.
    public internal(set) var callback = 0
    /// Visits that our own answer rejected.
    public internal(set) var blocked = 0
    /// Visits of which nobody saw how they ended.
    public internal(set) var unknown = 0

    /// The answered without the partial ones.
    public internal(set) var answeredTimed = 0
    /// The abandoned without the partial ones and the short ones.
    var abandonedTimed = 0
    /// The short abandoned without the partial ones.
    var shortTimed = 0
    /// Those of `answeredTimed` within the threshold of the service level.
    var answeredWithin = 0
    /// Those of `abandonedTimed` within the threshold of the service level.
    var abandonedWithin = 0
    /// Those of `shortTimed` within the threshold of the service level.
    var shortWithin = 0
    /// Sum of the waits of the answered.
    public internal(set) var answeredWait: Int64 = 0
    /// Visits that ended, whatever the outcome, without the partial ones.
    public internal(set) var endedTimed = 0
    /// Sum of the waits of all that ended.
    public internal(set) var endedWait: Int64 = 0
    var longest = LongestWaits()
    var waits = WaitHistogram()

    /// Answered visits whose wrap-up ended.
    public internal(set) var handled = 0
    /// Sum of the talks of `handled`, without hold.
    public internal(set) var talk: Int64 = 0
    /// Sum of the holds of `handled`.
    public internal(set) var hold: Int64 = 0
    /// Sum of the after-call work of `handled`.
    public internal(set) var wrapUp: Int64 = 0
    /// Transfers of answered visits.
    public internal(set) var transfers = 0
    /// Holds of answered visits.
    public internal(set) var holds = 0

    /// Calls with a known number, and those of them whose caller also called within the 24 h before.
    public internal(set) var callsKnown = 0
    /// Those of `callsKnown` whose caller also called within the 24 h before.
    public internal(set) var callsRepeat = 0

    /// Storage of `outcomes`; nil when empty. Checkpoints of older versions have none.
    private var given: OutcomeFigures?
    /// What was written of calls that were answered.
    public internal(set) var outcomes: OutcomeFigures {
        get { given ?? OutcomeFigures() }
        set { given = newValue.isEmpty ? nil : newValue }
    }

    /// Nothing was counted.
    public init() {}

    static func += (a: inout QueueFigures, b: borrowing QueueFigures) {
        a.addVisits(of: b)
        a.callsKnown += b.callsKnown
        a.callsRepeat += b.callsRepeat
        if b.given != nil { a.outcomes += b.outcomes }
    }

    /// Adds everything but the counts of calls.
    mutating func addVisits(of b: borrowing QueueFigures) {
        offered += b.offered
        answered += b.answered
        abandoned += b.abandoned
        shortAbandoned += b.shortAbandoned
        overflowed += b.overflowed
        callback += b.callback
        blocked += b.blocked
        unknown += b.unknown
        answeredTimed += b.answeredTimed
        abandonedTimed += b.abandonedTimed
        shortTimed += b.shortTimed
        answeredWithin += b.answeredWithin
        abandonedWithin += b.abandonedWithin
        shortWithin += b.shortWithin
        answeredWait += b.answeredWait
        endedTimed += b.endedTimed
        endedWait += b.endedWait
        longest += b.longest
        waits += b.waits
        handled += b.handled
        talk += b.talk
        hold += b.hold
        wrapUp += b.wrapUp
        transfers += b.transfers
        holds += b.holds
    }

    /// All values as numbers, for storage: the counts, then the longest waits and the buckets of the waits, each behind
    /// how many there are, then what was written of the calls, if anything.
    package var numbers: [Int64] {
        let counts = [
            offered, answered, abandoned, shortAbandoned, overflowed, callback, blocked, unknown, answeredTimed,
            abandonedTimed, shortTimed,
            answeredWithin, abandonedWithin, shortWithin, endedTimed, handled, transfers, holds, callsKnown,
            callsRepeat,
        ].map(Int64.init)
        return counts + [answeredWait, endedWait, talk, hold, wrapUp] + longest.numbers + waits.numbers
            + outcomes.numbers
    }

    /// Reads what `numbers` wrote; nil for anything else.
    package init?(numbers: [Int64]) {
        guard numbers.count > 25 else { return nil }
        let counts = numbers[..<20].map { Int(truncatingIfNeeded: $0) }
        (offered, answered, abandoned, shortAbandoned, overflowed) = (
            counts[0], counts[1], counts[2], counts[3], counts[4]
        )
        (callback, blocked, unknown) = (counts[5], counts[6], counts[7])
        (answeredTimed, abandonedTimed, shortTimed) = (counts[8], counts[9], counts[10])
        (answeredWithin, abandonedWithin, shortWithin) = (counts[11], counts[12], counts[13])
        (endedTimed, handled, transfers, holds, callsKnown, callsRepeat) = (
            counts[14], counts[15], counts[16], counts[17], counts[18], counts[19]
        )
        (answeredWait, endedWait, talk, hold, wrapUp) = (
            numbers[20], numbers[21], numbers[22], numbers[23], numbers[24]
        )
        var rest = numbers[25...]
        guard let longest = LongestWaits(taking: &rest), let waits = WaitHistogram(taking: &rest),
            let outcomes = OutcomeFigures(taking: &rest), rest.isEmpty
        else { return nil }
        self.longest = longest
        self.waits = waits
        self.outcomes = outcomes
    }

    /// All counts are 0, as every booking was reverted.
    public var isEmpty: Bool { self == QueueFigures() }

    /// Average speed of answer.
    public var asa: Double? { ratio(answeredWait, answeredTimed) }
    /// Of all that ended, whatever the outcome; nil when none did. Milliseconds.
    public var averageWait: Double? { ratio(endedWait, endedTimed) }
    /// The longest wait of all that ended; nil when none did.
    public var maxWait: Int64? { longest.longest }
    /// How many of the answered waited no longer than each of the bounds. Milliseconds, rising.
    public func waits(upTo bounds: [Int64]) -> [Int] { waits.counts(upTo: bounds) }
    /// The wait that `percent` of the answered did not exceed, at most 1 % off; nil when none was answered.
    /// - Parameter percent: 0 to 100.
    public func waitPercentile(_ percent: Double) -> Int64? { waits.percentile(percent) }
    /// Average handle time: talk, hold and wrap-up.
    public var aht: Double? { ratio(talk + hold + wrapUp, handled) }
    /// Repeat calls of those with a known number, between 0 and 1; nil without any.
    public var repeatRate: Double? { ratio(Int64(callsRepeat), callsKnown) }
    /// - Parameter waiting: visits without an outcome now.
    public func abandonRate(waiting: Int) -> Double? { ratio(Int64(abandoned), offered - shortAbandoned - waiting) }

    private func ratio(_ a: Int64, _ b: Int) -> Double? { b > 0 ? Double(a) / Double(b) : nil }
}
