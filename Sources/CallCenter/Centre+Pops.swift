extension Centre {
    /// Appends the effects of a step on the operators' screens.
    mutating func showPops(after body: CallEvent, _ call: inout Call, at time: Timestamp, effects: inout [Effect]) {
        switch body {
        case .ringing(let who, _):
            show(.ringing, to: who, &call, at: time, effects: &effects)
        case .unanswered(let who, _, _):
            // Another phone of the operator may still be ringing.
            if call.life.legs.contains(where: { $0.operator == who && $0.isRinging }) { return }
            withdraw(from: who, .unanswered, by: nil, &call, effects: &effects)
        case .answered(let who?), .retrieved(let who, _):
            show(.answered, to: who, &call, at: time, effects: &effects)
            for pop in call.pops {
                if call.life.legs.contains(where: { $0.isTalking && $0.operator == pop.operator }) { continue }
                withdraw(from: pop.operator, .answeredElsewhere, by: who, &call, effects: &effects)
            }
            call.transferredFrom = nil
        case .answered(nil):
            guard let who = call.life.dialedBy, call.life.state == .talking else { return }
            show(.answered, to: who, &call, at: time, effects: &effects)
        case .parked(let who, _):
            call.transferredFrom = who
            finish(who, &call, at: time, effects: &effects)
        case .transferred(let target, _):
            let from = call.life.legs.last { $0.end == .transferred && $0.endedAt == time }?.operator
            call.transferredFrom = from
            if let from { finish(from, &call, at: time, effects: &effects) }
            for pop in call.pops where pop.phase != .answered {
                withdraw(from: pop.operator, .transferred, by: nil, &call, effects: &effects)
            }
            if case .operator(let next) = target { show(.transferred, to: next, &call, at: time, effects: &effects) }
        case .dequeued:
            for pop in call.pops where pop.phase != .answered {
                withdraw(from: pop.operator, .leftQueue, by: nil, &call, effects: &effects)
            }
        case .ended:
            closePops(
                of: &call,
                call.life.outcome == .abandoned || call.life.outcome == .shortAbandoned ? .abandoned : .ended, at: time,
                effects: &effects)
        case .held, .resumed:
            // Who talks sees the mark, and how long the caller has been on hold.
            for pop in call.pops where pop.phase == .answered {
                emitPop(pop, of: call, .update, at: time, effects: &effects)
            }
        case .offered, .dialed, .identified, .queued:
            break
        }
    }

    /// Handles the end of a call: operators who talked keep the pop for after-call work, the others' pops are
    /// withdrawn.
    mutating func closePops(
        of call: inout Call, _ reason: PopWithdrawn.Reason, at time: Timestamp, effects: inout [Effect]
    ) {
        for pop in call.pops {
            // An operator who did not reach the called party has something to write down as well.
            if pop.phase == .answered || pop.phase == .dialing {
                finish(pop.operator, &call, at: time, effects: &effects)
            } else {
                withdraw(from: pop.operator, reason, by: nil, &call, effects: &effects)
            }
        }
    }

    mutating func updatePops(of call: inout Call, at time: Timestamp, effects: inout [Effect]) {
        for open in call.pops { emitPop(open, of: call, .update, at: time, effects: &effects) }
    }

    /// Updates the pops of all other operators of the call when somebody wrote about it.
    func showRemarks(of call: Call, writtenBy author: String?, at time: Timestamp, effects: inout [Effect]) {
        for open in call.pops where open.operator != author {
            emitPop(open, of: call, .update, at: time, effects: &effects)
        }
    }

    /// Opens or updates the pop of one operator.
    mutating func show(
        _ phase: Pop.Phase, to who: String, _ call: inout Call, at time: Timestamp, effects: inout [Effect]
    ) {
        if let i = call.pops.firstIndex(where: { $0.operator == who }) {
            guard call.pops[i].phase != phase, call.pops[i].phase != .answered else { return }
            call.pops[i].phase = phase
            if phase == .ringing { call.pops[i].ringingSince = time }
            emitPop(call.pops[i], of: call, .update, at: time, effects: &effects)
        } else {
            let open = OpenPop(
                id: call.popID(of: who), operator: who, phase: phase, ringingSince: phase == .ringing ? time : nil,
                transferredFrom: call.transferredFrom)
            call.pops.append(open)
            onScreen[who, default: []].insert(call.number)
            call.note(.sent, of: who, at: call.lastHeard)
            emitPop(open, of: call, .new, at: time, effects: &effects)
        }
    }

    private func emitPop(
        _ open: OpenPop, of call: Call, _ change: PopChange, at time: Timestamp, effects: inout [Effect]
    ) {
        guard audience.includes(open.operator) else { return }
        effects.append(.pop(pop(of: call, open, at: time), change))
    }

    private mutating func finish(_ who: String, _ call: inout Call, at time: Timestamp, effects: inout [Effect]) {
        guard let i = call.pops.firstIndex(where: { $0.operator == who }) else { return }
        call.pops[i].phase = .ended
        emitPop(call.pops[i], of: call, .update, at: time, effects: &effects)
        call.pops.remove(at: i)
        removePop(call.number, of: who)
    }

    /// Removes the call from the operator's set of pops.
    mutating func removePop(_ number: Int64, of who: String) {
        guard let i = onScreen.index(forKey: who) else { return }
        onScreen.values[i].remove(number)
        if onScreen.values[i].isEmpty { onScreen.remove(at: i) }
    }

    mutating func withdraw(
        from who: String, _ reason: PopWithdrawn.Reason, by: String?, _ call: inout Call, effects: inout [Effect]
    ) {
        guard let i = call.pops.firstIndex(where: { $0.operator == who }) else { return }
        let pop = call.pops.remove(at: i)
        removePop(call.number, of: who)
        guard audience.includes(who) else { return }
        effects.append(
            .popWithdrawn(
                PopWithdrawn(
                    id: pop.id, operator: who, call: call.key.call, source: call.key.source, reason: reason, by: by)))
    }

    mutating func markSeen(pop: String, by who: String, at time: Timestamp) {
        guard hasShown(pop, to: who), let number = Centre.callNumber(ofPop: pop) else { return }
        change(number) { call in
            if let i = call.pops.firstIndex(where: { $0.operator == who }) { call.pops[i].seen = true }
            call.note(.seen, of: who, at: time)
        }
    }

    private static func callNumber(ofPop id: String) -> Int64? {
        id.firstIndex { $0 == "." || $0 == "-" }.flatMap { Int64(id[..<$0]) }
    }

    /// Whether a pop is or was on that operator's screen. A screen may report a pop as seen after the call has ended or
    /// moved on. False once the call has left memory.
    public func hasShown(_ id: String, to who: String) -> Bool {
        guard let number = Centre.callNumber(ofPop: id), let call = calls[number], id == call.popID(of: who) else {
            return false
        }
        return call.pops.contains { $0.operator == who }
            || call.popMoments.contains { $0.operator == who && $0.what == .sent }
    }

    /// A pop on that operator's screen, in the given language; nil when it is gone.
    ///
    /// An operator who spoke with the caller, or dialed the call, has the pop until the call leaves memory.
    /// `NUMBER.OPERATOR` means the pop of the call that has this number now.
    public func pop(_ id: String, of who: String, in language: Language, at now: Timestamp) -> Pop? {
        guard let number = Centre.callNumber(ofPop: id), let call = calls[number] else { return nil }
        guard id == call.popID(of: who) || id == "\(number).\(who)" else { return nil }
        if let open = call.pops.first(where: { $0.operator == who }) {
            return pop(of: call, open, in: language, at: now)
        }
        let tookPart = call.life.legs.contains { $0.operator == who && ($0.answeredAt ?? $0.dialedAt) != nil }
        guard tookPart else { return nil }
        return pop(of: call, OpenPop(id: call.popID(of: who), operator: who, phase: .ended), in: language, at: now)
    }

    /// The pops that an operator should have on the screen, oldest first: the content of a snapshot after `reset`.
    public func livePops(of who: String, at now: Timestamp) -> [Pop] {
        (onScreen[who] ?? []).sorted().compactMap { number in
            guard open.contains(number), let call = calls[number],
                let pop = call.pops.first(where: { $0.operator == who })
            else { return nil }
            return self.pop(of: call, pop, at: now)
        }
    }

    private func pop(of call: Call, _ open: OpenPop, in language: Language? = nil, at time: Timestamp) -> Pop {
        let words = Words(language ?? policy.language(of: open.operator))
        let caller = call.lookup?.caller ?? .unavailable
        let candidate = call.candidate
        let visit = call.life.openVisit ?? call.life.visits.last
        let queue = visit?.queue ?? call.offered?.queue
        let calls = caller.e164.flatMap(CallerMemory.key).map { callers.calls(from: $0, upTo: time) } ?? 0
        let operators = operators
        let brief = Brief(words: words, policy: policy).lines(
            caller: caller, candidate: candidate, alerts: call.alerts, waitedBefore: call.waitedBefore,
            operatorNames: { operators[$0]?.name ?? $0 }, at: time)
        let url = policy.pop.url.map {
            PopURL(template: $0).fill(
                call: call.key.call, queue: queue, operator: open.operator, from: caller, to: call.called,
                customer: candidate?.customer)
        }
        let waitedSince = visit?.start ?? call.startedAt ?? time
        let complaint = complaint(of: call, in: words, at: time)
        let leg = call.life.legs.last { $0.operator == open.operator && $0.answeredAt != nil }
        return Pop(
            id: open.id, call: call.key.call, source: call.key.source, operator: open.operator, phase: open.phase,
            from: caller,
            to: call.called, queue: queue, waited: max(0, visit?.wait ?? (time - waitedSince)),
            transferredFrom: open.transferredFrom, customer: candidate?.customer,
            candidates: call.ranking.dropFirst().compactMap { call.lookup?.candidates[$0].customer },
            alerts: call.alerts.map { kind in
                let text = words.alert(
                    kind, customer: candidate?.customer, calls: calls, waitedBefore: call.waitedBefore,
                    complaint: complaint)
                return Alert(kind: kind, text: text)
            },
            brief: brief, history: candidate?.history ?? [], cases: candidate?.openCases ?? [], noteDraft: call.noted,
            url: url,
            reason: call.decision?.route.reason, isOutbound: call.life.isOutbound,
            vip: policy.isVIP(tier: call.tier), isIdentified: call.chosen != nil, notes: call.writings,
            card: CardRules(words: words, policy: policy, now: time).lines(for: candidate),
            incidents: (call.lookup?.incidents ?? []).filter {
                $0.concerns(queue: queue, line: call.called, caller: caller, customer: candidate?.customer.id)
            },
            outside: PopOutside(call, policy.outside, at: time), answeredAt: leg?.answeredAt, hold: leg?.hold ?? 0,
            heldSince: leg?.heldSince)
    }

    func alertSupervisors(
        _ kind: AlertKind, _ call: Call, operator who: String?, at now: Timestamp, effects: inout [Effect]
    ) {
        guard !policy.alerts.off.contains(kind) else { return }
        let visit = call.life.openVisit
        let words = Words(policy.pop.language)
        effects.append(
            .alert(
                SupervisorAlert(
                    kind: kind, call: call.key.call, source: call.key.source,
                    queue: visit?.queue ?? call.offered?.queue,
                    operator: who, from: call.lookup?.caller ?? .unavailable, customer: call.customer, tier: call.tier,
                    waited: visit.map { max(0, now - $0.start) } ?? 0,
                    text: words.alert(
                        kind, customer: call.customer, calls: 0, complaint: complaint(of: call, in: words, at: now)))))
    }

    /// The words of the alert `complained_before`; nil for a call without it.
    private func complaint(of call: Call, in words: Words, at time: Timestamp) -> String? {
        guard call.alerts.contains(.complainedBefore) else { return nil }
        return call.candidate?.newestComplaint(within: policy.alerts.complaintDays, by: policy, at: time).map {
            words.complained($0, by: policy, at: time)
        }
    }

    /// Applies what happens by time alone: ended after-call work, expired reservations, alerts, eviction. Call it
    /// several times a second.
    public mutating func tick(_ now: Timestamp, effects: inout [Effect]) {
        settle(now, effects: &effects)
        for number in open {
            // Most callers are no VIPs, and their calls need not be copied.
            guard let i = calls.place(of: number), policy.isVIP(tier: calls[i].tier) else { continue }
            let call = calls[i]
            if let visit = call.life.openVisit {
                let limit = policy.queue(visit.queue).vipWaitAlert
                if limit > 0, now - visit.start > limit, sentAlerts.insert("\(number) \(visit.start.ms)").inserted {
                    alertSupervisors(.vipWaiting, call, operator: nil, at: now, effects: &effects)
                }
            }
            let within = policy.pop.vipSeenWithin
            for pop in call.pops where within > 0 && !pop.seen && pop.phase == .ringing {
                guard let since = pop.ringingSince, now - since > within,
                    sentAlerts.insert("\(pop.id) \(since.ms)").inserted
                else { continue }
                alertSupervisors(.vipUnseen, call, operator: pop.operator, at: now, effects: &effects)
            }
        }
    }
}
