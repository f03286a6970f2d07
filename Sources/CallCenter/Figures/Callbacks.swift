/// A caller who gave up or asked to be called back.
public struct Callback: Equatable, Sendable {
    /// Why the caller is on the list.
    public enum Kind: String, Equatable, Sendable, Codable, CaseIterable {
        /// The caller gave up while waiting.
        case abandoned
        /// The visit ended with `callback`: the caller asked for it.
        case requested
    }

    /// One lost call.
    public struct Lost: Equatable, Sendable {
        /// Whether the caller gave up, or asked.
        public var kind: Kind
        /// The call's own number.
        public var call: Int64
        /// When the caller gave up, or asked.
        public var at: Timestamp
        /// The queue in which the caller waited.
        public var queue: String
        /// The caller's tier at that time.
        public var tier: String
        /// Milliseconds.
        public var waited: Int64
    }

    /// One call that an operator dialed to the caller.
    public struct Try: Equatable, Sendable, Codable {
        /// The call's own number.
        public var call: Int64
        /// When the operator dialed. Event time.
        public var at: Timestamp
        /// Who dialed, by operator id.
        public var `operator`: String
        /// When the far end answered; nil for a try in vain.
        public var reachedAt: Timestamp?
    }

    /// Which operator calls back, since when.
    public struct Claim: Equatable, Sendable, Codable {
        /// The operator's id.
        public var by: String
        /// When the operator claimed it. Event time.
        public var since: Timestamp

        /// Whether it still counts: it falls back after a time.
        ///
        /// - Parameter limit: milliseconds; nil: never.
        public func isValid(at now: Timestamp, limit: Int64?) -> Bool { limit.map { now - since < $0 } ?? true }
    }

    /// The caller's number, by which callers are told apart.
    public var e164: String
    /// The customer that the number was last known to be.
    public var customer: Int64?
    /// Oldest first, at least one.
    public var calls: [Lost]
    /// Oldest first.
    public var tries: [Try]
    /// Who calls back; nil when nobody claimed it, also when the claim fell back.
    public var claim: Claim?
    /// When the caller was reached, in either direction; nil while the callback is due.
    public var reachedAt: Timestamp?

    /// From the first lost call to the moment that the caller was reached. Milliseconds; nil until then.
    public var recall: Int64? {
        guard let reachedAt, let first = calls.first else { return nil }
        return max(0, reachedAt - first.at)
    }
}

/// The desk reports that a caller was called back, or need not be.
public struct CallbackDone: Equatable, Sendable {
    /// E.164.
    public var from: String
    /// Who reported it, by operator id; nil for somebody else.
    public var by: String?
    /// What was reported with it, in that person's words; nil for nothing.
    public var note: String?

    /// Copies its arguments.
    public init(from: String, by: String?, note: String?) {
        self.from = from
        self.by = by
        self.note = note
    }
}

/// The desk reports that an operator will call back, or no longer will.
public struct CallbackClaim: Equatable, Sendable {
    /// E.164.
    public var from: String
    /// nil releases the claim.
    public var by: String?

    /// Copies its arguments.
    public init(from: String, by: String?) {
        self.from = from
        self.by = by
    }
}

/// What tells one list of callbacks from another, as far as calls make it.
public struct CallbacksDue: Equatable, Sendable {
    /// How many callers wait.
    public var callers: Int
    /// When the newest of their calls was lost; nil when nobody waits. Event time.
    public var newest: Timestamp?
    /// When the oldest of them was.
    public var oldest: Timestamp?

    /// Copies its arguments.
    public init(callers: Int, newest: Timestamp?, oldest: Timestamp?) {
        self.callers = callers
        self.newest = newest
        self.oldest = oldest
    }
}

extension Centre {
    /// Who waits to be called back, in short.
    public var callbacksDue: CallbacksDue {
        let times = callers.allDue().map(\.at)
        return CallbacksDue(callers: times.count, newest: times.max(), oldest: times.min())
    }

    /// Callers who gave up or asked to be called back and were not reached since, the one who waits longest first.
    public var callbacks: [Callback] { callers.callbacks() }

    /// Callers who were reached after `time`, the oldest lost call first.
    public func callbacksDone(after time: Timestamp) -> [Callback] { callers.callbacksDone(after: time) }

    /// The callback of a number that is due; nil when none is.
    public func callback(from e164: String) -> Callback? {
        CallerMemory.key(e164).flatMap { callers.callback(from: $0) }
    }

    mutating func apply(_ done: CallbackDone, _ event: Event, seq: Int64, effects: inout [Effect]) {
        guard let key = CallerMemory.key(done.from) else { return }
        callers.noteReached(key, at: event.time)
        guard let customer = callers.customer(of: key) else { return }
        let touchpoint = Touchpoint(
            at: event.time, channel: "phone", direction: .outbound, operator: done.by, summary: done.note ?? "")
        effects.append(.history(.touchpoint(seq: seq, customer: customer, touchpoint)))
    }

    /// The first claim is valid until it is released or falls back: of two operators who claim at once, one calls.
    mutating func apply(_ claim: CallbackClaim, _ event: Event) {
        guard let key = CallerMemory.key(claim.from), let due = callers.callback(from: key) else { return }
        guard let by = claim.by else { return callers.note(nil, of: key) }
        let isTaken = due.claim?.isValid(at: event.time, limit: policy.claimLimit) ?? false
        if !isTaken { callers.note(Callback.Claim(by: by, since: event.time), of: key) }
    }

    /// Updates the callbacks with a dialed call.
    mutating func bookTry(_ call: Call) {
        guard let who = call.life.dialedBy, let key = call.lookup?.caller.e164.flatMap(CallerMemory.key),
            let start = call.startedAt
        else { return }
        let reached = call.life.reachedAt
        callers.note(Callback.Try(call: call.number, at: start, operator: who, reachedAt: reached), to: key)
        // The same customer may have waited on another number.
        let contact = call.customerID.flatMap { customer in
            reached.map { CallerMemory.Contact(customer: customer, at: $0) }
        }
        callers.note(contact, id: call.number)
    }
}
