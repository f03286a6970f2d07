/// Decides which operator should answer a call, and records every step of the reasoning.
///
/// Pure: operators and the caller's past are arguments.
struct Router {
    let policy: Policy
    let operators: [String: Operator]
    /// Daemon time, for reservations.
    let now: Timestamp

    struct Question {
        var caller: CallerNumber
        var candidate: Candidate?
        var matches: Int
        var blocked: Bool
        var queue: String?
        var line: String?
        /// This number's newest abandoned call that nobody reached since.
        var abandoned: CallerMemory.Entry.Lost?
        var matchedBy: Decision.Match
        var time: Timestamp
    }

    func decide(_ question: Question) -> Decision {
        var steps: [RoutingStep] = []
        steps.reserveCapacity(8)
        let route = decide(question, &steps)
        return Decision(at: question.time, route: route, steps: steps, matchedBy: question.matchedBy)
    }

    private func decide(_ question: Question, _ steps: inout [RoutingStep]) -> Route {
        let customer = question.candidate?.customer
        switch (question.caller.kind, customer) {
        case (_, let customer?):
            steps.append(.init(.caller, .found(customer.name, tier: customer.tier, candidates: question.matches)))
        case (.withheld, _), (.unavailable, _): steps.append(.init(.caller, .notApplicable(.withheld)))
        case (.notANumber, _): steps.append(.init(.caller, .notApplicable(.unknownNumber)))
        case (.number, _): steps.append(.init(.caller, .notApplicable(.noCustomer)))
        }

        if question.blocked {
            if let queue = policy.routing.blockedQueue {
                steps.append(.init(.blocked, .toQueue(queue)))
                return Route(action: .queue(queue), priority: 0, reason: .blocked)
            }
            steps.append(.init(.blocked, .rejected))
            return Route(action: .reject, priority: 0, reason: .blocked)
        }
        steps.append(.init(.blocked, .notApplicable(.notBlocked)))

        let vip = customer.map { policy.isVIP(tier: $0.tier) } ?? false
        var priority = basePriority(question, customer, &steps)
        var wanted: Route.Reason?

        var isPassedOver = false
        for (rule, reason, who) in knownOperators(question, &steps) {
            wanted = wanted ?? reason
            let fitness = fitness(of: who, for: question)
            if let step = unfairness(of: who, fitness, question) {
                steps.append(.init(rule, step.finding))
                if step.passesOver {
                    isPassedOver = true
                    continue
                }
            }
            switch fitness {
            case .unfit(let why):
                steps.append(.init(rule, .cannotTake(who, why)))
            case .free:
                steps.append(.init(rule, .chosen(who)))
                return toOperator(who, vip: vip, priority: priority, reason: reason, question, &steps)
            case .busy(let state):
                if vip {
                    let wait = Int(policy.routing.vipWaitForOperator / 1000)
                    if wait > 0 {
                        steps.append(.init(rule, .waits(who, state, waitS: wait)))
                        return toOperator(who, vip: true, priority: priority, reason: reason, question, &steps)
                    }
                    steps.append(.init(rule, .busy(who, state)))
                    continue
                }
                steps.append(.init(rule, .busy(who, state)))
                priority += policy.routing.unavailableBoost
                steps.append(.init(.priority, .raised(.ownOperatorBusy, by: policy.routing.unavailableBoost)))
                return toQueue(priority, .operatorUnavailable, question, &steps)
            }
        }

        if vip {
            if let group = veterans(for: question, &steps) {
                return Route(action: group, priority: priority, reason: .veteran)
            }
        }
        if isPassedOver {
            if let other = another(for: question) {
                steps.append(.init(.anotherOperator, .chosen(other)))
                return toOperator(other, vip: false, priority: priority, reason: .anotherOperator, question, &steps)
            }
            steps.append(.init(.anotherOperator, .notApplicable(.nobodyFree)))
        }
        if vip {
            return toQueue(priority, .vipQueue, question, &steps)
        }
        steps.append(.init(.veterans, .notApplicable(.notVIP)))
        if question.caller.kind == .withheld || question.caller.kind == .unavailable {
            return toQueue(priority, .anonymous, question, &steps)
        }
        return toQueue(priority, wanted == nil ? .noMatch : .operatorUnavailable, question, &steps)
    }

    // MARK: Who knows the customer

    /// The operators who know the customer, in the order of the rules; rules without one say so.
    func knownOperators(
        _ question: Question, _ steps: inout [RoutingStep]
    ) -> [(RoutingStep.Rule, Route.Reason, String)] {
        guard let candidate = question.candidate else { return [] }
        var known: [(RoutingStep.Rule, Route.Reason, String)] = []
        // The most pressing first: a promise before a case, the earlier due before the later.
        let pressing = candidate.cases.filter { $0.owner != nil }.min { a, b in
            if a.kind != b.kind { return a.kind == .promise }
            if a.due != b.due { return (a.due ?? Timestamp(ms: .max)) < (b.due ?? Timestamp(ms: .max)) }
            return a.id < b.id
        }
        if let owner = pressing?.owner {
            known.append((.openCase, .openCase, owner))
        } else {
            steps.append(.init(.openCase, .notApplicable(.noCase)))
        }
        if let owner = candidate.customer.owner {
            if !known.contains(where: { $0.2 == owner }) { known.append((.assignedOperator, .assignedOperator, owner)) }
        } else {
            steps.append(.init(.assignedOperator, .notApplicable(.noOwner)))
        }
        if policy.routing.lastOperatorDays == 0 {
            steps.append(.init(.lastOperator, .notApplicable(.off)))
        } else if policy.routing.affinity.halfLife > 0, let heaviest = heaviest(candidate, question) {
            steps.append(
                .init(
                    .lastOperator,
                    .weighs(
                        heaviest.who, permille: heaviest.permille, talks: heaviest.talks, isEnough: heaviest.isEnough)))
            if heaviest.isEnough, !known.contains(where: { $0.2 == heaviest.who }) {
                known.append((.lastOperator, .lastOperator, heaviest.who))
            }
        } else if let talk = lastTalk(candidate, question) {
            let last = talk.operator
            steps.append(.init(.lastOperator, .spoke(last, at: talk.at)))
            if !known.contains(where: { $0.2 == last }) { known.append((.lastOperator, .lastOperator, last)) }
        } else if let talk = candidate.talks.max(by: { $0.at < $1.at }) {
            steps.append(
                .init(.lastOperator, .spokeLongAgo(talk.operator, at: talk.at, days: policy.routing.lastOperatorDays)))
        } else {
            steps.append(.init(.lastOperator, .notApplicable(.neverSpoke)))
        }
        return known
    }

