extension Centre {
    // MARK: Snapshots

    /// The content of the parts of a snapshot that have arrived so far.
    struct PartialSnapshot: Equatable, Sendable, Codable {
        /// The parts of one snapshot have the same time.
        var time: Timestamp
        var of: Int
        var parts: Set<Int> = []
        var calls: Set<String> = []
        var operators: Set<String> = []
    }

    /// Applies a snapshot of a source. Calls that are open here and not listed ended without an event.
    mutating func apply(_ snapshot: PBXSnapshot, _ event: Event, seq: Int64, now: Timestamp, effects: inout [Effect]) {
        for live in snapshot.calls { reconcile(live, event, seq: seq, now: now, effects: &effects) }
        for live in snapshot.operators { reconcile(live, event, seq: seq, effects: &effects) }
        guard let listed = listed(in: snapshot, event) else { return }
        for number in open.sorted() {
            guard var call = calls[number], call.key.source == event.source, !listed.calls.contains(call.key.call)
            else { continue }
            // A call that started after the snapshot was made cannot be listed in it: it is left open.
            if event.timeIsGiven, let start = call.startedAt, start > event.time { continue }
            advance(.vanished, &call, event, seq: seq, effects: &effects)
            closePops(of: &call, .ended, at: event.time, effects: &effects)
            calls[number] = call
            ended.append(number)
        }
        logOutOthers(than: listed.operators, event, seq: seq, effects: &effects)
    }

    /// The complete list of a snapshot; nil while parts are missing.
    private mutating func listed(in snapshot: PBXSnapshot, _ event: Event) -> PartialSnapshot? {
        let part = snapshot.part ?? .init(number: 1, of: 1)
        var listed = PartialSnapshot(time: event.time, of: part.of)
        if part.of > 1, let begun = partialSnapshots[event.source], begun.time == event.time, begun.of == part.of {
            listed = begun
        }
        listed.parts.insert(part.number)
        for live in snapshot.calls { listed.calls.insert(live.call) }
        for live in snapshot.operators { listed.operators.insert(live.operator) }
        let isWhole = listed.parts.count == part.of
        partialSnapshots[event.source] = isWhole ? nil : listed
        return isWhole ? listed : nil
    }

    private mutating func reconcile(
        _ live: PBXSnapshot.LiveCall, _ event: Event, seq: Int64, now: Timestamp, effects: inout [Effect]
    ) {
        let key = CallKey(source: event.source, call: live.call)
        let since = min(live.since ?? event.time, event.time)
        var event = event
        event.time = since
        event.timeIsGiven = true
        var number = number(of: key)
        if number == nil {
            let new = admit(key, snapshot: seq, now: now)
            number = new
            guard var call = calls[new] else { return }
            if live.isOutbound, let who = live.operator, let to = live.offered.to {
                call.dialed = .init(operator: who, to: to, from: live.offered.from)
            } else {
                call.offered = live.offered
            }
            advance(.alive, &call, event, seq: seq, effects: &effects)
            calls[new] = call
        }
        guard let number, var call = calls[number], !call.life.isOver else { return }
        let talks = call.life.state == .talking
        if live.isOutbound, let who = live.operator { advance(.dialed(who), &call, event, seq: seq, effects: &effects) }
        switch live.state {
        case .offered, .dialing: break
        case .parked:
            guard call.life.state != .parked, let who = live.operator else { break }
            if !talks {
                // The answer was not seen. It is put 1 ms earlier, as at the same time it would sort after the parking.
                var before = event
                before.time = since - 1
                advance(.answered(who), &call, before, seq: seq, effects: &effects)
            }
            advance(.parked(who), &call, event, seq: seq, effects: &effects)
        case .queued, .ringing:
            if let queue = live.queue, call.life.openVisit?.queue != queue {
                advance(.queued(queue), &call, event, seq: seq, effects: &effects)
            }
            if live.state == .ringing, let who = live.operator {
                advance(.ringing(who), &call, event, seq: seq, effects: &effects)
            }
        case .answered, .held:
            if let who = live.operator, !call.life.legs.contains(where: { $0.operator == who && $0.isTalking }) {
                if let queue = live.queue, !talks, call.life.visits.isEmpty {
                    advance(.queued(queue), &call, event, seq: seq, effects: &effects)
                }
                // The transfer was not seen. Without one, two operators would talk with the caller until the end.
                advance(
                    talks ? .transferred(.operator(who), .attended) : .answered(who), &call, event, seq: seq,
                    effects: &effects)
            }
            if live.state == .held { advance(.held, &call, event, seq: seq, effects: &effects) }
        }
        calls[number] = call
    }

    private mutating func admit(_ key: CallKey, snapshot seq: Int64, now: Timestamp) -> Int64 {
        // One snapshot has one log position, and contains as many calls as fit on a line.
        var number = Call.number(seq: seq)
        while calls[number] != nil { number += 1 }
        admit(key, number: number, now: now)
        return number
    }

    private mutating func logOutOthers(than listed: Set<String>, _ event: Event, seq: Int64, effects: inout [Effect]) {
        guard !listed.isEmpty else { return }
        for id in operators.keys.sorted() where !listed.contains(id) {
            guard let one = operators[id], one.isLoggedIn, one.source == event.source else { continue }
            mark(id, .logout, at: event.time, seq: seq, effects: &effects)
        }
    }

    private mutating func reconcile(
        _ found: PBXSnapshot.LiveOperator, _ event: Event, seq: Int64, effects: inout [Effect]
    ) {
        let id = found.operator, one = operators[id]
        if found.state != .loggedOut { noteProfile(id, event, found.name, found.device, found.queues) }
        func report(_ body: OperatorEvent, _ centre: inout Centre) {
            centre.mark(id, body, at: event.time, seq: seq, effects: &effects)
        }
        if found.state == .loggedOut {
            if one?.isLoggedIn == true { report(.logout, &self) }
            return
        }
        if one?.isLoggedIn != true { report(.login(name: nil, device: nil, queues: nil), &self) }
        if found.state == .paused {
            if one?.isPaused != true { report(.paused(reason: found.reason), &self) }
        } else if one?.isPaused == true {
            report(.resumed, &self)
        }
        if found.state == .busy {
            if one?.isBusy != true { report(.busy(reason: found.reason), &self) }
        } else if one?.isBusy == true {
            report(.free, &self)
        }
    }
}
