import AMI
import CallCenter

/// Calls handed on.
extension Translator {
    mutating func blindTransfer(_ frame: AMIFrame, _ time: Timestamp) {
        guard frame["Result"] == "Success", let extent = frame["Extension"], !extent.isEmpty else { return }
        let target = transferTarget(extent)
        with(frame["TransfereeUniqueid"]) { translator, call in
            guard call.talking != nil else { return }
            translator.handOn(&call, target, kind: "blind", time)
        }
    }

    /// An operator where the number dialled is one's, otherwise a number.
    private func transferTarget(_ extent: String) -> (name: String, value: BridgeEvent.Value) {
        members[extent] != nil ? ("operator", .text(extent)) : ("to", .text(extent))
    }

    private mutating func handOn(
        _ call: inout BridgedCall, _ target: (name: String, value: BridgeEvent.Value), kind: String, _ time: Timestamp
    ) {
        call.isQueued = false
        call.talking = nil
        call.talkingChannel = nil
        call.isHeld = false
        call.operatorLeftAt = nil
        call.endedBy = nil
        tell("call.transferred", &call, time, [target, ("kind", .text(kind))])
    }

    mutating func attendedTransfer(_ frame: AMIFrame, _ time: Timestamp) {
        guard frame["Result"] == "Success" else { return }
        let first = frame["OrigTransfererUniqueid"], target = frame["TransferTargetUniqueid"]
        let caller = frame["TransfereeUniqueid"].flatMap { calls[$0]?.id } ?? first.flatMap { id in calls.values.first { $0.talkingChannel == id }?.id }
        let phone = target.flatMap(phone)
        with(caller) { translator, call in
            guard call.talking != nil else { return }
            if let phone, let who = translator.operatorID(of: phone) {
                // Handed on while the next phone still rings, it is not yet anybody's talk.
                translator.handOn(&call, ("operator", .text(who)), kind: phone.isUp ? "attended" : "blind", time)
                if phone.isUp {
                    call.talking = who
                    call.talkingChannel = phone.id
                } else {
                    translator.ring(who, &call, time)
                }
            } else {
                translator.handOn(&call, ("to", .text(frame["TransferTargetExten"] ?? frame["SecondTransfererExten"] ?? "s")), kind: "attended", time)
            }
        }
        if let phone, let caller { channels[phone.id]?.dialledBy = caller }
    }

    /// The phone behind a channel: a Local channel's other half dialled it.
    private func phone(_ id: String) -> Channel? {
        guard let channel = channels[id] else { return nil }
        guard channel.name.hasPrefix("Local/") else { return channel }
        return channel.partner.flatMap { channels[$0]?.dials }.flatMap { channels[$0] }
    }

    /// The caller goes elsewhere after the operator's leg ended without a word (AMI Redirect): that was a transfer.
    mutating func settleTransfer(_ call: inout BridgedCall, to dialled: String?, _ time: Timestamp) {
        guard call.talking != nil, let left = call.operatorLeftAt else { return }
        let who = dialled.flatMap { channels[$0] }.flatMap(operatorID)
        handOn(&call, who.map { ("operator", .text($0)) } ?? ("to", .text(call.line ?? "s")), kind: "blind", left)
    }
}
