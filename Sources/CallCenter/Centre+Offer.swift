extension Centre {
    /// Decides where an offered call should go.
    mutating func offer(
        _ offered: CallEvent.Offered, _ call: inout Call, _ event: Event, seq: Int64, now: Timestamp, lookup: Lookup?,
        effects: inout [Effect]
    ) -> OfferAnswer {
        if call.offered != nil, let decision = call.decision {
            return answer(call, decision)
        }
        call.offered = offered
        if let lookup { identify(&call, lookup, at: event.time) }
        take(.offered(queue: offered.queue), &call, event, seq: seq, effects: &effects)

        let caller = call.lookup?.caller ?? .unavailable
        let key = caller.e164.flatMap(CallerMemory.key)
        let due = key.flatMap { callers.due(from: $0) }
        let question = Router.Question(
            caller: caller, candidate: call.candidate, matches: call.lookup?.matches ?? 0, blocked: call.lookup?.blocked ?? false,
            queue: offered.queue, line: offered.to, abandoned: due, time: event.time)
        let decision = Router(policy: policy, operators: operators, now: now).decide(question)
        call.decision = decision
        call.alerts = AlertRules(policy: policy).alerts(for: facts(of: call, at: event.time, due: due != nil))

        if decision.route.action == .reject {
            take(.rejected, &call, event, seq: seq, effects: &effects)
        } else if call.life.state == .offered || call.life.state == .waiting {
            reserve(for: call, decision.route, now: now)
            if case .operator(let who, _, _, _) = decision.route.action, call.pops.isEmpty {
                show(.offered, to: who, &call, at: event.time, effects: &effects)
            }
            if call.alerts.contains(.vip) { tellSupervisors(.vip, call, operator: nil, at: event.time, effects: &effects) }
        }
        return answer(call, decision)
    }

    /// The answer that was given to a call's offer; nil when it is not in memory any more.
    public func offerAnswer(_ key: CallKey) -> OfferAnswer? {
        guard let call = call(key), let decision = call.decision else { return nil }
        return answer(call, decision)
    }

    private func answer(_ call: Call, _ decision: Decision) -> OfferAnswer {
        let customer = call.customer.map { OfferAnswer.Customer(id: $0.id, name: $0.name, tier: $0.tier, owner: $0.owner) }
        return OfferAnswer(customer: customer, candidates: call.lookup?.matches ?? 0, alerts: call.alerts, route: decision.route)
    }

    func facts(of call: Call, at time: Timestamp, due: Bool) -> AlertRules.Facts {
        let caller = call.lookup?.caller ?? .unavailable
        let key = caller.e164.flatMap(CallerMemory.key)
        return AlertRules.Facts(
            caller: caller, candidate: call.candidate, blocked: call.lookup?.blocked ?? false,
            calls: key.map { callers.calls(from: $0, upTo: time) } ?? 0, abandonedDue: due, time: time)
    }

    // MARK: Who is calling

    /// Takes what a look-up found, adds the history that is still in memory, and ranks the candidates. `book` has to follow.
    mutating func identify(_ call: inout Call, _ found: Lookup, at time: Timestamp) {
        var lookup = found
        if let before = call.lookup?.caller { lookup.caller = before }
        if found.candidates.isEmpty, call.lookup?.candidates.isEmpty == false { return }
        if let customer = call.customerID { byCustomer[customer]?.removeAll { $0 == call.number } }
        for i in lookup.candidates.indices { remember(&lookup.candidates[i]) }
        call.lookup = lookup
        call.ranking = rank(lookup, line: call.offered?.to)
        if let customer = call.customerID {
            byCustomer[customer, default: []].append(call.number)
            if let key = lookup.caller.e164.flatMap(CallerMemory.key) { callers.noteCustomer(customer, of: key) }
        }
        if call.decision != nil {
            let due = lookup.caller.e164.flatMap(CallerMemory.key).flatMap { callers.due(from: $0) }
            call.alerts = AlertRules(policy: policy).alerts(for: facts(of: call, at: time, due: due != nil))
        }
    }

    /// Adds the calls that have not gone into the history yet.
    private func remember(_ candidate: inout Candidate) {
        guard let numbers = byCustomer[candidate.customer.id] else { return }
        for number in numbers {
            guard let call = calls[number], call.life.isOver || call.answeredAt != nil, let start = call.startedAt else { continue }
            candidate.history.append(call.touchpoint(at: start))
            if let leg = call.life.legs.last(where: { $0.answeredAt != nil }), let at = leg.answeredAt {
                candidate.talks.append(.init(operator: leg.operator, at: at, line: call.offered?.to, number: call.lookup?.caller.e164))
            }
        }
        candidate.history.sort { $0.at > $1.at }
        candidate.talks.sort { $0.at > $1.at }
        if candidate.history.count > Lookup.historyMax { candidate.history.removeLast(candidate.history.count - Lookup.historyMax) }
    }

    /// The likeliest first: who spoke with us last from this number to this line, then from this number, then at all.
    private func rank(_ lookup: Lookup, line: String?) -> [Int] {
        guard lookup.candidates.count > 1 else { return Array(lookup.candidates.indices) }
        let never = Timestamp(ms: .min)
        let scores = lookup.candidates.map { candidate -> (Timestamp, Timestamp, Timestamp) in
            let fromHere = candidate.talks.filter { $0.number != nil && $0.number == lookup.caller.e164 }
            return (
                fromHere.filter { $0.line != nil && $0.line == line }.map(\.at).max() ?? never,
                fromHere.map(\.at).max() ?? never,
                candidate.history.map(\.at).max() ?? never
            )
        }
        return lookup.candidates.indices.sorted { a, b in
            scores[a] != scores[b] ? scores[a] > scores[b] : lookup.candidates[a].customer.id < lookup.candidates[b].customer.id
        }
    }

    // MARK: Reservations

    /// A decision keeps the operator it names from other calls until the phone rings, or the reservation runs out.
    private mutating func reserve(for call: Call, _ route: Route, now: Timestamp) {
        let who: String?
        switch route.action {
        case .operator(let id, _, _, _): who = id
        case .group(_, let members, _): who = members.first
        case .queue, .reject: who = nil
        }
        guard let who, let one = operators[who], one.state == .available else { return }
        operators[who]?.reservedFor = call.number
        operators[who]?.reservedUntil = now + policy.routing.reservation
    }

    mutating func release(_ call: Call) {
        guard let route = call.decision?.route else { return }
        let who: String?
        switch route.action {
        case .operator(let id, _, _, _): who = id
        case .group(_, let members, _): who = members.first
        case .queue, .reject: who = nil
        }
        guard let who, operators[who]?.reservedFor == call.number else { return }
        operators[who]?.reservedFor = nil
        operators[who]?.reservedUntil = Timestamp(ms: 0)
    }
}

extension Call {
    /// The call as one line of its customer's history.
    public func touchpoint(at start: Timestamp) -> Touchpoint {
        let talker = life.legs.last { $0.answeredAt != nil }
        let talks = life.legs.compactMap(\.talk)
        return Touchpoint(
            at: start, channel: "phone", direction: .inbound, operator: talker?.operator, line: offered?.to, summary: summary,
            duration: talks.isEmpty ? nil : talks.reduce(0, +), outcome: life.outcome?.rawValue, tier: tier)
    }
}
