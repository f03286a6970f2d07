/// How a visit ended (metrics.md).
public enum Outcome: String, Equatable, Sendable, Codable, CaseIterable {
    /// An operator answered; or the call ended while it waited, later than `shortAbandon`.
    case answered, abandoned
    /// It ended while it waited, within the queue's `shortAbandon`.
    case shortAbandoned = "short_abandoned"
    /// Taken out of the queue; the same with the promise to call back; rejected by our answer; its end was not seen.
    case overflowed, callback, blocked, unknown
}

/// One stay of a call in one queue.
public struct Visit: Equatable, Sendable, Codable {
    /// The queue name for calls that were offered directly to an operator and named no queue.
    public static let directQueue = "direct"

    /// The queue's name, or `directQueue`.
    public var queue: String
    /// When the wait began, on the PBX's clock.
    public var start: Timestamp
    /// The start was not seen: the visit is counted, but left out of waits and service levels.
    public var partial: Bool
    /// How it ended; nil while it waits.
    public var outcome: Outcome?
    /// When it ended, on the PBX's clock; nil while it waits.
    public var outcomeAt: Timestamp?
    /// Why it left the queue unanswered, as the PBX said.
    public var dequeued: DequeueReason?
    /// Calls to `call.transferred` after the answer.
    public var transfers = 0
    /// Times it was put on hold after the answer.
    public var holds = 0

    package init(queue: String, start: Timestamp, partial: Bool) {
        self.queue = queue
        self.start = start
        self.partial = partial
    }

    /// Milliseconds from its start to its outcome; nil while it waits.
    public var wait: Int64? { outcomeAt.map { max(0, $0 - start) } }

    mutating func close(_ outcome: Outcome, at time: Timestamp) {
        self.outcome = outcome
        outcomeAt = max(time, start)
    }
}

/// One operator's part in a call: the ring, the talk, the after-call work.
public struct Leg: Equatable, Sendable, Codable {
    /// How an operator's part ended; the raw value is in the API.
    public enum End: String, Equatable, Sendable, Codable {
        /// The ring ended without an answer.
        case unanswered
        /// Somebody else answered, or the call left the queue.
        case elsewhere
        /// The caller hung up while it rang.
        case callerLeft = "caller_left"
        /// This operator transferred the call.
        case transferred
        /// This operator put the call on a parking place.
        case parked
        /// The call ended while this operator had it.
        case ended
        /// A snapshot no longer listed the call.
        case vanished
    }

    /// The operator's id.
    public var `operator`: String
    /// Which of the call's visits it belongs to; nil in a dialed call, which makes none.
    public var visit: Int?
    /// When this operator dialed the call.
    public var dialedAt: Timestamp?
    /// The ringing devices, if the PBX names them: the ring lasts until the last of them stops.
    package var devices: [String]?
    /// When the phone began to ring; nil when that was not seen.
    public var ringAt: Timestamp?
    /// When the operator answered, or the far end of a dialed call; nil for a ring alone.
    public var answeredAt: Timestamp?
    /// When the ring or the talk ended; nil while it lasts.
    public var endedAt: Timestamp?
    /// How it ended; nil while it lasts.
    public var end: End?
    /// Milliseconds on hold, holds that ended.
    public var hold: Int64 = 0
    /// Since when the call is on hold; nil when it is not.
    public var heldSince: Timestamp?
    /// Milliseconds of after-call work, once it ended.
    public var wrapUp: Int64?
    /// When the after-call work ended; nil while it lasts, and when there was none.
    public var wrapUpEndedAt: Timestamp?

    package init(operator: String, visit: Int?) {
        self.operator = `operator`
        self.visit = visit
    }

    var isRinging: Bool { answeredAt == nil && endedAt == nil && dialedAt == nil }
    var isDialing: Bool { dialedAt != nil && answeredAt == nil && endedAt == nil }
    var isTalking: Bool { answeredAt != nil && endedAt == nil }
    /// Milliseconds of talk without hold; nil until it ended.
    public var talk: Int64? {
        guard let answeredAt, let endedAt else { return nil }
        return max(0, endedAt - answeredAt - hold)
    }
}
