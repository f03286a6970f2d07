/// The figures of a queue in one interval, or the sum of such (metrics.md). Times in milliseconds.
///
/// *Timed* counts leave partial visits out: those whose start was not seen are counted, but kept out of waits and service levels.
public struct QueueFigures: Equatable, Sendable, Codable {
    public internal(set) var offered = 0
    public internal(set) var answered = 0
    public internal(set) var abandoned = 0
    public internal(set) var shortAbandoned = 0
    public internal(set) var overflowed = 0
    public internal(set) var callback = 0
    public internal(set) var blocked = 0
    public internal(set) var unknown = 0

    public internal(set) var answeredTimed = 0
    public internal(set) var abandonedTimed = 0
    public internal(set) var shortTimed = 0
    public internal(set) var answeredWithin = 0
    public internal(set) var abandonedWithin = 0
    public internal(set) var shortWithin = 0
    /// Sum of the waits of the answered.
    public internal(set) var answeredWait: Int64 = 0
    public internal(set) var endedTimed = 0
    /// Sum of the waits of all that ended.
    public internal(set) var endedWait: Int64 = 0
    var longest = LongestWaits()
    var waits = WaitHistogram()

    /// Answered visits whose wrap-up ended.
    public internal(set) var handled = 0
    public internal(set) var talk: Int64 = 0
    public internal(set) var hold: Int64 = 0
    public internal(set) var wrapUp: Int64 = 0
    public internal(set) var transfers = 0
    public internal(set) var holds = 0

    /// Calls with a known number, and those of them whose caller also called within the 24 h before.
    public internal(set) var callsKnown = 0
    public internal(set) var callsRepeat = 0

    public init() {}

    static func += (a: inout QueueFigures, b: QueueFigures) {
        a.offered += b.offered
        a.answered += b.answered
        a.abandoned += b.abandoned
        a.shortAbandoned += b.shortAbandoned
        a.overflowed += b.overflowed
        a.callback += b.callback
        a.blocked += b.blocked
        a.unknown += b.unknown
        a.answeredTimed += b.answeredTimed
        a.abandonedTimed += b.abandonedTimed
        a.shortTimed += b.shortTimed
        a.answeredWithin += b.answeredWithin
        a.abandonedWithin += b.abandonedWithin
        a.shortWithin += b.shortWithin
        a.answeredWait += b.answeredWait
        a.endedTimed += b.endedTimed
        a.endedWait += b.endedWait
        a.longest += b.longest
        a.waits += b.waits
        a.handled += b.handled
        a.talk += b.talk
        a.hold += b.hold
        a.wrapUp += b.wrapUp
        a.transfers += b.transfers
        a.holds += b.holds
        a.callsKnown += b.callsKnown
        a.callsRepeat += b.callsRepeat
    }

    /// Everything that was booked here was taken back.
    var isEmpty: Bool { self == QueueFigures() }

    /// Average speed of answer.
    public var asa: Double? { ratio(answeredWait, answeredTimed) }
    public var averageWait: Double? { ratio(endedWait, endedTimed) }
    public var maxWait: Int64? { longest.longest }
    public func waitPercentile(_ percent: Double) -> Int64? { waits.percentile(percent) }
    /// Average handle time: talk, hold and wrap-up.
    public var aht: Double? { ratio(talk + hold + wrapUp, handled) }
    public var repeatRate: Double? { ratio(Int64(callsRepeat), callsKnown) }
    /// - Parameter waiting: visits without an outcome now.
    public func abandonRate(waiting: Int) -> Double? { ratio(Int64(abandoned), offered - shortAbandoned - waiting) }

    private func ratio(_ a: Int64, _ b: Int) -> Double? { b > 0 ? Double(a) / Double(b) : nil }
}

