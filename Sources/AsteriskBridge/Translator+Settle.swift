import BridgeCore
import CallCenter

/// Events that are sent only after a delay, when their meaning is clear.
extension Translator {
    /// Delay of an offer, for facts that the dialplan may still add: Answer alone waits half a second for media.
    /// Milliseconds.
    static let offerAfterMs: Int64 = 2_000
    /// Delay after a caller left a queue: the queue reports the member in the next moment. Milliseconds.
    static let exitAfterMs: Int64 = 1_000
    /// Delay after a transfer: the call is in the dialplan for some milliseconds.
    static let handOnAfterMs: Int64 = 500
    /// Delay after a bridge broke up: bridges are merged and split within milliseconds; a longer gap is real.
    /// Milliseconds.
    static let lossAfterMs: Int64 = 300
    /// A feature code is done within this time; a longer call is a use of the phone. Milliseconds.
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

    /// Schedules a check of the call for when time alone may decide something.
    mutating func schedule(_ call: inout BridgedCall) {
        guard let at = settlesAt(call), call.lookedAt.map({ at < $0 }) ?? true else { return }
        call.lookedAt = at
        due.add(call.id, at: at)
    }

    /// When time alone will decide something about the call; nil: never.
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
        // An operator whose channel has ended does not come back.
        if !call.isHeld, call.talks.contains(where: { isThere($0) }) { note(call.lostAt, Translator.lossAfterMs) }
        return earliest
    }

    private mutating func settle(_ call: inout BridgedCall, _ now: Timestamp) {
        if !call.isOffered, now - call.startedAt > Translator.offerAfterMs { offer(&call) }
        if let connecting = call.connecting, now - connecting.at > Translator.exitAfterMs { settleConnecting(&call) }
        if let at = call.tookExitAt, now - at > Translator.exitAfterMs { settleExit(&call) }
        if let handed = call.handedOn, now - handed.at > Translator.handOnAfterMs { emitHandedOn(&call) }
        if let ended = call.endedRings.first, now - ended.at > Translator.exitAfterMs { emitEndedRings(&call) }
        // The operator talks with a colleague, and the caller hears music.
        if let lost = call.lostAt, !call.isHeld, now - lost > Translator.lossAfterMs,
            call.talks.contains(where: { isThere($0) })
        {
            call.isHeld = true
            emit("call.held", &call, lost)
        }
    }

    /// A queue connected the two, and no bridge of them was seen.
    mutating func settleConnecting(_ call: inout BridgedCall) {
        guard let connecting = call.connecting else { return }
        call.connecting = nil
        if call.talks.isEmpty { answer(connecting.who, channel: connecting.channel, &call, connecting.at) }
    }

    /// The call continues after its queue reported an abandon: it was the queue's timeout.
    mutating func settleQueue(_ call: inout BridgedCall) {
        guard let left = call.leftQueueAt, let queue = call.queue else { return }
        call.leftQueueAt = nil
        call.queue = nil
        emit("call.dequeued", &call, left, [("queue", .text(queue)), ("reason", .text("timeout"))])
    }

    /// It left its queue, and is neither abandoned nor connected: the caller pressed a key.
    mutating func settleExit(_ call: inout BridgedCall) {
        guard let left = call.tookExitAt, let queue = call.queue else { return }
        call.tookExitAt = nil
        call.queue = nil
        call.isQueued = false
        call.rings = [:]
        call.calling = []
        emit("call.dequeued", &call, left, [("queue", .text(queue)), ("reason", .text("key"))])
    }

    /// The caller goes elsewhere after the operator's leg ended without an event (AMI Redirect): that was a transfer.
    mutating func settleLoss(_ call: inout BridgedCall, _ time: Timestamp) {
        guard let left = call.lostAt, !call.talks.isEmpty, !call.talks.contains(where: { isThere($0) }) else { return }
        call.handedOn = .init(to: "", at: left)
        call.talks = []
        call.lostAt = nil
        call.isHeld = false
        call.endedBy = nil
    }

    /// Reports the target of a transfer.
    ///
    /// - Parameters:
    ///   - who: the operator whose phone rings for the call.
    ///   - queue: the queue that the call enters.
    mutating func emitHandedOn(_ call: inout BridgedCall, by who: String? = nil, queue: String? = nil) {
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
        emit("call.transferred", &call, handed.at, [target, ("kind", .text("blind"))])
    }
}
