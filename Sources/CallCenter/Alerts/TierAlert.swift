extension Centre {
    /// The warning that a customer's tier is another now, at the moment of the change; nil where the centre wants none.
    ///
    /// - Parameter before: the tier that the customer had.
    public func tierAlert(_ customer: CustomerCard, from before: String) -> SupervisorAlert? {
        guard !policy.alerts.off.contains(.tierChanged), before != customer.tier else { return nil }
        let words = Words(policy.pop.language)
        return SupervisorAlert(
            kind: .tierChanged, call: "", source: "", queue: nil, operator: customer.owner, from: .unavailable,
            customer: customer, tier: customer.tier, waited: 0,
            text: words.say(
                "区分が「\(words.tier(before))」から「\(words.tier(customer.tier))」に変わりました",
                "Tier changed from \(words.tier(before)) to \(words.tier(customer.tier))"))
    }
}
