import BridgeCore
import CallCenter

/// The dialplan asks for a route: the call is offered now, with the dialplan's facts about the caller.
extension Translator {
    /// - Parameter request: the channel, as FreeSWITCH answers `connect` with it. The variables `screenpop_queue` and
    ///   `screenpop_did` name the queue that the dialplan intends, and the number called where it is another.
    /// - Returns: the events to send, the offer last. If the call was offered before, the same offer, which gets the
    ///   same reply. Empty for a channel that is no caller's.
    public mutating func route(_ request: SwitchEvent, arrivedAt now: Timestamp) -> [BridgeEvent] {
        out.removeAll(keepingCapacity: true)
        guard let id = request["Unique-ID"], id.utf8.count <= 100 else { return [] }
        if legs[id] == nil {
            // The question may be here before the event of the call's channel.
            let us = request["Caller-Channel-Created-Time"].flatMap(Int64.init) ?? 0
            create(request, us > 0 ? Timestamp(ms: us / 1_000) : now - aheadMs)
        }
        guard legs[id]?.owner == nil, let owner = callOfParty[id] else { return [] }
        var offered: BridgeEvent?
        with(owner) { translator, call in
            guard !call.isDialed else { return }
            if call.isOffered {
                offered = call.offer
                return
            }
            // By now the dialplan has cleaned the number.
            call.caller.update(request)
            if let line = request["variable_screenpop_did"] { call.line = line }
            call.meantFor = request["variable_screenpop_queue"].map { String($0.prefix { $0 != "@" }) }
            translator.offer(&call)
            offered = call.offer
        }
        return offered.map { [$0] } ?? []
    }
}
