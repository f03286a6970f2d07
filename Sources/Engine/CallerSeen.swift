import CallCenter

/// A caller of a call that has just begun, for whoever looks callers up outside.
public struct CallerSeen: Sendable {
    /// The call that they are the caller of.
    public var call: CallKey
    /// One that `isAskedOutside`.
    public var caller: CallerNumber
    /// A record has the number.
    public var isKnown: Bool
    /// When the event was applied, by a monotonic clock. Microseconds.
    public var clock: Int64

    /// Copies its values; `clock` is now unless the caller was applied earlier.
    public init(call: CallKey, caller: CallerNumber, isKnown: Bool, clock: Int64 = Engine.microseconds()) {
        self.call = call
        self.caller = caller
        self.isKnown = isKnown
        self.clock = clock
    }

    /// nil for an event that says nothing of who calls, for a withheld or blocked number, and for what is none.
    init?(_ event: Event, _ lookup: Lookup?) {
        guard case .call(let id, let body) = event.body, let lookup else { return nil }
        switch body {
        case .offered, .dialed, .identified(.from): break
        default: return nil
        }
        guard lookup.caller.isAskedOutside, !lookup.blocked else { return nil }
        self.init(
            call: CallKey(source: event.source, call: id), caller: lookup.caller, isKnown: !lookup.candidates.isEmpty)
    }
}
