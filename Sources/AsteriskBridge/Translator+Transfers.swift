import AMI
import CallCenter

/// Calls handed on.
extension Translator {
    mutating func blindTransfer(_ frame: AMIFrame, _ time: Timestamp) {
        guard frame["Result"] == "Success", let extent = frame["Extension"], !extent.isEmpty else { return }
        let transferer = frame["TransfererUniqueid"], transferee = frame["TransfereeUniqueid"]
        with(transferer.flatMap { callTalking(on: $0) } ?? transferee.flatMap { callOf($0) }) { translator, call in
            guard !call.talks.isEmpty || call.isDialed else { return }
            // Where it leads is known in a moment: to an operator, a queue, a parking place.
            translator.tellHandedOn(&call)
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

    /// Who talks with whom after it, the bridges have told; what they have not is a target that is not answered yet.
    mutating func attendedTransfer(_ frame: AMIFrame, _ time: Timestamp) {
        guard frame["Result"] == "Success" else { return }
        for side in ["OrigTransferer", "SecondTransferer"] {
            guard let id = frame[side + "Uniqueid"], let owner = callTalking(on: id) else { continue }
            with(owner) { translator, call in
                guard call.talks.contains(where: { $0.channel == id }), call.lostAt != nil else { return }
                // The caller waits where the operator waited: in a queue, or for a phone that still rings.
                translator.tellHandedOn(&call)
                call.handedOn = .init(to: frame["TransferTargetExten"] ?? frame["SecondTransfererExten"] ?? "", at: time)
                call.talks = []
                call.isHeld = false
                call.lostAt = nil
                call.endedBy = nil
            }
        }
        follow(["OrigTransferer", "SecondTransferer", "Transferee", "TransferTarget"].compactMap { frame[$0 + "Uniqueid"] }, time)
    }
}
