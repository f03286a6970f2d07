import AMI
import BridgeCore
import CallCenter

/// A channel of Asterisk: one leg, of a caller or of a phone, or half of a Local channel.
struct Channel {
    var id: String
    var linked: String
    /// `PJSIP/101-0000002c`.
    var name: String { didSet { named() } }
    /// The context of its endpoint.
    var context: String
    /// What it dialled.
    var exten: String?
    /// It called the PBX; otherwise the PBX called it.
    var isIncoming: Bool
    var startedAt: Timestamp
    /// Its own number.
    var number: String?

    /// Answered.
    var isUp = false
    var upAt: Timestamp?
    var ringAt: Timestamp?
    /// The other half of a Local channel.
    var partner: String?
    /// The channel it was dialled from.
    var dialledBy: String?
    /// How: `101`, `09012345678@trunk`.
    var dialString: String?
    /// How the attempt ended, where it was not answered.
    var dialStatus: String?
    /// The channels that are being dialled from it, or were and answered.
    var dials: [String] = []
    var bridge: String?
    /// The agent of an agents' pool who waits for calls on it.
    var agent: String?

    /// It transferred its call, and will leave the bridge soon.
    var isLeaving = false
    /// It took part in a customer's call.
    var hasServed = false
    /// The phone is known to call a colleague.
    var isInternal = false
    /// The operator who was reported as busy because of this channel.
    var busyAs: String?
    /// The queue that an operator has called with it.
    var asksIn: String?

    // MARK: What its name says

    private(set) var isLocal = false
    private(set) var technology = ""
    /// `101` of `PJSIP/101-0000002c`.
    private(set) var peer: String?
    /// `PJSIP/101`, which is of all phones that share the endpoint.
    private(set) var device = ""

    init(
        id: String, linked: String, name: String, context: String, exten: String?, isIncoming: Bool,
        startedAt: Timestamp, number: String?
    ) {
        self.id = id
        self.linked = linked
        self.name = name
        self.context = context
        self.exten = exten
        self.isIncoming = isIncoming
        self.startedAt = startedAt
        self.number = number
        named()
    }

    /// Parsed once: the owner of a channel is needed with nearly every event.
    private mutating func named() {
        isLocal = name.hasPrefix("Local/")
        technology = Interface.technology(ofChannel: name)
        peer = Interface.peer(ofChannel: name)
        device = "\(technology)/\(peer ?? "")"
    }
}

/// Channels that hear each other.
struct Bridge {
    var channels: [String] = []
    /// Its channels wait and hear music: a parking lot, an agents' pool.
    var isHolding = false
}

/// The caller's identity, from the network and Asterisk.
struct CallerIdentity: Equatable {
    var number: String?
    var name: String?
    /// `CALLERID(pres)`; nil while unknown.
    var presentation: String?

    static let unknown = "<unknown>"

    init() {}

    /// Reads the channel headers of the caller's own channel.
    mutating func update(_ frame: AMIFrame) {
        number = frame["CallerIDNum"].flatMap { $0 == CallerIdentity.unknown || $0.isEmpty ? nil : $0 }
        name = frame["CallerIDName"].flatMap {
            $0 == CallerIdentity.unknown || $0.isEmpty ? nil : CallerIdentity.unescaped($0)
        }
        if let given = frame.variable("CALLERID(pres)"), !given.isEmpty { presentation = given }
    }

    /// The fields of `call.offered`. A number that is withheld does not leave this program.
    var fields: [(name: String, value: BridgeEvent.Value)] {
        if let presentation, presentation.hasPrefix("prohib") { return [("presentation", .text("restricted"))] }
        if presentation == "unavailable" { return [("presentation", .text("unavailable"))] }
        guard let number else { return [("presentation", .text("unavailable"))] }
        if ["anonymous", "restricted", "private", "unavailable"].contains(number.lowercased()) {
            return [("presentation", .text("restricted"))]
        }
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
