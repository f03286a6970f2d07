import CallCenter

/// What is told only when it is clear what it was.
extension Translator {
    /// How long an offer waits for what the dialplan may still learn: an Answer alone waits half a second for media
    /// before the next step. Milliseconds.
    static let offerAfterMs: Int64 = 2_000
    /// A queue lets a caller go and says in the next moment to whom. Milliseconds.
    static let exitAfterMs: Int64 = 1_000
    /// A call that is handed on is in the dialplan for some milliseconds.
    static let handOnAfterMs: Int64 = 500
    /// Bridges are joined and split within some milliseconds; what lasts longer the caller hears.
    static let lossAfterMs: Int64 = 300
    /// A code that a phone dials is done within this; what lasts longer is a use of the phone. Milliseconds.
    static let codeAfterMs: Int64 = 3_000

    mutating func settleAll(_ now: Timestamp) {
        while let first = thrownOut.first, now - first.at > Translator.offerAfterMs {
            thrownOut.removeFirst()
            var call = first.call
            end(&call, cause: first.cause, first.at)
        }
        settleDue(now)
        if !undecided.isEmpty { for id in undecided.sorted() { decide(id, now) } }
        settleUse(now)
    }

    private mutating func settleDue(_ now: Timestamp) {
        let ids = due.due(before: now)
        guard !ids.isEmpty else { return }
        for id in ids.sorted() {
            with(id) { translator, call in
                call.lookedAt = nil
                translator.settle(&call, now)
            }
        }
    }

    /// Has the call looked at when time alone may tell something of it.
    mutating func schedule(_ call: inout BridgedCall) {
        guard let at = settlesAt(call), call.lookedAt.map({ at < $0 }) ?? true else { return }
        call.lookedAt = at
        due.add(call.id, at: at)
    }

    /// When time alone will tell something of the call; nil: never.
    private func settlesAt(_ call: BridgedCall) -> Timestamp? {
        var earliest: Timestamp?
        func note(_ at: Timestamp?, _ afterMs: Int64) {
            guard let at else { return }
            earliest = min(earliest ?? at + afterMs, at + afterMs)
        }
        if !call.isOffered { note(call.startedAt, Translator.offerAfterMs) }
        note(call.connecting?.at, Translator.exitAfterMs)
        note(call.tookExitAt, Translator.exitAfterMs)
        note(call.handedOn?.at, Translator.handOnAfterMs)
        note(call.endedRings.first?.at, Translator.exitAfterMs)
        // One who talked and is gone does not come back.
        if !call.isHeld, call.talks.contains(where: { isThere($0) }) { note(call.lostAt, Translator.lossAfterMs) }
        return earliest
    }

    private mutating func settle(_ call: inout BridgedCall, _ now: Timestamp) {
        if !call.isOffered, now - call.startedAt > Translator.offerAfterMs { offer(&call) }
        if let connecting = call.connecting, now - connecting.at > Translator.exitAfterMs { settleConnecting(&call) }
        if let at = call.tookExitAt, now - at > Translator.exitAfterMs { settleExit(&call) }
        if let handed = call.handedOn, now - handed.at > Translator.handOnAfterMs { tellHandedOn(&call) }
        if let ended = call.endedRings.first, now - ended.at > Translator.exitAfterMs { tellEndedRings(&call) }
        // Whoever talked talks with a colleague, and the caller hears music.
        if let lost = call.lostAt, !call.isHeld, now - lost > Translator.lossAfterMs,
            call.talks.contains(where: { isThere($0) })
        {
            call.isHeld = true
            tell("call.held", &call, lost)
        }
    }

    /// A queue connected the two, and no bridge of them was seen.
    mutating func settleConnecting(_ call: inout BridgedCall) {
        guard let connecting = call.connecting else { return }
        call.connecting = nil
        if call.talks.isEmpty { answer(connecting.who, channel: connecting.channel, &call, connecting.at) }
    }

    /// The call goes on although its queue gave it up: it was the queue's timeout.
    mutating func settleQueue(_ call: inout BridgedCall) {
        guard let left = call.leftQueueAt, let queue = call.queue else { return }
        call.leftQueueAt = nil
        call.queue = nil
        tell("call.dequeued", &call, left, [("queue", .text(queue)), ("reason", .text("timeout"))])
    }

    /// It left its queue, and neither gave up nor is connected: it pressed a key.
    mutating func settleExit(_ call: inout BridgedCall) {
        guard let left = call.tookExitAt, let queue = call.queue else { return }
        call.tookExitAt = nil
        call.queue = nil
        call.isQueued = false
        call.rings = [:]
        call.calling = []
        tell("call.dequeued", &call, left, [("queue", .text(queue)), ("reason", .text("key"))])
    }

    /// The caller goes elsewhere after the operator's leg ended without a word (AMI Redirect): that was a transfer.
    mutating func settleLoss(_ call: inout BridgedCall, _ time: Timestamp) {
        guard let left = call.lostAt, !call.talks.isEmpty, !call.talks.contains(where: { isThere($0) }) else { return }
        call.handedOn = .init(to: "", at: left)
        call.talks = []
        call.lostAt = nil
        call.isHeld = false
        call.endedBy = nil
    }

    /// Says where a call was handed on to.
    ///
    /// - Parameters:
    ///   - who: the operator whose phone rings for it.
    ///   - queue: the queue that it joins.
    mutating func tellHandedOn(_ call: inout BridgedCall, by who: String? = nil, queue: String? = nil) {
        guard let handed = call.handedOn else { return }
        call.handedOn = nil
        var target: (name: String, value: BridgeEvent.Value) = (
            "to", .text(handed.to.isEmpty ? call.line ?? "s" : handed.to)
        )
        if let queue {
            target = ("queue", .text(queue))
        } else if let who, handed.to.isEmpty || handed.to == who {
            target = ("operator", .text(who))
        } else if members[handed.to] != nil {
            target = ("operator", .text(handed.to))
        }
        call.isSentOn = target.name == "to"
        tell("call.transferred", &call, handed.at, [target, ("kind", .text("blind"))])
    }
}
