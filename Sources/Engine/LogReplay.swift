import CallCenter

/// Replays the events of a log by the policies that applied at the time: computes the state at any position.
public struct LogReplay {
    /// The state after the newest event that was applied.
    public private(set) var centre: Centre
    /// How many events were applied.
    public private(set) var count = 0
    private var due: ArraySlice<(after: Int64, policy: Policy)>
    private var effects: [Effect] = []

    /// - Parameters:
    ///   - policies: all policies that ever applied, oldest first, each with the log position after which it applies.
    ///   - kept: the state to start from and its position; nil starts with an empty state.
    ///   - rules: the policy for a log that contains none.
    public init(policies: [(after: Int64, policy: Policy)], from kept: (seq: Int64, state: Checkpoint)?, rules: Policy)
    {
        let from = kept?.seq ?? 0
        centre = kept.map { Centre($0.state) } ?? Centre(policy: policies.first?.policy ?? rules)
        due = policies.drop { $0.after < from }
        if let before = policies.last(where: { $0.after <= from }) { centre.adopt(before.policy) }
    }

    /// Switches pops off: nobody sees those of the past.
    public mutating func quiet() { centre.audience = .operators([]) }

    /// Applies the event of an entry. Returns its effects at the time.
    ///
    /// - Parameters:
    ///   - seq: the entry's log position.
    ///   - readAt: when the daemon read it.
    @discardableResult
    public mutating func apply(_ event: Event, seq: Int64, readAt: Timestamp, _ lookup: Lookup?) -> [Effect] {
        while let next = due.first, next.after < seq {
            centre.adopt(next.policy)
            due = due.dropFirst()
        }
        effects.removeAll(keepingCapacity: true)
        _ = centre.apply(event, seq: seq, now: readAt, lookup: lookup, effects: &effects)
        count += 1
        return effects
    }

    /// Erases a customer, at the position of the erase's entry.
    public mutating func erase(_ erasure: Erasure) { _ = centre.erase(erasure) }

    /// Applies what happens by time alone up to `now`, such as alerts to supervisors. No event may be applied later
    /// that was read before. Returns its effects.
    public mutating func tick(_ now: Timestamp) -> [Effect] {
        effects.removeAll(keepingCapacity: true)
        centre.tick(now, effects: &effects)
        return effects
    }

    /// Applies the newest policy at the end of the log.
    public mutating func finish() {
        for next in due { centre.adopt(next.policy) }
        due = []
    }
}
