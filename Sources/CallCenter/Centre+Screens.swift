extension Centre {
    /// The operators on whose screens a customer is: in a pop, as the caller or as one of the candidates, or in the
    /// after-call work of a call that is in memory still.
    public func operators(showing customer: Int64) -> Set<String> {
        var found: Set<String> = []
        for call in calls.values {
            guard call.lookup?.candidates.contains(where: { $0.customer.id == customer }) == true else { continue }
            for pop in call.pops { found.insert(pop.operator) }
            for leg in call.life.legs where leg.answeredAt != nil && (leg.endedAt == nil || leg.wrapUp == nil) {
                found.insert(leg.operator)
            }
        }
        return found
    }
}
