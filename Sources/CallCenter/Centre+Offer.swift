extension Centre {
    /// Handles `call.offered`: looks up the caller and decides where the call should go.
    mutating func offer(
        _ offered: CallEvent.Offered, _ call: inout Call, _ event: Event, seq: Int64, now: Timestamp, lookup: Lookup?,
        effects: inout [Effect]
    ) -> OfferAnswer {
        if call.offered != nil, let decision = call.decision {
            return answer(&call, decision, to: seq)
        }
        call.offered = offered
        call.offered?.to = offered.to.map(AddressText.line)
        if let lookup { identify(&call, lookup, at: event.time) }
        advance(.offered(queue: offered.queue), &call, event, seq: seq, effects: &effects)

        let decision = decide(&call, queue: offered.queue, by: .number, at: event.time, now: now)

        if decision.route.action == .reject {
            advance(.rejected, &call, event, seq: seq, effects: &effects)
        } else if call.life.state == .offered || call.life.state == .waiting {
            reserve(for: call, decision.route, now: now)
            if case .operator(let who, _, _, _) = decision.route.action, call.pops.isEmpty {
                show(.offered, to: who, &call, at: event.time, effects: &effects)
            }
            for kind in Centre.toldSupervisors where call.alerts.contains(kind) {
                alertSupervisors(kind, call, operator: nil, at: event.time, effects: &effects)
            }
        }
        return answer(&call, decision, to: seq)
    }

    /// The alerts of a caller that supervisors get at the offer, beside the operator's pop.
    private static let toldSupervisors: [AlertKind] = [.vip, .complainedBefore]

    /// Asks the router, and appends alerts about the facts that the decision used.
    private mutating func decide(
        _ call: inout Call, queue: String?, by match: Decision.Match, at time: Timestamp, now: Timestamp
    ) -> Decision {
        let caller = call.lookup?.caller ?? .unavailable
        let key = caller.e164.flatMap(CallerMemory.key)
        let due = key.flatMap { callers.due(from: $0) }
        let lost = due == nil ? [] : key.map { callers.lost(from: $0, upTo: time) } ?? []
        call.waitedBefore =
            lost.isEmpty
            ? nil : WaitedBefore(times: lost.count, waited: lost.reduce(0) { $0 + $1.waited })
        let question = Router.Question(
            caller: caller, candidate: call.candidate, matches: call.lookup?.matches ?? 0,
            blocked: call.lookup?.blocked ?? false, queue: queue, line: call.offered?.to, abandoned: due,
            matchedBy: match, time: time)
        let own = Router(policy: policy, operators: operators, now: now).decide(question)
        let decision = decisionThatHolds(own)
        call.decision = decision
        call.alerts = AlertRules(policy: policy).alerts(for: facts(of: call, at: time, due: due != nil))
        return decision
    }

    // MARK: Dialed

    /// Handles `call.dialed`: the pop of the operator who dials shows the called customer.
    mutating func dial(
        _ dialed: CallEvent.Dialed, _ call: inout Call, _ event: Event, seq: Int64, lookup: Lookup?,
        effects: inout [Effect]
    ) -> OfferAnswer {
        if call.dialed == nil {
            call.dialed = dialed
            call.dialed?.to = AddressText.line(dialed.to)
            call.dialed?.from = dialed.from.map(AddressText.line)
            if let lookup { identify(&call, lookup, at: event.time) }
        }
        let live = advance(.dialed(dialed.operator), &call, event, seq: seq, effects: &effects)
        call.alerts = AlertRules(policy: policy).alerts(for: facts(of: call, at: event.time, due: false))
        if live, call.life.state == .dialing {
            show(.dialing, to: dialed.operator, &call, at: event.time, effects: &effects)
        }
        return answer(&call, nil, to: seq)
    }

    // MARK: Identified

    /// Handles `call.identified`. A call that nobody has answered is routed again.
    mutating func identified(
        as who: CallEvent.Identified, _ call: inout Call, _ event: Event, seq: Int64, now: Timestamp, lookup: Lookup?,
        effects: inout [Effect]
    ) -> OfferAnswer {
        let wasVIP = policy.isVIP(tier: call.tier), had = call.alerts
        if let lookup { choose(&call, lookup, at: event.time) }
        book(&call)
        var decision: Decision?
        if isToBeRouted(call) {
            release(call)
            let queue = call.life.openVisit?.queue ?? call.offered?.queue
            let made = decide(&call, queue: queue, by: who.match, at: event.time, now: now)
            decision = made
            if made.route.action == .reject { advance(.rejected, &call, event, seq: seq, effects: &effects) }
            reserve(for: call, made.route, now: now)
            announce(made, &call, at: event.time, effects: &effects)
        }
        if !call.life.isOver {
            updatePops(of: &call, at: event.time, effects: &effects)
            if !wasVIP, call.alerts.contains(.vip), decision != nil {
                alertSupervisors(.vip, call, operator: nil, at: event.time, effects: &effects)
            }
            if call.alerts.contains(.complainedBefore), !had.contains(.complainedBefore) {
                alertSupervisors(.complainedBefore, call, operator: nil, at: event.time, effects: &effects)
            }
        }
        return answer(&call, decision, to: seq)
    }

    /// Whether the call came in and nobody has answered it.
    private func isToBeRouted(_ call: Call) -> Bool {
        switch call.life.state {
        case .unseen, .offered, .waiting: true
        case .between: call.answeredAt == nil
        case .dialing, .talking, .parked, .ended: false
        }
    }

    /// Sends the pop `offered` to the operator of the newest decision.
    private mutating func announce(
        _ decision: Decision, _ call: inout Call, at time: Timestamp, effects: inout [Effect]
    ) {
        var chosen: String?
        if case .operator(let who, _, _, _) = decision.route.action { chosen = who }
        for pop in call.pops where pop.phase == .offered && pop.operator != chosen {
            withdraw(from: pop.operator, .rerouted, by: nil, &call, effects: &effects)
        }
        if let chosen, call.pops.isEmpty { show(.offered, to: chosen, &call, at: time, effects: &effects) }
    }

    // MARK: Answers

    /// The reply to the event at `seq`; nil when the call has left memory.
    public func answer(of key: CallKey, at seq: Int64) -> OfferAnswer? {
        call(key)?.given.first { $0.seq == seq }?.answer
    }

    private func answer(_ call: inout Call, _ decision: Decision?, to seq: Int64) -> OfferAnswer {
        let customer = call.customer.map {
            OfferAnswer.Customer(id: $0.id, name: $0.name, tier: $0.tier, owner: $0.owner)
        }
        let answer = OfferAnswer(
            customer: customer, candidates: call.lookup?.matches ?? 0, alerts: call.alerts, route: decision?.route)
        call.record(GivenAnswer(seq: seq, answer: answer, decision: decision))
        return answer
    }

    func facts(of call: Call, at time: Timestamp, due: Bool) -> AlertRules.Facts {
        let caller = call.lookup?.caller ?? .unavailable
        let key = caller.e164.flatMap(CallerMemory.key)
        return AlertRules.Facts(
            caller: caller, candidate: call.candidate, blocked: call.lookup?.blocked ?? false,
            calls: key.map { callers.calls(from: $0, upTo: time) } ?? 0, abandonedDue: due, time: time)
    }

    // MARK: Who is calling

    /// Applies the look-up by the caller's number, adds the history that is still in memory, and ranks the candidates.
    /// The caller has to call `book` afterwards.
    mutating func identify(_ call: inout Call, _ found: Lookup, at time: Timestamp) {
        var lookup = found
        for i in lookup.candidates.indices { remember(&lookup.candidates[i]) }
        if let chosen = call.chosen {
            // The identification arrived before the offer.
            let said = call.lookup?.candidates.filter { chosen.contains($0.customer.id) } ?? []
            call.byNumber = lookup
            let incidents = OpenIncident.merged(lookup.incidents, call.lookup?.incidents)
            set(
                Centre.merged(said, lookup, matches: said.count, incidents), first: said.count, &call, at: time)
        } else {
            if found.candidates.isEmpty, call.lookup?.candidates.isEmpty == false { return }
            if let before = call.lookup?.caller { lookup.caller = before }
            set(lookup, first: lookup.candidates.count, &call, at: time)
        }
    }

    /// Applies an identification. Customers found by the number alone stay as further candidates, as people make
    /// mistakes. The caller has to call `book` afterwards.
    private mutating func choose(_ call: inout Call, _ found: Lookup, at time: Timestamp) {
        if found.candidates.isEmpty {
            if call.lookup == nil { call.lookup = found }
            return
        }
        var said = found.candidates
        for i in said.indices { remember(&said[i]) }
        let number = call.byNumber ?? call.lookup ?? Lookup(caller: found.caller)
        call.byNumber = number
        call.chosen = said.map(\.customer.id)
        let incidents = OpenIncident.merged(found.incidents, number.incidents)
        set(Centre.merged(said, number, matches: found.matches, incidents), first: said.count, &call, at: time)
    }

    /// Reverts an identification. The caller has to call `book` afterwards.
    mutating func clearIdentity(_ call: inout Call, at time: Timestamp) {
        guard let number = call.byNumber else { return }
        call.byNumber = nil
        call.chosen = nil
        if let key = number.caller.e164.flatMap(CallerMemory.key) { callers.noteCustomer(nil, of: key) }
        set(number, first: number.candidates.count, &call, at: time)
    }

    /// The named customers, then the others that the number matches.
    private static func merged(
        _ said: [Candidate], _ number: Lookup, matches: Int, _ incidents: [OpenIncident]?
    ) -> Lookup {
        let known = Set(said.map(\.customer.id))
        let others = number.candidates.filter { !known.contains($0.customer.id) }
        var all = Lookup(
            caller: number.caller, candidates: Array((said + others).prefix(Lookup.candidatesMax)), matches: matches,
            blocked: number.blocked)
        all.incidents = incidents
        return all
    }

    /// - Parameter first: how many candidates were named; they are ranked before all others.
    private mutating func set(_ lookup: Lookup, first: Int, _ call: inout Call, at time: Timestamp) {
        if let customer = call.customerID, let i = byCustomer.index(forKey: customer) {
            byCustomer.values[i].removeAll { $0 == call.number }
            if byCustomer.values[i].isEmpty { byCustomer.remove(at: i) }
        }
        callIndex.removeFurther(of: call)
        call.lookup = lookup
        let ranking = rank(lookup, line: call.offered?.to)
        call.ranking = ranking.filter { $0 < first } + ranking.filter { $0 >= first }
        callIndex.addFurther(of: call)
        if let customer = call.customerID {
            // Sorted by number, in the same order as after a start from a checkpoint.
            let others = byCustomer[customer, default: []]
            byCustomer[customer, default: []].insert(
                call.number, at: others.lastIndex { $0 < call.number }.map { $0 + 1 } ?? 0)
            if let key = lookup.caller.e164.flatMap(CallerMemory.key) { callers.noteCustomer(customer, of: key) }
        }
        if call.decision != nil {
            let due = lookup.caller.e164.flatMap(CallerMemory.key).flatMap { callers.due(from: $0) }
            call.alerts = AlertRules(policy: policy).alerts(for: facts(of: call, at: time, due: due != nil))
        }
    }

    /// Adds the newest calls in memory to the candidate's history. Those that have ended are in the history database
    /// already, or will be in a moment.
    private func remember(_ candidate: inout Candidate) {
        guard let numbers = byCustomer[candidate.customer.id] else { return }
        var contacts: [Touchpoint] = [], talks: [Candidate.Talk] = []
        for number in numbers {
            guard let call = calls[number], call.life.isOver || call.answeredAt != nil, let start = call.startedAt
            else { continue }
            let contact = call.touchpoint(at: start)
            candidate.history.removeAll { $0.at == start && $0.channel == contact.channel && $0.line == contact.line }
            contacts.append(contact)
            if let leg = call.life.legs.last(where: { $0.answeredAt != nil }), let at = leg.answeredAt {
                let line = call.life.isOutbound ? call.dialed?.from : call.offered?.to,
                    number = call.lookup?.caller.e164
                candidate.talks.removeAll { $0.at == at && $0.number == number }
                talks.append(.init(operator: leg.operator, at: at, line: line, number: number))
            }
        }
        candidate.history = (candidate.history + contacts).sorted { $0.at > $1.at }
        candidate.talks = (candidate.talks + talks).sorted { $0.at > $1.at }
        if candidate.history.count > Lookup.historyMax {
            candidate.history.removeLast(candidate.history.count - Lookup.historyMax)
        }
    }

    /// Indices, likeliest first: who spoke with us last from this number on this line, then from this number, then at
    /// all.
    private func rank(_ lookup: Lookup, line: String?) -> [Int] {
        guard lookup.candidates.count > 1 else { return Array(lookup.candidates.indices) }
        let never = Timestamp(ms: .min)
        let scores = lookup.candidates.map { candidate -> (Timestamp, Timestamp, Timestamp) in
            let fromHere = candidate.talks.filter { $0.number != nil && $0.number == lookup.caller.e164 }
            return (
                fromHere.filter { $0.line != nil && $0.line == line }.map(\.at).max() ?? never,
                fromHere.map(\.at).max() ?? never,
                candidate.history.lazy.filter(\.isContact).map(\.at).max() ?? never
            )
        }
        return lookup.candidates.indices.sorted { a, b in
            scores[a] != scores[b]
                ? scores[a] > scores[b] : lookup.candidates[a].customer.id < lookup.candidates[b].customer.id
        }
    }

    // MARK: Reservations

    /// Reserves the operator of a decision, so that no other call is routed there until the phone rings or the
    /// reservation ends.
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
            at: start, channel: "phone", direction: life.isOutbound ? .outbound : .inbound,
            operator: talker?.operator ?? life.dialedBy, line: life.isOutbound ? dialed?.from : offered?.to,
            summary: customer?.isErased == true || notes.contains(Erasure.text) ? "" : summary,
            duration: talks.isEmpty ? nil : talks.reduce(0, +), outcome: result, tier: tier)
    }
}

extension CallEvent.Identified {
    var match: Decision.Match {
        switch self {
        case .nobody: .number
        case .customer: .customer
        case .externalID: .externalID
        case .account: .account
        case .email: .email
        case .from: .otherNumber
        }
    }
}
