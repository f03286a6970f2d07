/// The outcome of a call, computed from its visits and legs.
extension CallLife {
    /// The visit without an outcome; nil when there is none.
    public var openVisit: Visit? { visits.last.flatMap { $0.outcome == nil ? $0 : nil } }
    public var isOver: Bool { state == .ended }

    public var isOutbound: Bool { dialedBy != nil }
    /// When the far end of a dialed call answered.
    public var reachedAt: Timestamp? { legs.lazy.filter { $0.dialedAt != nil }.compactMap(\.answeredAt).min() }

    /// `answered` if any visit was, otherwise that of the last visit; nil while it is open or was never queued.
    public var outcome: Outcome? {
        if visits.contains(where: { $0.outcome == .answered }) { return .answered }
        return visits.last?.outcome
    }
}
