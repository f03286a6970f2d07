import BridgeCore

/// The caller's identity, as the network gave it.
struct CallerIdentity: Equatable {
    var number: String?
    var name: String?
    /// The network says that the number is not to be shown, and delivers it all the same.
    var isHidden = false

    /// Reads the headers of the caller's own leg.
    mutating func update(_ event: SwitchEvent) {
        number = event["Caller-Caller-ID-Number"]
        name = event["Caller-Caller-ID-Name"]
        // What was withheld once stays withheld, whatever a dialplan makes of it.
        if event["Caller-Privacy-Hide-Number"] == "true" || event["Caller-Privacy-Hide-Name"] == "true" {
            isHidden = true
        }
        if let privacy = event["variable_sip_Privacy"] ?? event["variable_sip_h_Privacy"] {
            let values = privacy.lowercased().split { $0 == ";" || $0 == "," || $0 == " " }
            if !Set(values).isDisjoint(with: ["id", "user", "full", "header"]) { isHidden = true }
        }
    }

    /// Words of a PBX or a network that are no number.
    private static let words: Set = ["anonymous", "restricted", "private", "withheld"]

    /// The fields of `call.offered`. A number that is withheld does not leave this program.
    var fields: [(name: String, value: BridgeEvent.Value)] {
        if isHidden { return [("presentation", .text("restricted"))] }
        guard let number, number.lowercased() != "unknown", number.lowercased() != "unavailable" else {
            return [("presentation", .text("unavailable"))]
        }
        if CallerIdentity.words.contains(number.lowercased()) { return [("presentation", .text("restricted"))] }
        var fields: [(name: String, value: BridgeEvent.Value)] = [("from", .text(number))]
        // Without a name FreeSWITCH writes the number.
        if let name, name != number, name.lowercased() != "unknown", name.contains(where: { !$0.isNumber }) {
            fields.append(("name", .text(name)))
        }
        return fields
    }
}
