import CRMLookup
import CallCenter
import Engine

/// The look-ups outside, as the interface needs them; of a daemon without any, nothing.
public struct LookupDesk: Sendable {
    /// How each does.
    public var statuses: @Sendable () -> [LookupStatus] = { [] }
    /// Asks each about a number, without what is kept.
    public var trials: @Sendable (_ caller: CallerNumber) async -> [LookupTrial] = { _ in [] }
    /// From a call's event to the last answer on its pop.
    public var fullPops: @Sendable () -> Durations = { Durations() }

    /// Of a daemon without look-ups.
    public init() {}
}
