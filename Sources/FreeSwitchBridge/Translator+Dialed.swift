import BridgeCore
import CallCenter

/// Calls from operators' phones to external numbers, however they are dialled.
extension Translator {
    mutating func dialsOutside(_ line: Leg, from phone: Leg, _ who: String, _ time: Timestamp) {
        if let known = callOfPhone[phone.id] {
            calls[known]?.parties.append(line.id)
            callOfParty[line.id] = known
            return
        }
        let typed = phone.isIncoming ? phone.dialled : nil
        guard let to = DialedNumber.meant(typed: typed, sent: line.number),
            !DialedNumber.isForwarded(typed: typed, to: to), calls[phone.id] == nil
        else { return }
        // Its own phone rang first, where it was dialled by a click.
        let startedAt = phone.isIncoming ? phone.createdAt : time
        var call = SwitchCall(id: phone.id, startedAt: startedAt, dialedBy: who, phone: phone.id, to: to)
        call.parties = [line.id]
        // The centre's own number; a click shows the operator's phone the number that it dials.
        if let shown = line.shown, shown != to, shown.filter(\.isNumber).count > DialedNumber.digitsMax {
            call.caller.number = shown
        }
        serve(phone.id, time)
        offer(&call)
        add(call)
    }

    /// The far end answered.
    mutating func reached(_ call: inout SwitchCall, _ time: Timestamp) {
        guard call.isDialed, !call.isReached, let phone = call.phone, let who = call.dialedBy else { return }
        call.isReached = true
        call.endedBy = nil
        emit("call.answered", &call, time)
        call.talks.append(.init(leg: phone, who: who))
    }

    /// A line outside hung up.
    mutating func lineLeft(_ owner: String, _ leg: Leg, cause: String?, isItsOwn: Bool, _ time: Timestamp) {
        callOfParty[leg.id] = nil
        var isOver = false
        with(owner) { _, call in
            call.parties.removeAll { $0 == leg.id }
            call.partyCause = cause
            isOver = call.isReached ? call.parties.isEmpty : call.phone == nil && call.parties.isEmpty
        }
        guard isOver else { return }
        if calls[owner]?.isReached == true {
            settleEnd(owner, cause: cause, isItsOwn: isItsOwn, time)
        } else {
            finish(owner, cause: cause, time)
        }
    }

    /// The phone that dialed hung up.
    mutating func phoneLeft(_ owner: String, _ leg: Leg, cause: String?, isItsOwn: Bool, _ time: Timestamp) {
        callOfPhone[leg.id] = nil
        var ended: String??
        with(owner) { _, call in
            call.phone = nil
            // What the far end answered goes on until that hangs up: it may have been handed on.
            guard !call.isReached else { return }
            if isItsOwn { call.endedBy = "operator" }
            ended = .some(isItsOwn ? cause : call.partyCause ?? cause)
        }
        if let cause = ended, calls[owner] != nil { finish(owner, cause: cause, time) }
    }

    /// A phone dialled what looks like an external number, and no line was tried: it counts as dialed.
    mutating func neverLeftTheHouse(_ leg: Leg, cause: String?, _ time: Timestamp) {
        guard leg.isIncoming, leg.answeredAt == nil, !leg.isServing, !leg.isInternal, let who = leg.owner,
            let to = leg.dialled, to.filter(\.isNumber).count > DialedNumber.digitsMax,
            to.allSatisfy({ $0.isNumber || $0 == "+" })
        else { return }
        var call = SwitchCall(id: leg.id, startedAt: leg.createdAt, dialedBy: who, phone: leg.id, to: to)
        emit(
            "call.ended", &call, time,
            [("by", .text("system"))] + (cause.map { [("cause", .text($0))] } ?? []))
    }
}
