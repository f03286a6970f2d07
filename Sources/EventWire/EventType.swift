/// The event types of protocol version 1, and those that only the daemon itself writes.
enum EventType: String, CaseIterable {
    case offered = "call.offered"
    case dialed = "call.dialed"
    case identified = "call.identified"
    case queued = "call.queued"
    case ringing = "call.ringing"
    case unanswered = "call.unanswered"
    case answered = "call.answered"
    case parked = "call.parked"
    case retrieved = "call.retrieved"
    case held = "call.held"
    case resumed = "call.resumed"
    case transferred = "call.transferred"
    case dequeued = "call.dequeued"
    case ended = "call.ended"
    case login = "operator.login"
    case logout = "operator.logout"
    case paused = "operator.paused"
    case unpaused = "operator.resumed"
    case ready = "operator.ready"
    case busy = "operator.busy"
    case free = "operator.free"
    case snapshot = "pbx.snapshot"
    case pbxDisconnected = "pbx.disconnected"
    case pbxConnected = "pbx.connected"
    case touchpoint = "touchpoint.recorded"
    case ping
    case popSeen = "screenpop.pop.seen"
    case noteDraft = "screenpop.call.note_draft"
    case note = "screenpop.call.note"
    case disposition = "screenpop.call.disposition"
    case unidentified = "screenpop.call.unidentified"
    case customerNote = "screenpop.customer.note"
    case callbackDone = "screenpop.callback.done"
    case callbackClaim = "screenpop.callback.claim"
    case outside = "screenpop.call.outside"

    /// Only in the daemon's own log, not on the wire.
    var isInternal: Bool {
        switch self {
        case .popSeen, .noteDraft, .note, .disposition, .unidentified, .customerNote, .callbackDone, .callbackClaim,
            .outside:
            true
        default: false
        }
    }

    /// The type that `count` bytes at `start` spell; half the price of making a string first. `init(rawValue:)` has the
    /// last word, so a type left out here is slower and no less known.
    @inline(__always)
    static func named(by text: JSONScanner, _ start: Int, _ count: Int) -> EventType? {
        @inline(__always) func spells(_ word: StaticString) -> Bool { text.matches(start, count, word) }
        switch count {
        case 4: return spells("ping") ? .ping : nil
        case 9: return spells("call.held") ? .held : nil
        case 10: return spells("call.ended") ? .ended : nil
        case 11:
            if spells("call.queued") { return .queued }
            return spells("call.dialed") ? .dialed : nil
        case 12:
            if spells("call.ringing") { return .ringing }
            if spells("call.offered") { return .offered }
            return spells("call.resumed") ? .resumed : nil
        case 13: return spells("call.answered") ? .answered : nil
        case 14: return spells("operator.ready") ? .ready : nil
        case 15: return spells("call.unanswered") ? .unanswered : nil
        default: return nil
        }
    }
}
