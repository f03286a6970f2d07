import AMI
import CallCenter

/// Parked calls.
extension Translator {
    mutating func parked(_ frame: AMIFrame, _ time: Timestamp) {
        guard let id = frame["ParkeeUniqueid"], let owner = callOf(id) else { return }
        let parker = frame["ParkerDialString"].flatMap {
            operators[$0] ?? (Interface.canBeDialled($0) ? Interface.id($0) : nil)
        }
        with(owner) { translator, call in
            // The transfer into the parking lot is reported as a parking.
            let who = call.talking ?? (call.handedOn == nil ? nil : call.lastTalking) ?? parker ?? call.lastTalking
            call.handedOn = nil
            guard let who else { return }
            let slot = frame["ParkingSpace"].flatMap { $0.isEmpty ? nil : $0 }
            translator.emit(
                "call.parked", &call, time, [("operator", .text(who))] + (slot.map { [("slot", .text($0))] } ?? []))
            for talk in call.talks { if let channel = talk.channel { translator.channels[channel]?.isLeaving = true } }
            call.isParked = true
            call.slot = slot
            call.talks = []
            call.isHeld = false
            call.lostAt = nil
            call.endedBy = nil
        }
    }

    mutating func unparked(_ frame: AMIFrame, _ time: Timestamp) {
        guard let id = frame["ParkeeUniqueid"], let owner = callOf(id) else { return }
        let retriever = frame["RetrieverUniqueid"]
        let who = retriever.flatMap { operatorID(of: $0) }
        guard let who else { return }
        if let retriever { channels[retriever]?.hasServed = true }
        with(owner) { translator, call in
            guard call.isParked else { return }
            translator.retrieve(&call, who, time)
            call.talks = [.init(channel: retriever, who: who)]
        }
        if let retriever { follow([retriever], time) }
    }

    /// An operator takes it off its place.
    mutating func retrieve(_ call: inout BridgedCall, _ who: String, _ time: Timestamp) {
        let slot = call.slot
        call.isParked = false
        call.slot = nil
        call.rings = [:]
        emit("call.retrieved", &call, time, [("operator", .text(who))] + (slot.map { [("slot", .text($0))] } ?? []))
    }

    /// Nobody retrieved it: it returns to the operator who parked it, and rings there as any call does.
    mutating func parkingTimedOut(_ frame: AMIFrame, _ time: Timestamp) {
        guard let id = frame["ParkeeUniqueid"], let owner = callOf(id) else { return }
        calls[owner]?.isParked = false
        calls[owner]?.slot = nil
    }
}
