import AMI
import BridgeCore
import CallCenter

/// The dialplan asks for a route: the call is offered now, with the dialplan's facts about the caller.
extension Translator {
    /// - Returns: the events to send, the offer last. If the call was offered before, the same offer, which gets the
    ///   same reply. Empty when the call's offer is not known.
    public mutating func route(_ request: AGIRequest, arrivedAt now: Timestamp) -> [BridgeEvent] {
        out.removeAll(keepingCapacity: true)
        guard let id = request["uniqueid"], id.utf8.count <= 100 else { return [] }
        // The request may come from an operator's phone that calls a queue or an extension.
        if callOfParty[id] == nil, calls[id] == nil, operatorID(of: id) != nil { return [] }
        // The question may be here before the manager's event of the call's channel.
        if calls[id] == nil { add(BridgedCall(id: id, startedAt: now, channelIsSeen: channels[id] != nil)) }
        guard var call = calls.removeValue(forKey: id) else { return [] }
        defer {
            calls[id] = call
        }
        if call.isOffered { return call.offer.map { [$0] } ?? [] }
        // By now the dialplan has cleaned the number.
        call.caller.update(request)
        if let line = request.parameter("did") ?? request["dnid"] ?? call.line ?? request["extension"] {
            call.line = line
        }
        call.meantFor = request.parameter("queue")
        offer(&call)
        return out
    }
}

extension CallerIdentity {
    mutating func update(_ request: AGIRequest) {
        number = request["callerid"]
        name = request["calleridname"]
        // A number that was withheld once stays withheld: the two sources do not always agree.
        guard presentation?.hasPrefix("prohib") != true, let code = request["callingpres"].flatMap({ Int($0) }) else {
            return
        }
        presentation = Translator.presentation(ofCode: String(code)) ?? presentation
    }
}
