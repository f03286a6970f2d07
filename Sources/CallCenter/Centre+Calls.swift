extension Centre {
    mutating func apply(
        _ body: CallEvent, to id: String, _ event: Event, seq: Int64, now: Timestamp, lookup: Lookup?,
        effects: inout [Effect]
    ) -> OfferAnswer? {
        let key = CallKey(source: event.source, call: id)
        guard let place = place(of: key) ?? admit(key, number: Call.number(seq: seq), now: now) else { return nil }
        var shared = calls.checkOut(place)
        let answer = apply(body, to: &shared.call, event, seq: seq, now: now, lookup: lookup, effects: &effects)
        calls.checkIn(consume shared, at: place)
        return answer
    }

    private mutating func apply(
        _ body: CallEvent, to call: inout Call, _ event: Event, seq: Int64, now: Timestamp, lookup: Lookup?,
        effects: inout [Effect]
    ) -> OfferAnswer? {
        call.lastHeard = max(call.lastHeard, now)
        defer { if call.life.isOver { ended.append(call.number) } }
        switch body {
        case .offered(let offered):
            return offer(offered, &call, event, seq: seq, now: now, lookup: lookup, effects: &effects)
        case .dialed(let dialed):
            return dial(dialed, &call, event, seq: seq, lookup: lookup, effects: &effects)
        case .identified(let who):
            if who == .nobody { clearIdentity(&call, at: event.time) } else { call.noteIdentification(at: event.time) }
            return identified(as: who, &call, event, seq: seq, now: now, lookup: lookup, effects: &effects)
        default:
            guard let step = CallStep(body) else { break }
            let live = advance(step, &call, event, seq: seq, effects: &effects)
            if live { showPops(after: body, &call, at: event.time, effects: &effects) }
        }
        return nil
    }

    @discardableResult
    mutating func admit(_ key: CallKey, number: Int64, now: Timestamp) -> CallTable.Place? {
        callIndex.add(key, number: number)
        calls[number] = Call(key: key, number: number, heard: now)
        open.insert(number)
        return calls.place(of: number)
    }

    /// Changes a property of a call that no figure depends on.
    mutating func change(_ number: Int64, _ body: (inout Call) -> Void) {
        guard let i = calls.place(of: number) else { return }
        body(&calls[i])
    }

    /// Changes a call, and updates the ledger.
    private mutating func book(_ place: CallTable.Place, _ change: (inout Call) -> Void) {
        var shared = calls.checkOut(place)
        change(&shared.call)
        book(&shared.call)
        calls.checkIn(consume shared, at: place)
    }

    // MARK: Steps

    /// Applies one step to a call and books it. True when it is the newest step of an open call: the operators' screens
    /// follow it.
    @discardableResult
    mutating func advance(_ step: CallStep, _ call: inout Call, _ event: Event, seq: Int64, effects: inout [Effect])
        -> Bool
    {
        let wasOver = call.life.isOver, visits = call.life.visits.count
        let fact = CallFact(time: event.time, timeIsGiven: event.timeIsGiven, seq: seq, step: step)
        var marks: [OperatorMark.Draft] = []
        let newest = call.insert(fact)
        if newest {
            call.life.advance(step, at: fact.time, policy: policy, marks: &marks)
        } else {
            marks = recompute(&call, after: fact, effects: &effects)
        }
        let endsWrapUp = mark(marks, &call, seq: seq, effects: &effects)
        // A ring alone changes no figure of a queue, unless it rings at the operator who has just spoken with this
        // caller.
        if case .ringing = step, newest, call.facts.count > 1, call.life.visits.count == visits, !endsWrapUp {
        } else {
            book(&call)
        }
        if call.life.isOver != wasOver {
            if call.life.isOver {
                open.remove(call.number)
                lingering.append(call.number)
            } else {
                open.insert(call.number)
            }
        }
        if case .ringing = step { release(call) }
        if call.life.isOver { release(call) }
        return newest && !wasOver
    }

    /// Applies the marks to the operators. True when that ended after-call work of this call, which the caller then
    /// books.
    private mutating func mark(_ drafts: [OperatorMark.Draft], _ call: inout Call, seq: Int64, effects: inout [Effect])
        -> Bool
    {
        var endsWrapUp = false
        for (order, draft) in drafts.enumerated() {
            let mark = OperatorMark(
                time: draft.time, kind: draft.kind, call: call.number, order: seq &* 4096 &+ Int64(order))
            if change(
                draft.operator, effects: &effects, call: &call,
                { one, grain, ended in one.add(mark, grain: grain, ended: &ended) })
            {
                endsWrapUp = true
            }
        }
        return endsWrapUp
    }

    /// Recomputes an operator whose marks of the call were removed.
    mutating func recompute(_ id: String, _ call: inout Call, effects: inout [Effect]) {
        _ = change(id, effects: &effects, call: &call) { one, grain, ended in one.recompute(grain: grain, ended: &ended)
        }
    }

    /// Changes an operator, and books after-call work of other calls that this ended. True when it ended after-call
    /// work of the current call, which the caller then books.
    private mutating func change(
        _ id: String, effects: inout [Effect], call: inout Call,
        _ body: (inout Operator, Int64, inout [Operator.WrapUpEnded]) -> Void
    ) -> Bool {
        var ended: [Operator.WrapUpEnded] = [], isOwn = false
        change(id, ended: &ended, effects: &effects, body)
        for wrapUp in ended {
            if wrapUp.call == call.number {
                call.note(wrapUp)
                isOwn = true
            } else {
                note(wrapUp)
            }
        }
        return isOwn
    }

    /// Changes an operator; appends an effect when the state changed and somebody is told.
    mutating func change(
        _ id: String, ended: inout [Operator.WrapUpEnded], effects: inout [Effect],
        _ body: (inout Operator, Int64, inout [Operator.WrapUpEnded]) -> Void
    ) {
        let grain = policy.grain, isHeard = audience.includes(id)
        var due: Timestamp?
        func change(_ one: inout Operator) {
            let before = (one.state, one.since), wrapUp = one.pendingWrapUp
            body(&one, grain, &ended)
            if isHeard, (one.state, one.since) != before {
                effects.append(.operatorChanged(OperatorStatus(of: one)))
            }
            if let pending = one.pendingWrapUp, pending != wrapUp { due = pending.due }
        }
        change(&operators[id, default: Operator(id: id)])
        if let due { wrapUpsDue.add(id, due: due) }
    }

    /// Books after-call work of another call than the current one.
    mutating func note(_ wrapUp: Operator.WrapUpEnded) {
        // Recomputed with the rest of the operator's day, and the same as before.
        guard let place = calls.place(of: wrapUp.call), !calls[place].knows(wrapUp) else { return }
        book(place) { $0.note(wrapUp) }
    }

    // MARK: The ledger

    /// Updates the ledger with a changed call.
    mutating func book(_ number: Int64) {
        if let place = calls.place(of: number) { book(place) { _ in } }
    }

    /// Updates the ledger with the call. What did not change is left alone.
    mutating func book(_ call: inout Call) {
        let number = call.number
        // Every step that ends an operator's part in a call comes through here.
        if call.settleDrafts(), call.life.isOver { ended.append(number) }
        if call.life.isOutbound { bookTry(call) }
        // A dialed call is no call by the owner of that number.
        let key = call.life.isOutbound ? nil : call.lookup?.caller.e164.flatMap(CallerMemory.key)
        let start = call.startedAt
        // Moved out while it is changed: each read of a dictionary's value would copy all of it.
        var booking = Booking()
        if let i = booked.index(forKey: number) { swap(&booking, &booked.values[i]) }
        if let key, let start {
            if booking.call?.at != start {
                noteCaller(of: &call, key, start)
                booking.outcome = .init()
            }
            let outcome = CallerMemory.Outcome(of: call)
            if outcome != booking.outcome {
                callers.note(outcome, ofCall: number, from: key)
                booking.outcome = outcome
            }
            let now = CallEntry(line: call.line, tier: call.tier, at: start, isRepeat: call.isRepeat)
            if booking.call != now {
                if let old = booking.call { ledger.bookCall(old, sign: -1, policy: policy) }
                ledger.bookCall(now, sign: 1, policy: policy)
                booking.call = now
            }
        }
        let entries = call.entries(numberIsKnown: key != nil)
        if entries != booking.visits {
            for i in 0..<max(entries.count, booking.visits.count) {
                let old = i < booking.visits.count ? booking.visits[i] : VisitEntry()
                let new = i < entries.count ? entries[i] : VisitEntry()
                ledger.replace(old, by: new, policy: policy)
            }
            booking.visits = entries
        }
        // Nobody has answered most calls that are booked.
        let isAnswered = entries.contains { $0.moves != nil }
        if isAnswered || booking.written != nil {
            let written = isAnswered ? call.outcomeEntry : nil
            ledger.replace(booking.written, by: written, policy: policy)
            booking.written = written
        }
        if let i = booked.index(forKey: number) { swap(&booking, &booked.values[i]) } else { booked[number] = booking }
    }

    /// Notes when the caller called, where that is not known yet or has changed.
    private mutating func noteCaller(of call: inout Call, _ key: UInt64, _ start: Timestamp) {
        for change in callers.note(call: call.number, from: key, at: start) {
            if change.call == call.number {
                call.isRepeat = change.isRepeat
            } else {
                noteRepeat(change.call, change.isRepeat)
            }
        }
        if let customer = call.customerID { callers.noteCustomer(customer, of: key) }
    }

    private mutating func noteRepeat(_ number: Int64, _ isRepeat: Bool) {
        guard let place = calls.place(of: number), calls[place].isRepeat != isRepeat else { return }
        book(place) { $0.isRepeat = isRepeat }
    }
}

