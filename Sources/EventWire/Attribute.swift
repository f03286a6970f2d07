/// The attributes that the daemon reads. All others are only checked to be JSON.
enum Attribute: Int {
    case type, id, source, time, call
    case from, to, queue, name, presentation
    case customer, position, priority, `operator`, reason, by, cause, kind
    case device, queues
    case calls, operators, state, since
    case email, account, channel, summary, direction, duration
    case pop, text
    case externalID, slot, part, parts
    case url

    static let count = Attribute.url.rawValue + 1

    /// The case's name is the attribute's, with one exception.
    var name: String { self == .externalID ? "external_id" : String(describing: self) }

    /// Only in the daemon's own log, not on the wire.
    var isInternal: Bool { self == .pop || self == .text || self == .url }

    /// Attributes with text that callers or outsiders typed (protocol.md, An event), and the lists that contain them.
    var mayBeBroken: Bool {
        switch self {
        case .name, .from, .to, .summary, .reason, .calls, .operators: true
        default: false
        }
    }

    /// The attribute that the bytes spell: a JSON name of `count` bytes at `start`.
    @inline(__always)
    static func named(by text: JSONScanner, _ start: Int, _ count: Int) -> Attribute? {
        @inline(__always) func spells(_ word: StaticString) -> Bool { text.matches(start, count, word) }
        switch count {
        case 2:
            if spells("id") { return .id }
            if spells("to") { return .to }
            if spells("by") { return .by }
        case 3:
            if spells("pop") { return .pop }
            if spells("url") { return .url }
        case 4:
            if spells("type") { return .type }
            if spells("call") { return .call }
            if spells("time") { return .time }
            if spells("from") { return .from }
            if spells("name") { return .name }
            if spells("kind") { return .kind }
            if spells("text") { return .text }
            if spells("slot") { return .slot }
            if spells("part") { return .part }
        case 5:
            if spells("queue") { return .queue }
            if spells("cause") { return .cause }
            if spells("state") { return .state }
            if spells("since") { return .since }
            if spells("calls") { return .calls }
            if spells("email") { return .email }
            if spells("parts") { return .parts }
        case 6:
            if spells("source") { return .source }
            if spells("reason") { return .reason }
            if spells("device") { return .device }
            if spells("queues") { return .queues }
        case 7:
            if spells("channel") { return .channel }
            if spells("summary") { return .summary }
            if spells("account") { return .account }
        case 8:
            if spells("operator") { return .operator }
            if spells("customer") { return .customer }
            if spells("position") { return .position }
            if spells("priority") { return .priority }
            if spells("duration") { return .duration }
        case 9:
            if spells("operators") { return .operators }
            if spells("direction") { return .direction }
        case 11:
            if spells("external_id") { return .externalID }
        case 12:
            if spells("presentation") { return .presentation }
        default: break
        }
        return nil
    }

    /// The longest text, in bytes.
    var bytesMax: Int {
        switch self {
        case .id, .source, .call, .operator, .queue, .queues, .pop: WireLimits.idBytesMax
        case .text: WireLimits.noteBytesMax
        default: WireLimits.stringBytesMax
        }
    }

    /// What is expected, for the error message to the sender.
    var meaning: String {
        switch self {
        case .type: "the event's type, such as \"call.offered\""
        case .id: "the event's id as a string, unique within its source"
        case .source: "the name of the PBX or bridge"
        case .time: "when it happened in RFC 3339, such as \"2026-01-31T09:00:00+09:00\""
        case .since: "since when in RFC 3339, such as \"2026-01-31T09:00:00+09:00\""
        case .call: "the PBX's id of the call as a string, the same in all of its events"
        case .from: "the caller's number as a string, such as \"+81312345678\", or null when there is none"
        case .to: "the number as a string, such as \"+81312345678\""
        case .queue: "the queue's name, such as \"support\""
        case .name: "a name as a string"
        case .customer: "the customer's id, a whole number from 1 up"
        case .position: "the place in the queue, a whole number from 0 to \(WireLimits.rankMax)"
        case .priority: "a whole number from -\(WireLimits.rankMax) to \(WireLimits.rankMax)"
        case .operator: "the operator's id as a string, such as \"101\""
        case .cause, .reason: "a word as a string"
        case .device: "what the PBX dials, such as \"PJSIP/101\""
        case .queues: "a list of at most \(WireLimits.queuesMax) queue names, such as [\"support\"]"
        case .calls: "a list of the calls that are alive, as objects; [] when there are none"
        case .operators: "a list of the operators who are there, as objects; [] when there are none"
        case .email: "the customer's e-mail address as a string"
        case .account: "the customer's account on that channel as a string"
        case .channel: "the channel, such as \"email\""
        case .summary: "a sentence on what it was about"
        case .duration: "milliseconds, a whole number from 0 to \(WireLimits.durationMax)"
        case .pop: "the pop's id as a string"
        case .externalID: "the customer's id in your CRM, as a string"
        case .slot: "the parking place as a string, such as \"701\""
        case .part: "which part of the snapshot this is, a whole number from 1 to parts"
        case .parts: "how many parts the snapshot has, a whole number from 1 to \(WireLimits.snapshotPartsMax)"
        case .text: "what was written, as a string"
        case .url: "an address, as a string"
        case .presentation, .by, .kind, .state, .direction: "one of the words the protocol lists"
        }
    }
}
