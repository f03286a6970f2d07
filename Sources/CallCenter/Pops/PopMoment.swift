/// A moment in the way of a pop: when it was sent to an operator's screen, seen, and acted on.
public struct PopMoment: Equatable, Sendable, Codable {
    public enum What: UInt8, Sendable, Codable {
        /// The daemon made it. Whether a screen was open only `seen` tells.
        case sent
        /// The screen told that it was looked at.
        case seen
        /// The operator wrote of the call for the first time.
        case acted
    }

    public var `operator`: String
    public var what: What
    /// `sent` in daemon time, the others in that of their events.
    public var at: Timestamp

    package init(operator: String, what: What, at: Timestamp) {
        self.operator = `operator`
        self.what = what
        self.at = at
    }
}

extension Call {
    /// How many moments a call keeps: three for each of a large group that rings at once.
    static let popMomentsMax = 96

    /// In the order of their happening.
    public var popMoments: [PopMoment] { moments ?? [] }

    /// Notes a moment; of each kind an operator has one a call, the first.
    mutating func note(_ what: PopMoment.What, of who: String, at time: Timestamp) {
        var all = popMoments
        guard all.count < Call.popMomentsMax, !all.contains(where: { $0.operator == who && $0.what == what }) else {
            return
        }
        all.append(PopMoment(operator: who, what: what, at: time))
        moments = all
    }
}
