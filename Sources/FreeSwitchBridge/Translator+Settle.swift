import BridgeCore
import CallCenter

/// Events that are sent only after a delay, when their meaning is clear.
extension Translator {
    /// Delay of an offer, for facts that the dialplan may still add. Milliseconds.
    static let offerAfterMs: Int64 = 500
    /// Delay after a ring was cancelled: the caller's own end follows within it. Milliseconds.
    static let cancelAfterMs: Int64 = 1_000
    /// Delay after a transfer: the call is in the dialplan for some milliseconds.
    static let handOnAfterMs: Int64 = 500
    /// Delay after a bridge broke up: a longer gap is real. Milliseconds.
    static let lossAfterMs: Int64 = 300
    /// A feature code is done within this time; a longer call is a use of the phone. Milliseconds.
    static let codeAfterMs: Int64 = 3_000

    mutating func settleAll(_ now: Timestamp) {
        for id in due.due(before: now).sorted() {
            var ended: (at: Timestamp, cause: String?)?
            with(id) { translator, call in
                call.lookedAt = nil
                ended = translator.settle(&call, now)
            }
            if let ended { finish(id, cause: ended.cause, ended.at) }
        }
        settleWrapUps(now)
        if !undecided.isEmpty { for id in undecided.sorted() { decide(id, now) } }
    }

    /// Schedules a check of the call for when time alone may decide something.
    mutating func schedule(_ call: inout SwitchCall) {
        guard let at = settlesAt(call), call.lookedAt.map({ at < $0 }) ?? true else { return }
        call.lookedAt = at
        due.add(call.id, at: at)
    }

    private func settlesAt(_ call: SwitchCall) -> Timestamp? {
        var earliest: Timestamp?
        func note(_ at: Timestamp?, _ afterMs: Int64) {
            guard let at else { return }
            earliest = min(earliest ?? at + afterMs, at + afterMs)
        }
        if !call.isOffered { note(call.startedAt, Translator.offerAfterMs) }
        note(call.endedRings.first?.at, Translator.cancelAfterMs)
        note(call.leftQueueAt, Translator.cancelAfterMs)
        note(call.ending?.at, Translator.togetherMs)
        if !call.talks.isEmpty {
            if call.sentTo != nil {
                note(call.lostAt, Translator.handOnAfterMs)
            } else if !call.isHeld, call.talks.contains(where: { legs[$0.leg] != nil }) {
                note(call.lostAt, Translator.lossAfterMs)
            }
        }
        return earliest
    }

    /// - Returns: the call's end, when it is over.
    private mutating func settle(_ call: inout SwitchCall, _ now: Timestamp) -> (at: Timestamp, cause: String?)? {
        if !call.isOffered, now - call.startedAt > Translator.offerAfterMs { offer(&call) }
        if let ending = call.ending, now - ending.at > Translator.togetherMs { return ending }
        if let left = call.leftQueueAt, now - left > Translator.cancelAfterMs {
            call.endedBy = "caller"
            return (left, nil)
        }
        if let ended = call.endedRings.first, now - ended.at > Translator.cancelAfterMs { emitEndedRings(&call) }
        guard let lost = call.lostAt, !call.talks.isEmpty else { return nil }
        if call.sentTo != nil {
            if now - lost > Translator.handOnAfterMs { emitHandedOn(&call) }
        } else if !call.isHeld, now - lost > Translator.lossAfterMs,
            call.talks.contains(where: { legs[$0.leg] != nil })
        {
            // The operator talks with a colleague, and the caller hears music.
            call.isHeld = true
            call.isHeldToConsult = true
            emit("call.held", &call, lost)
        }
        return nil
    }

    /// A phone that is off the hook for a while and calls nobody: it listens to a recording, or waits somewhere.
    private mutating func decide(_ id: String, _ now: Timestamp) {
        guard let leg = legs[id], !leg.isServing, !leg.isInternal else {
            undecided.remove(id)
            return
        }
        guard leg.answeredAt != nil, now - leg.createdAt > Translator.codeAfterMs else { return }
        undecided.remove(id)
        legs[id]?.isInternal = true
        setBusy(id, leg.createdAt)
    }
}
