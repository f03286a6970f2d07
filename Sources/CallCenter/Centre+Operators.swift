extension Centre {
    mutating func apply(_ body: OperatorEvent, to id: String, _ event: Event, seq: Int64, effects: inout [Effect]) {
        if case .login(let name, let device, let queues) = body { noteProfile(id, event, name, device, queues) }
        mark(id, body, at: event.time, seq: seq, effects: &effects)
    }

    private mutating func mark(_ id: String, _ body: OperatorEvent, at time: Timestamp, seq: Int64, effects: inout [Effect]) {
        let kind: OperatorMark.Kind
        switch body {
        case .login: kind = .login
        case .logout: kind = .logout
        case .paused(let reason): kind = .pause(reason)
        case .resumed: kind = .resume
        case .ready: kind = .ready
        }
        var ended: [Operator.WrapUpEnded] = []
        change(id, ended: &ended, effects: &effects) { one, grain, ended in
            one.add(OperatorMark(time: time, kind: kind, call: 0, order: seq), grain: grain, ended: &ended)
        }
        for wrapUp in ended { note(wrapUp) }
    }

    /// The newest login says who sits where; an older one that comes late does not.
    private mutating func noteProfile(_ id: String, _ event: Event, _ name: String?, _ device: String?, _ queues: [String]?) {
        var one = operators[id] ?? Operator(id: id)
        guard event.time >= one.profileAt else { return }
        one.profileAt = event.time
        one.source = event.source
        one.name = name ?? one.name
        one.device = device ?? one.device
        one.queues = queues
        operators[id] = one
    }

    /// Ends after-call work whose limit has passed, so that figures and states are those of `now`.
    public mutating func settle(_ now: Timestamp, effects: inout [Effect]) {
        let due = operators.values.filter { one in one.pendingWrapUp.map { now >= $0.since + $0.limit } ?? false }.map(\.id)
        for id in due { endWrapUp(of: id, at: now, effects: &effects) }
    }

    /// Ends an operator's after-call work whose limit has passed at `now`.
    mutating func endWrapUp(of id: String, at now: Timestamp, effects: inout [Effect]) {
        changes += 1
        var ended: [Operator.WrapUpEnded] = []
        change(id, ended: &ended, effects: &effects) { one, grain, ended in one.settle(now, grain: grain, ended: &ended) }
        for wrapUp in ended { note(wrapUp) }
    }

    // MARK: Snapshots

    /// What is alive on a source: what we hold open and it does not list has ended unseen.
    mutating func apply(_ snapshot: PBXSnapshot, _ event: Event, seq: Int64, now: Timestamp, effects: inout [Effect]) {
        let listed = Set(snapshot.calls.map(\.call))
        for number in open.sorted() {
            guard var call = calls[number], call.key.source == event.source, !listed.contains(call.key.call) else { continue }
            take(.vanished, &call, event, seq: seq, effects: &effects)
            closePops(of: &call, .ended, at: event.time, effects: &effects)
            calls[number] = call
        }
        for live in snapshot.calls { reconcile(live, event, seq: seq, now: now, effects: &effects) }
        reconcile(snapshot.operators, event, seq: seq, effects: &effects)
    }

    private mutating func reconcile(
        _ live: PBXSnapshot.LiveCall, _ event: Event, seq: Int64, now: Timestamp, effects: inout [Effect]
    ) {
        let key = CallKey(source: event.source, call: live.call)
        let since = min(live.since ?? event.time, event.time)
        var event = event
        event.time = since
        event.timeIsGiven = true
        var number = index[key]
        if number == nil {
            let new = admit(key, snapshot: seq, now: now)
            number = new
            guard var call = calls[new] else { return }
            call.offered = live.offered
            take(.alive, &call, event, seq: seq, effects: &effects)
            calls[new] = call
        }
        guard let number, var call = calls[number], !call.life.isOver else { return }
        let talks = call.life.state == .talking
        switch live.state {
        case .offered: break
        case .queued, .ringing:
            if let queue = live.queue, call.life.openVisit?.queue != queue {
                take(.queued(queue), &call, event, seq: seq, effects: &effects)
            }
            if live.state == .ringing, let who = live.operator { take(.ringing(who), &call, event, seq: seq, effects: &effects) }
        case .answered, .held:
            if let who = live.operator, !call.life.legs.contains(where: { $0.operator == who && $0.isTalking }) {
                if let queue = live.queue, !talks, call.life.visits.isEmpty { take(.queued(queue), &call, event, seq: seq, effects: &effects) }
                // Nobody saw it handed on: it was, or two would talk with it until its end.
                take(talks ? .transferred(.operator(who), .attended) : .answered(who), &call, event, seq: seq, effects: &effects)
            }
            if live.state == .held { take(.held, &call, event, seq: seq, effects: &effects) }
        }
        calls[number] = call
    }

    private mutating func admit(_ key: CallKey, snapshot seq: Int64, now: Timestamp) -> Int64 {
        // One snapshot has one place in the log, and brings as many calls as fit a line.
        var number = Call.number(seq: seq)
        while calls[number] != nil { number += 1 }
        admit(key, number: number, now: now)
        return number
    }

    private mutating func reconcile(
        _ live: [PBXSnapshot.LiveOperator], _ event: Event, seq: Int64, effects: inout [Effect]
    ) {
        guard !live.isEmpty else { return }
        let listed = Set(live.map(\.operator))
        for id in operators.keys.sorted() where !listed.contains(id) {
            guard let one = operators[id], one.isLoggedIn, one.source == event.source else { continue }
            mark(id, .logout, at: event.time, seq: seq, effects: &effects)
        }
        for found in live {
            let one = operators[found.operator]
            if found.state != .loggedOut { noteProfile(found.operator, event, found.name, found.device, found.queues) }
            switch found.state {
            case .loggedOut:
                if one?.isLoggedIn == true { mark(found.operator, .logout, at: event.time, seq: seq, effects: &effects) }
            case .available:
                if one?.isLoggedIn != true { mark(found.operator, .login(name: nil, device: nil, queues: nil), at: event.time, seq: seq, effects: &effects) }
                if one?.isPaused == true { mark(found.operator, .resumed, at: event.time, seq: seq, effects: &effects) }
            case .paused:
                if one?.isLoggedIn != true { mark(found.operator, .login(name: nil, device: nil, queues: nil), at: event.time, seq: seq, effects: &effects) }
                if one?.isPaused != true { mark(found.operator, .paused(reason: found.reason), at: event.time, seq: seq, effects: &effects) }
            }
        }
    }

    // MARK: Other channels

    mutating func apply(
        _ touchpoint: TouchpointRecorded, _ event: Event, seq: Int64, lookup: Lookup?, effects: inout [Effect]
    ) {
        guard let lookup else { return }
        if let key = lookup.caller.e164.flatMap(CallerMemory.key) { callers.noteReached(key, at: event.time) }
        // Several may share a number: a contact is recorded on the likeliest, never on all of them.
        let candidate = lookup.candidates.max { a, b in
            (a.history.first?.at ?? Timestamp(ms: .min), -a.customer.id) < (b.history.first?.at ?? Timestamp(ms: .min), -b.customer.id)
        }
        guard let candidate else { return }
        callers.noteReached(customer: candidate.customer.id, at: event.time)
        let kept = Touchpoint(
            at: event.time, channel: touchpoint.channel, direction: touchpoint.direction, operator: touchpoint.operator,
            summary: touchpoint.summary, duration: touchpoint.duration, tier: candidate.customer.tier)
        effects.append(.history(.touchpoint(seq: seq, customer: candidate.customer.id, kept)))
    }
}
