/// Computes the alerts of a caller from facts alone.
struct AlertRules {
    let policy: Policy

    struct Facts {
        var caller: CallerNumber
        var candidate: Candidate?
        var blocked: Bool
        /// Calls from this number within the 24 h, this one included.
        var calls: Int
        var abandonedDue: Bool
        var time: Timestamp
    }

    /// Sorted by urgency, the most urgent first.
    func alerts(for facts: Facts) -> [AlertKind] {
        var kinds: [AlertKind] = []
        let customer = facts.candidate?.customer
        if facts.blocked { kinds.append(.blocked) }
        if let customer, policy.isVIP(tier: customer.tier) { kinds.append(.vip) }
        if let customer, !customer.cautions.isEmpty { kinds.append(.caution) }
        if let candidate = facts.candidate,
            candidate.openCases.contains(where: { ($0.due ?? Timestamp(ms: .max)) < facts.time })
        {
            kinds.append(.promiseBroken)
        }
        if let candidate = facts.candidate,
            candidate.newestComplaint(within: policy.alerts.complaintDays, by: policy, at: facts.time) != nil
        {
            kinds.append(.complainedBefore)
        }
        if facts.calls >= policy.alerts.repeatCalls { kinds.append(.repeatCaller) }
        if facts.abandonedDue { kinds.append(.abandonedBefore) }
        if let last = facts.candidate?.history.first(where: \.isContact) {
            if facts.time - last.at > Int64(policy.alerts.dormantDays) * 86_400_000 { kinds.append(.dormantBack) }
            if let tier = last.tier, tier != Call.unknownTier, tier != customer?.tier { kinds.append(.tierChanged) }
        }
        switch facts.caller.kind {
        case .withheld, .unavailable: kinds.append(.anonymous)
        case .number, .notANumber: if customer == nil { kinds.append(.unknownCaller) }
        }
        return kinds.filter { !policy.alerts.off.contains($0) }
    }
}
