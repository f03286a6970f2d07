extension Centre {
    /// The operators who have this customer on the screen: in a pop, as the caller or as a candidate, or in the
    /// after-call work of a call that is still in memory.
    public func operators(showing customer: Int64) -> Set<String> {
        calls(withCandidate: customer).reduce(into: []) { $0.formUnion($1.operatorsWithIt) }
    }
}

extension Call {
    /// The operators who have the call on the screen: in a pop, or in after-call work.
    var operatorsWithIt: Set<String> {
        var found = Set(pops.map(\.operator))
        for leg in life.legs where leg.answeredAt != nil && (leg.endedAt == nil || leg.wrapUp == nil) {
            found.insert(leg.operator)
        }
        return found
    }
}