    /// Who spoke with the customer last: on the line called if anybody did, otherwise on any.
    private func lastTalk(_ candidate: Candidate, _ question: Question) -> Candidate.Talk? {
        let recent = recentTalks(candidate, question)
        return (recent.first { $0.line != nil && $0.line == question.line } ?? recent.first)
    }

    /// Newest first.
    func recentTalks(_ candidate: Candidate, _ question: Question) -> [Candidate.Talk] {
        let limit = Int64(policy.routing.lastOperatorDays) * 86_400_000
        return candidate.talks.filter { question.time - $0.at <= limit }.sorted { $0.at > $1.at }
    }

    enum Fitness {
        case free
        case busy(OperatorState)
        case unfit(RoutingStep.Unfit)
    }

    func fitness(of id: String, for question: Question) -> Fitness {
        if let customer = question.candidate?.customer, customer.doNotPair.contains(id) { return .unfit(.doNotPair) }
        if complaint(about: id, question) != nil { return .unfit(.complaint) }
        guard let i = operators.index(forKey: id) else { return .unfit(.loggedOut) }
        return fitness(of: operators.values[i], queue: question.queue)
    }

    private func fitness(of one: borrowing Operator, queue: String?) -> Fitness {
        if !one.isLoggedIn { return .unfit(.loggedOut) }
        if one.isPaused { return .unfit(.paused) }
        if let queue, let queues = one.queues, !queues.contains(queue) { return .unfit(.notInQueue) }
        if one.state != .available { return .busy(one.state) }
        // Reserved for a call that will ring there: counts as ringing.
        return one.reservedUntil > now ? .busy(.ringing) : .free
    }

    // MARK: The answer

    private func toOperator(
        _ id: String, vip: Bool, priority: Int, reason: Route.Reason, _ question: Question, _ steps: inout [RoutingStep]
    ) -> Route {
        let fallback = (vip ? veterans(for: question, asFallbackOf: id, &steps) : nil) ?? .queue(question.queue)
        let action = Route.Action.operator(
            id, device: operators[id]?.device, waitS: Int(policy.routing.vipWaitForOperator / 1000), fallback: fallback)
        return Route(action: action, priority: priority, reason: reason)
    }

    private func toQueue(
        _ priority: Int, _ reason: Route.Reason, _ question: Question, _ steps: inout [RoutingStep]
    ) -> Route {
        steps.append(.init(.queue, .toQueue(question.queue)))
        return Route(action: .queue(question.queue), priority: priority, reason: reason)
    }

    /// The free veterans, the longest idle first. If they are the fallback for another operator, busy ones come last:
    /// they may be free by the time the fallback is tried.
    private func veterans(
        for question: Question, asFallbackOf other: String? = nil, _ steps: inout [RoutingStep]
    ) -> Route.Action? {
        guard let name = policy.routing.veterans, let members = policy.groups[name] else {
            steps.append(.init(.veterans, .notApplicable(.noGroup)))
            return nil
        }
        let free = members.compactMap { id -> (id: String, busy: Bool, since: Timestamp)? in
            guard id != other, let one = operators[id] else { return nil }
            switch fitness(of: id, for: question) {
            case .free: return (id, false, one.since)
            case .busy: return other == nil ? nil : (id, true, one.since)
            case .unfit: return nil
            }
        }.sorted { a, b in
            if a.busy != b.busy { return b.busy }
            return a.since != b.since ? a.since < b.since : a.id < b.id
        }
        let fair = free.filter { !isOverShare($0.id, question) }
        let fit = (fair.isEmpty ? free : fair).map(\.id)
        guard !fit.isEmpty else {
            steps.append(.init(.veterans, .noneOfGroupFree(name)))
            return nil
        }
        steps.append(.init(.veterans, .group(name, fit)))
        let devices = fit.compactMap { operators[$0]?.device }
        return .group(name, operators: fit, devices: devices.count == fit.count ? devices : [])
    }

    /// The tier's rank, and credit for a wait that ended in vain a moment ago.
    private func basePriority(_ question: Question, _ customer: CustomerCard?, _ steps: inout [RoutingStep]) -> Int {
        var priority = 0
        if let rank = customer.flatMap({ policy.tiers[$0.tier]?.rank }), rank > 0 {
            priority += rank
            steps.append(.init(.priority, .raised(.tier, by: rank)))
        }
        let credit = policy.routing.abandonedCredit
        if credit > 0, let abandoned = question.abandoned, question.time - abandoned.at < credit {
            let raise = 1 + Int(abandoned.waited / max(1, policy.routing.creditStep))
            priority += raise
            steps.append(.init(.priority, .raised(.abandonedBefore, by: raise)))
        }
        return priority
    }
}
