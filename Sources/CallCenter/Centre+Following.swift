/// A centre that follows the decisions of another one, for a trial of other rules on a log (`Shadow`).
///
/// It applies the same events by rules of its own. Operators are reserved for the decisions that were really made: the
/// events after them are their consequence. What its own rules decide is computed at the same moment, and changes
/// nothing.
extension Centre {
    struct Following: Sendable {
        /// The decision that was made and holds; nil for an event without one.
        var made: Decision?
        /// What the rules of this centre decide.
        var own: Decision?
    }

    /// Applies one event as `apply` does, with the decision that was made about it.
    ///
    /// - Returns: what the rules of this centre decide; nil for an event about which nothing is decided.
    public mutating func apply(
        _ event: Event, seq: Int64, now: Timestamp, lookup: Lookup?, following made: Decision?, effects: inout [Effect]
    ) -> Decision? {
        following = Following(made: made)
        defer { following = nil }
        _ = apply(event, seq: seq, now: now, lookup: lookup, effects: &effects)
        return following?.own
    }

    /// The decision that holds: that of the centre's own rules, unless it follows another one.
    mutating func decisionThatHolds(_ own: Decision) -> Decision {
        guard following != nil else { return own }
        following?.own = own
        return following?.made ?? own
    }
}

extension Call {
    /// The operators who know the customer by some rules, in the order in which a decision asks for them: the owner of
    /// the open case, the assigned one, the one who spoke with the customer last.
    public func operatorsWhoKnow(by policy: Policy, at time: Timestamp) -> [String] {
        guard candidate != nil else { return [] }
        var steps: [RoutingStep] = []
        let question = Router.Question(
            caller: .unavailable, candidate: candidate, matches: 1, blocked: false, queue: nil, line: offered?.to,
            abandoned: nil, matchedBy: .number, time: time)
        return Router(policy: policy, operators: [:], now: time).knownOperators(question, &steps).map(\.2)
    }
}
