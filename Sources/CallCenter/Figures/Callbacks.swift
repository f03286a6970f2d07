/// A caller who gave up and was not reached since.
public struct Callback: Equatable, Sendable {
    /// One abandoned call.
    public struct Try: Equatable, Sendable {
        /// The call's own number.
        public var call: Int64
        /// When the caller gave up.
        public var at: Timestamp
        public var queue: String
        /// The caller's tier at that time.
        public var tier: String
        /// Milliseconds.
        public var waited: Int64
    }
    public var e164: String
    /// The customer that the number was last known to be.
    public var customer: Int64?
    /// Oldest first, at least one.
    public var tries: [Try]
}

/// The desk tells that an abandoned caller was called back, or need not be.
public struct CallbackDone: Equatable, Sendable {
    /// E.164.
    public var from: String
    public var by: String?
    public var note: String?

    public init(from: String, by: String?, note: String?) {
        self.from = from
        self.by = by
        self.note = note
    }
}

extension Centre {
    /// Callers who abandoned and were not reached since, the one who waits longest first.
    public var callbacks: [Callback] { callers.callbacks() }

    mutating func apply(_ done: CallbackDone, _ event: Event, seq: Int64, effects: inout [Effect]) {
        guard let key = CallerMemory.key(done.from) else { return }
        callers.noteReached(key, at: event.time)
        guard let customer = callers.customer(of: key) else { return }
        let touchpoint = Touchpoint(at: event.time, channel: "phone", direction: .outbound, operator: done.by, summary: done.note ?? "")
        effects.append(.history(.touchpoint(seq: seq, customer: customer, touchpoint)))
    }
}
