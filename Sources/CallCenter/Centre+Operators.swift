extension Centre {
    mutating func apply(_ body: OperatorEvent, to id: String, _ event: Event, seq: Int64, effects: inout [Effect]) {
        if case .login(let name, let device, let queues) = body { noteProfile(id, event, name, device, queues) }
        mark(id, body, at: event.time, seq: seq, effects: &effects)
    }

    mutating func mark(_ id: String, _ body: OperatorEvent, at time: Timestamp, seq: Int64, effects: inout [Effect]) {
        let kind: OperatorMark.Kind
        switch body {
        case .login: kind = .login
        case .logout: kind = .logout
        case .paused(let reason): kind = .pause(reason)
        case .resumed: kind = .resume
        case .ready: kind = .ready
        case .busy(let reason): kind = .busy(reason)
        case .free: kind = .free
        }
        var ended: [Operator.WrapUpEnded] = []
        change(id, ended: &ended, effects: &effects) { one, grain, ended in
            one.add(OperatorMark(time: time, kind: kind, call: 0, order: seq), grain: grain, ended: &ended)
        }
        for wrapUp in ended { note(wrapUp) }
    }

    /// The newest login defines name, device and queues; an older login that arrives late does not.
    mutating func noteProfile(_ id: String, _ event: Event, _ name: String?, _ device: String?, _ queues: [String]?) {
        var one = operators[id] ?? Operator(id: id)
        guard event.time >= one.profileAt else { return }
        one.profileAt = event.time
        one.source = event.source
        one.name = name ?? one.name
        one.device = device ?? one.device
        one.queues = queues
        operators[id] = one
    }

    /// Ends after-call work whose limit has passed, so that figures and states are those of `now`, and evicts ended
    /// calls whose time has passed.
    ///
    /// This happens between two events and is not in the log: the next event has to be applied at `moment`, or a replay
    /// would decide differently.
    public mutating func settle(_ now: Timestamp, effects: inout [Effect]) {
        if let last = settleDue(now, effects: &effects) {
            aheadOfLog = max(aheadOfLog ?? last, last)
            // A draft may have become a note.
            emitHistory(&effects)
        }
        if let last = evict(now: now, effects: &effects) { aheadOfLog = max(aheadOfLog ?? last, last) }
    }

    /// The time at which an event that was read at `readAt` is to be applied: `readAt`, or later if `settle` has ended
    /// after-call work at a later time. A replay sees time pass with the events alone. Without this it would not have
    /// ended that work yet: batches are read before the clock is read, and clocks are set back.
    public func moment(_ readAt: Timestamp) -> Timestamp { aheadOfLog.map { max($0, readAt) } ?? readAt }

    /// Ends after-call work whose limit has passed at `now`, each at its own time, whenever that is noticed.
    ///
    /// - Returns: the latest of these times; nil when there were none.
    @discardableResult
    mutating func settleDue(_ now: Timestamp, effects: inout [Effect]) -> Timestamp? {
        var last: Timestamp?
        while let (who, due) = wrapUpsDue.next(upTo: now) {
            // It may have ended in another way, or have begun again.
            guard let pending = operators[who]?.pendingWrapUp, now >= pending.due else { continue }
            last = max(last ?? due, pending.due)
            changes += 1
            var ended: [Operator.WrapUpEnded] = []
            change(who, ended: &ended, effects: &effects) { one, grain, ended in
                one.settle(now, grain: grain, ended: &ended)
            }
            for wrapUp in ended { note(wrapUp) }
        }
        return last
    }

    /// Folds the operators' marks before a time, where no event of an earlier one can come.
    mutating func foldOperators(before time: Timestamp) {
        let grain = policy.grain
        for id in operators.keys { operators[id]?.fold(before: time, grain: grain) }
    }

    // MARK: Other channels

    mutating func apply(
        _ touchpoint: TouchpointRecorded, _ event: Event, seq: Int64, lookup: Lookup?, effects: inout [Effect]
    ) {
        guard let lookup else { return }
        let isContact = touchpoint.channel != Touchpoint.note
        if isContact, let key = lookup.caller.e164.flatMap(CallerMemory.key) {
            callers.noteReached(key, at: event.time)
        }
        // Several customers may share a number: a contact is recorded for the likeliest one only.
        let candidate = lookup.candidates.max { a, b in
            (a.history.first?.at ?? Timestamp(ms: .min), -a.customer.id) < (
                b.history.first?.at ?? Timestamp(ms: .min), -b.customer.id
            )
        }
        guard let candidate else { return }
        if isContact { callers.note(.init(customer: candidate.customer.id, at: event.time), id: -seq) }
        let kept = Touchpoint(
            at: event.time, channel: touchpoint.channel, direction: touchpoint.direction, operator: touchpoint.operator,
            summary: touchpoint.summary, duration: touchpoint.duration, tier: candidate.customer.tier)
        effects.append(.history(.touchpoint(seq: seq, customer: candidate.customer.id, kept)))
    }
}
