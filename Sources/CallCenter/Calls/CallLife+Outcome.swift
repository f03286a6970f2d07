/// The outcome of a call, computed from its visits and legs.
extension CallLife {
    /// The visit without an outcome; nil when there is none.
    public var openVisit: Visit? { visits.last.flatMap { $0.outcome == nil ? $0 : nil } }
    /// Whether it ended. A late fact may still change visits and legs.
    public var isOver: Bool { state == .ended }

    /// Whether an operator dialed it.
    public var isOutbound: Bool { dialedBy != nil }
    /// When the far end of a dialed call answered.
    public var reachedAt: Timestamp? { legs.lazy.filter { $0.dialedAt != nil }.compactMap(\.answeredAt).min() }

    /// `answered` if any visit was, otherwise that of the last visit; nil while it is open or was never queued.
    public var outcome: Outcome? {
        if visits.contains(where: { $0.outcome == .answered }) { return .answered }
        return visits.last?.outcome
    }

    /// Whether the operator's last leg is known not to be a missed ring: a talk, or a ring that ended because somebody
    /// else answered or the caller hung up. A later message about that ring changes nothing.
    func hasSettled(ringOf who: String) -> Bool {
        guard let last = legs.last(where: { $0.operator == who }) else { return false }
        return last.isTalking || last.end == .elsewhere || last.end == .callerLeft
    }
}
