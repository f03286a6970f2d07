import AMI
import CallCenter

/// The dialplan asks where a call should go: it is offered now, with what the dialplan knows of the caller.
extension Translator {
    /// - Returns: what is to be told, the offer last: the same one when the call was offered before, which is
    ///   answered as the first time. Empty for a call that no offer is known of.
    public mutating func route(_ request: AGIRequest, arrivedAt now: Timestamp) -> [BridgeEvent] {
        out.removeAll(keepingCapacity: true)
        guard let id = request["uniqueid"], id.utf8.count <= 100 else { return [] }
        // Whoever asks may be an operator's phone that calls a queue or an extension itself.
        if callOfParty[id] == nil, calls[id] == nil, operatorID(of: id) != nil { return [] }
        // The question may be here before the manager's event of the call's channel.
        if calls[id] == nil { add(BridgedCall(id: id, startedAt: now, channelIsSeen: channels[id] != nil)) }
        guard var call = calls.removeValue(forKey: id) else { return [] }
        defer {
            calls[id] = call
        }
        if call.isOffered { return call.offer.map { [$0] } ?? [] }
        // By now the dialplan has cleaned the number.
        call.caller.take(request)
        if let line = request.parameter("did") ?? request["dnid"] ?? call.line ?? request["extension"] {
            call.line = line
        }
        call.meantFor = request.parameter("queue")
        offer(&call)
        return out
    }
}

extension CallerIdentity {
    mutating func take(_ request: AGIRequest) {
        number = request["callerid"]
        name = request["calleridname"]
        // Once said to be withheld, it stays so: the two ways to ask do not always agree.
        guard presentation?.hasPrefix("prohib") != true, let code = request["callingpres"].flatMap({ Int($0) }) else {
            return
        }
        presentation = Translator.presentation(ofCode: String(code)) ?? presentation
    }
}
