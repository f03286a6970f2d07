import AMI
import CallCenter

/// A channel of Asterisk: one leg, of a caller or of a phone.
struct Channel {
    var id: String
    var linked: String
    /// `PJSIP/101-0000002c`.
    var name: String
    /// Answered.
    var isUp = false
    var hasRung = false
    /// The other half of a Local channel.
    var partner: String?
    /// The channel it was dialled from.
    var dialledBy: String?
    /// The newest channel that was dialled from it.
    var dials: String?
    var hangupRequested = false

    /// `101` of `PJSIP/101-0000002c`; nil for halves of Local channels and for trunks, whose peer is no number of the house.
    var peer: String? { name.hasPrefix("Local/") ? nil : Interface.peer(ofChannel: name) }
}

/// Names of devices and members.
enum Interface {
    /// `101` of `PJSIP/101` and `SIP/101`, and of `Local/101@agents/n`; the whole text when it has no such form.
    static func id(_ interface: String) -> String {
        guard let slash = interface.firstIndex(of: "/") else { return interface }
        let rest = interface[interface.index(after: slash)...]
        return String(rest.prefix { $0 != "@" && $0 != "/" })
    }

    /// What is before the last hyphen and behind the slash.
    static func peer(ofChannel name: String) -> String? {
        guard let slash = name.firstIndex(of: "/"), let hyphen = name.lastIndex(of: "-"), slash < hyphen else { return nil }
        return String(name[name.index(after: slash)..<hyphen])
    }
}

/// What the caller's network and Asterisk say of who is calling.
struct CallerIdentity: Equatable {
    var number: String?
    var name: String?
    /// `CALLERID(pres)`; nil while nobody said.
    var presentation: String?

    static let unknown = "<unknown>"

    init() {}

    /// From the channel block of the caller's own channel.
    mutating func take(_ frame: AMIFrame) {
        number = frame["CallerIDNum"].flatMap { $0 == CallerIdentity.unknown || $0.isEmpty ? nil : $0 }
        name = frame["CallerIDName"].flatMap { $0 == CallerIdentity.unknown || $0.isEmpty ? nil : CallerIdentity.unescaped($0) }
        if let given = frame.variable("CALLERID(pres)"), !given.isEmpty { presentation = given }
    }

    /// The fields of `call.offered`. A number that is withheld does not leave this program.
    var fields: [(name: String, value: BridgeEvent.Value)] {
        if let presentation, presentation.hasPrefix("prohib") { return [("presentation", .text("restricted"))] }
        if presentation == "unavailable" { return [("presentation", .text("unavailable"))] }
        guard let number else { return [("presentation", .text("unavailable"))] }
        if ["anonymous", "restricted", "private", "unavailable"].contains(number.lowercased()) { return [("presentation", .text("restricted"))] }
        return [("from", .text(number))] + (name.map { [("name", .text($0))] } ?? [])
    }

    /// Names come with quotes and backslashes escaped, twice in a channel's own block.
    static func unescaped(_ text: String) -> String {
        guard text.contains("\\") else { return text }
        func once(_ text: String) -> String {
            var out = "", isEscaped = false
            for character in text {
                if !isEscaped, character == "\\" {
                    isEscaped = true
                } else {
                    out.append(character)
                    isEscaped = false
                }
            }
            return isEscaped ? out + "\\" : out
        }
        return once(once(text))
    }
}