extension CallStep {
    /// nil for an event that is no step of the call's life.
    init?(_ body: CallEvent) {
        switch body {
        case .offered(let offered): self = .offered(queue: offered.queue)
        case .dialed(let dialed): self = .dialed(dialed.operator)
        case .identified: return nil
        case .queued(let queue, _, _): self = .queued(queue)
        case .ringing(let who, let device): self = .ringing(who, device: device)
        case .unanswered(let who, let device, let reason): self = .unanswered(who, reason, device: device)
        case .answered(let who?): self = .answered(who)
        case .answered(nil): self = .reached
        case .parked(let who, let slot): self = .parked(who, slot: slot)
        case .retrieved(let who, let slot): self = .retrieved(who, slot: slot)
        case .held: self = .held
        case .resumed: self = .resumed
        case .transferred(let target, let kind): self = .transferred(target, kind)
        case .dequeued(let queue, let reason): self = .dequeued(queue, reason)
        case .ended(let by, let cause): self = .ended(by, cause: cause)
        }
    }
}

extension CallerMemory.Outcome {
    init(of call: borrowing Call) {
        if call.life.visits.isEmpty { return }
        // Few callers give up.
        if call.life.visits.contains(where: { $0.outcome == .abandoned || $0.outcome == .callback }) {
            var allLost = call.lostEntries
            lost = allLost.popLast()
            lostBefore = allLost
        }
        answeredAt = call.answeredAt
        guard call.life.visits.count > 1, let answeredAt else { return }
        answeredAgain = call.life.visits.filter { $0.outcome == .answered }.compactMap(\.outcomeAt).filter {
            $0 > answeredAt
        }
    }
}

