import CallCenter

/// Something that happened, as others are told of it: an event of the log, or one change of a record.
public struct OutwardEvent: Equatable, Sendable {
    /// The position of its entry in the log.
    public var seq: Int64
    /// Which of the changes of the entry, from 0; an event of a PBX is the only one.
    public var part: Int
    /// One of `OutwardTypes`.
    public var type: String
    /// When it happened, or was recorded.
    public var at: Timestamp
    /// Events with the same text are sent one after the other: those of a call, of a customer.
    public var order: String
    /// The call that it is about; nil for another event.
    public var call: CallKey?
    /// The customer that it is about, as far as the entry says.
    public var customer: Int64?
    /// The queue, as far as the entry says.
    public var queue: String?
    /// The customer's tier, as far as the entry says.
    public var tier: String?
    /// A JSON object.
    public var json: [UInt8]

    /// By which a receiver finds out that it has the event already: `1234`, or `1234.2`.
    public var id: String { part == 0 ? "\(seq)" : "\(seq).\(part)" }

    /// Copies its arguments.
    public init(
        seq: Int64, part: Int, type: String, at: Timestamp, order: String, call: CallKey? = nil,
        customer: Int64? = nil, queue: String? = nil, tier: String? = nil, json: [UInt8]
    ) {
        self.seq = seq
        self.part = part
        self.type = type
        self.at = at
        self.order = order
        self.call = call
        self.customer = customer
        self.queue = queue
        self.tier = tier
        self.json = json
    }

    /// The position and the part of an id; nil for another text.
    public static func place(ofID text: String) -> (seq: Int64, part: Int)? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let seq = parts.first.flatMap({ Int64($0) }), seq > 0, seq < .max else { return nil }
        if parts.count == 1 { return (seq, 0) }
        guard let part = Int(parts[1]), part > 0 else { return nil }
        return (seq, part)
    }
}

/// Some events in the order of the log, and how far the log was read for them.
public struct OutwardBatch: Sendable {
    /// The events, in the order of the log.
    public var events: [OutwardEvent] = []
    /// The position of the last entry that was looked at.
    public var reached: Int64
    /// What follows waits for an erase that is being carried out: ask again in a moment.
    public var isHeld = false

    /// A batch without events, up to this position.
    public init(reached: Int64) { self.reached = reached }
}

/// What is known of a call beside one event of it.
public struct OutwardCall: Equatable, Sendable {
    /// The queue that the call is in or came from; nil without one.
    public var queue: String?
    /// The customer's tier; `unknown` when nobody matches.
    public var tier: String
    /// The likeliest customer's id; nil when nobody matches.
    public var customer: Int64?

    /// Copies its arguments.
    public init(queue: String?, tier: String, customer: Int64?) {
        self.queue = queue
        self.tier = tier
        self.customer = customer
    }
}
