import BridgeCore
import CallCenter

/// Calls from operators' phones to external numbers, however they are dialled.
extension Translator {
    /// An outside line is dialled. For a caller this forwards the call; for an internal phone it is a call of its own.
    mutating func dialsOutside(_ line: String, exten: String?, number: String?, _ time: Timestamp) {
        guard callOfParty[line] == nil, let channel = channels[line], let phone = phone(thatDials: line),
            let who = operatorID(of: phone)
        else { return }
        if let known = callOfPhone[phone] {
            calls[known]?.parties.append(line)
            callOfParty[line] = known
            return
        }
        guard let dialing = channels[phone], callTalking(on: phone) == nil else { return }
        let to = DialedNumber.meant(
            typed: dialing.isIncoming ? dialing.exten : exten,
            sent: channel.dialString.flatMap(EndpointRules.number(dialled:)) ?? channel.exten)
        guard let to, !DialedNumber.isForwarded(typed: dialing.isIncoming ? dialing.exten : exten, to: to) else {
            return
        }
        // Its own phone rang first, where it was dialled by a click.
        let startedAt = dialing.isIncoming ? dialing.startedAt : time
        let id = calls[dialing.linked] == nil ? dialing.linked : phone
        guard calls[id] == nil else { return }
        var call = BridgedCall(id: id, startedAt: startedAt, dialedBy: who, phone: phone, to: to)
        if let number, number != CallerIdentity.unknown, number != who,
            number.filter(\.isNumber).count > EndpointRules.digitsMax
        {
            call.caller.number = number
        }
        call.parties = [line]
        channels[phone]?.hasServed = true
        undecided.remove(phone)
        offer(&call)
        add(call)
    }

    /// The phone of the centre for which a line outside is dialled; nil when it is dialled for a caller.
    private func phone(thatDials line: String) -> String? {
        guard let root = root(of: line), let channel = channels[root], callOfParty[root] == nil else { return nil }
        guard channel.isLocal else { return operatorID(of: channel) == nil ? nil : root }
        // A click: one half dials outside, behind the other is the phone that was rung first.
        let found = component(of: [root]).filter { id in
            channels[id].map { !$0.isLocal && $0.isUp && !$0.isIncoming && operatorID(of: $0) != nil } ?? false
        }
        return found.sorted().first
    }

    /// The far end answered.
    mutating func reached(_ call: inout BridgedCall, _ time: Timestamp) {
        call.isReached = true
        call.endedBy = nil
        emit("call.answered", &call, time)
    }

    /// A line outside hung up.
    mutating func lineLeft(_ owner: String, _ line: String, cause: String?, _ time: Timestamp) {
        callOfParty[line] = nil
        var isOver = false
        with(owner) { translator, call in
            call.parties.removeAll { $0 == line }
            call.partyCause = cause
            guard call.isReached ? call.parties.isEmpty : call.phone == nil && call.parties.isEmpty else { return }
            translator.end(&call, cause: cause, time)
            isOver = true
        }
        if isOver { drop(owner) }
    }

    /// The phone that dialed hung up.
    mutating func phoneLeft(_ owner: String, _ channel: Channel?, cause: String?, _ time: Timestamp) {
        if let id = channel?.id { callOfPhone[id] = nil }
        var isOver = false
        with(owner) { translator, call in
            call.phone = nil
            // What the far end answered goes on until that hangs up: it may have been handed on.
            guard !call.isReached || call.parties.isEmpty else { return }
            let said = call.endedBy == "operator" ? nil : call.partyCause
            translator.end(&call, cause: said ?? cause, time)
            isOver = true
        }
        if isOver { drop(owner) }
    }

    /// An external party replaces the operator, who connected the two.
    mutating func leaveToOthers(_ call: inout BridgedCall, _ time: Timestamp) {
        guard call.isReached, !call.isOutside else { return }
        call.isOutside = true
        let other = call.parties.first.flatMap {
            reach($0).talks.first { callOfParty[$0.channel] != nil || isOutside($0.channel) }
        }
        let to = other.flatMap { channels[$0.channel] }.flatMap { number(of: $0) } ?? "s"
        emit("call.transferred", &call, time, [("to", .text(to)), ("kind", .text("attended"))])
        call.talks = []
        call.lostAt = nil
        call.isHeld = false
    }

    /// A phone dialled what looks like an external number, and no line was tried: it counts as dialed.
    mutating func neverLeftTheHouse(_ channel: Channel, cause: String?, _ time: Timestamp) {
        guard channel.id == channel.linked, !channel.isUp, !channel.hasServed, !channel.isInternal,
            let who = operatorID(of: channel),
            let to = channel.exten, to.filter(\.isNumber).count > EndpointRules.digitsMax,
            to.allSatisfy({ $0.isNumber || $0 == "+" })
        else { return }
        var call = BridgedCall(id: channel.id, startedAt: channel.startedAt, dialedBy: who, phone: channel.id, to: to)
        end(&call, cause: cause, time)
    }
}