extension Call {
    mutating func note(_ wrapUp: Operator.WrapUpEnded) {
        guard life.legs.indices.contains(wrapUp.leg) else { return }
        life.legs[wrapUp.leg].wrapUp = wrapUp.ms
        life.legs[wrapUp.leg].wrapUpEndedAt = wrapUp.at
    }

    func knows(_ wrapUp: Operator.WrapUpEnded) -> Bool {
        guard life.legs.indices.contains(wrapUp.leg) else { return false }
        return life.legs[wrapUp.leg].wrapUp == wrapUp.ms && life.legs[wrapUp.leg].wrapUpEndedAt == wrapUp.at
    }

    /// The call's entries in the ledger, one for each visit.
    func entries(numberIsKnown: Bool) -> [VisitEntry] {
        if life.visits.isEmpty { return [] }
        let tier = self.tier, line = self.line
        var entries: [VisitEntry] = []
        entries.reserveCapacity(life.visits.count)
        for i in life.visits.indices {
            var entry = VisitEntry(queue: life.visits[i].queue, tier: tier, line: line)
            let first = !entries.contains { $0.queue == entry.queue }
            entry.start = .init(at: life.visits[i].start, countsCall: numberIsKnown && first, isRepeat: isRepeat)
            if let outcome = life.visits[i].outcome, let at = life.visits[i].outcomeAt {
                entry.end = .init(
                    at: at, outcome: outcome, wait: life.visits[i].wait ?? 0, partial: life.visits[i].partial)
                if outcome == .answered {
                    entry.moves = .init(at: at, transfers: life.visits[i].transfers, holds: life.visits[i].holds)
                    entry.handle = handle(of: i)
                }
            }
            entries.append(entry)
        }
        return entries
    }

    /// Of each visit; nil for one that nobody has answered.
    var handles: [VisitEntry.Handle?] { life.visits.indices.map(handle) }

    /// nil until the after-call work of every operator who talked has ended, and when nobody talked.
    func handle(of visit: Int) -> VisitEntry.Handle? {
        var sum: VisitEntry.Handle?
        for i in life.legs.indices where life.legs[i].visit == visit && life.legs[i].answeredAt != nil {
            guard let talk = life.legs[i].talk, let wrapUp = life.legs[i].wrapUp, let ended = life.legs[i].wrapUpEndedAt
            else { return nil }
            sum = .init(
                at: max(sum?.at ?? ended, ended), talk: (sum?.talk ?? 0) + talk,
                hold: (sum?.hold ?? 0) + life.legs[i].hold, wrapUp: (sum?.wrapUp ?? 0) + wrapUp)
        }
        return sum
    }

    /// The visits that the caller abandoned or left with a callback request, oldest first: remembered until the caller
    /// is reached. A caller who was answered in another queue before has not been reached since.
    var lostEntries: [CallerMemory.Entry.Lost] {
        life.visits.compactMap { visit in
            guard let at = visit.outcomeAt else { return nil }
            let kind: Callback.Kind
            switch visit.outcome {
            // Counted from the request on, whatever follows; a later answer reaches the caller.
            case .callback: kind = .requested
            case .abandoned: kind = .abandoned
            default: return nil
            }
            return .init(kind: kind, at: at, queue: visit.queue, tier: tier, waited: visit.wait ?? 0)
        }
    }
}
