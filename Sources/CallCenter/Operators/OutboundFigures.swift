/// Calls that went out, in one interval or the sum of such (metrics.md, Outbound). Times in milliseconds.
public struct OutboundFigures: Equatable, Sendable, Codable {
    /// Counted where the dialing began.
    public var dialed = 0
    /// The far end answered; counted where it did.
    public var reached = 0
    /// Answered to ended without hold; counted where the talk ended.
    public var talk: Int64 = 0
    /// Counted where the talk ended.
    public var hold: Int64 = 0
    /// Time in state `dialing`.
    public var dialing: Int64 = 0

    /// Nothing was counted.
    init() {}

    /// All values as numbers, for storage.
    package var numbers: [Int64] { [Int64(dialed), Int64(reached), talk, hold, dialing] }

    /// Reads what `numbers` wrote: five of them.
    package init(numbers: ArraySlice<Int64>) {
        let all = Array(numbers)
        guard all.count == 5 else { return }
        (dialed, reached) = (Int(truncatingIfNeeded: all[0]), Int(truncatingIfNeeded: all[1]))
        (talk, hold, dialing) = (all[2], all[3], all[4])
    }

    static func += (a: inout OutboundFigures, b: OutboundFigures) {
        a.dialed += b.dialed
        a.reached += b.reached
        a.talk += b.talk
        a.hold += b.hold
        a.dialing += b.dialing
    }
}
