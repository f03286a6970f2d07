/// A moment in the life of a pop: sent to an operator's screen, seen, acted on.
public struct PopMoment: Equatable, Sendable, Codable {
    /// What happened to it.
    public enum What: UInt8, Sendable, Codable {
        /// The daemon made the pop. Only `seen` shows that a screen was open.
        case sent
        /// The screen reported that the operator looked at it.
        case seen
        /// The operator wrote of the call for the first time.
        case acted
    }

    /// The operator's id.
    public var `operator`: String
    /// What happened to it.
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

    /// Records a moment. An operator has one of each kind for a call, the first.
    mutating func note(_ what: PopMoment.What, of who: String, at time: Timestamp) {
        var all = popMoments
        guard all.count < Call.popMomentsMax, !all.contains(where: { $0.operator == who && $0.what == what }) else {
            return
        }
        all.append(PopMoment(operator: who, what: what, at: time))
        moments = all
    }
}
