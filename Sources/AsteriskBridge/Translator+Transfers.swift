import AMI
import CallCenter

/// Transfers.
extension Translator {
    mutating func blindTransfer(_ frame: AMIFrame, _ time: Timestamp) {
        guard frame["Result"] == "Success", let extent = frame["Extension"], !extent.isEmpty else { return }
        let transferer = frame["TransfererUniqueid"], transferee = frame["TransfereeUniqueid"]
        with(transferer.flatMap { callTalking(on: $0) } ?? transferee.flatMap { callOf($0) }) { translator, call in
            guard !call.talks.isEmpty || call.isDialed else { return }
            if let transferer { translator.channels[transferer]?.isLeaving = true }
            // The target is known a moment later: an operator, a queue, a parking lot.
            translator.emitHandedOn(&call)
            call.handedOn = .init(to: extent, at: time)
            call.isQueued = false
            call.talks = []
            call.isHeld = false
            call.lostAt = nil
            call.endedBy = nil
        }
    }

    /// The call that a channel is part of, itself or as half of a Local channel.
    func callOf(_ id: String) -> String? {
        if let owner = callOfParty[id] { return owner }
        return component(of: [id]).sorted().lazy.compactMap { callOfParty[$0] }.first
    }

    /// The bridges show who talks with whom afterwards. If the consultation was not answered yet, the caller replaces
    /// the operator in it: rings at a colleague, or waits in a queue.
    mutating func attendedTransfer(_ frame: AMIFrame, _ time: Timestamp) {
        guard frame["Result"] == "Success" else { return }
        if frame["DestType"] == "App", let second = frame["SecondTransfererUniqueid"],
            let caller = frame["TransfereeUniqueid"]
        {
            replaceParty(
                caller, of: second, from: frame["OrigTransfererUniqueid"], exten: frame["SecondTransfererExten"], time)
        }
        let parts = [
            frame["OrigTransfererUniqueid"], frame["SecondTransfererUniqueid"], frame["TransfereeUniqueid"],
            frame["TransferTargetUniqueid"],
        ]
        follow(parts.compactMap(\.self), time)
    }

    private mutating func replaceParty(
        _ caller: String, of second: String, from first: String?, exten: String?, _ time: Timestamp
    ) {
        let queue = channels[second]?.asksIn, typed = channels[second]?.exten ?? exten ?? ""
        for dialled in channels[second]?.dials ?? [] {
            endDial(dialled)
            dial(caller, dialled)
        }
        with(first.flatMap { callTalking(on: $0) } ?? callOf(caller)) { translator, call in
            guard !call.talks.isEmpty else { return }
            if let first { translator.channels[first]?.isLeaving = true }
            translator.emitHandedOn(&call)
            call.handedOn = .init(to: typed, at: time)
            call.talks = []
            call.isHeld = false
            call.lostAt = nil
            call.endedBy = nil
            if let queue { translator.wait(&call, in: queue, position: nil, time) }
        }
    }
}
