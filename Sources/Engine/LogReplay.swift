import CallCenter

/// Tells the events of a log again, by the rules that held at the time: the state at any place of it.
public struct LogReplay {
    public private(set) var centre: Centre
    /// How many events were applied.
    public private(set) var count = 0
    private var due: ArraySlice<(after: Int64, policy: Policy)>
    private var effects: [Effect] = []

    /// - Parameters:
    ///   - policies: all rules that ever held, oldest first.
    ///   - kept: the state to begin with, and its place; nil begins with the log.
    ///   - rules: for a log of which no rules are known.
    public init(policies: [(after: Int64, policy: Policy)], from kept: (seq: Int64, state: Checkpoint)?, rules: Policy)
    {
        let from = kept?.seq ?? 0
        centre = kept.map { Centre($0.state) } ?? Centre(policy: policies.first?.policy ?? rules)
        due = policies.drop { $0.after < from }
        if let before = policies.last(where: { $0.after <= from }) { centre.adopt(before.policy) }
    }

    /// Makes no pops: nobody sees those of the past.
    public mutating func quiet() { centre.audience = .operators([]) }

    /// Applies the event that a line tells of. Returns what was to be done then.
    @discardableResult
    public mutating func take(_ event: Event, _ line: LoggedLine, _ lookup: Lookup?) -> [Effect] {
        while let next = due.first, next.after < line.seq {
            centre.adopt(next.policy)
            due = due.dropFirst()
        }
        effects.removeAll(keepingCapacity: true)
        _ = centre.apply(event, seq: line.seq, now: line.readAt, lookup: lookup, effects: &effects)
        count += 1
        return effects
    }

    /// The state at the end of the log, by the rules that hold now.
    public mutating func finish() {
        for next in due { centre.adopt(next.policy) }
        due = []
    }
}
