import CallCenter

/// The state at a past moment, as the HTTP interface needs it.
public protocol PastStates: Sendable {
    /// The state as it was at a time, or at a log position; nil for its end.
    func state(until time: Timestamp?, through seq: Int64?) async throws -> PastState
    /// The lines behind a log position, in order, so many at most; none at its end.
    func entries(after seq: Int64, limit: Int) async throws -> [LoggedLine]
}

/// The result of a replay.
public struct PastState: Sendable {
    /// The state at that moment.
    public var centre: Centre
    /// How many events it took.
    public var events: Int
    /// When the oldest event of the log was read, and the newest one of the replay; nil for none.
    public var begins, last: Timestamp?
    /// Nothing of the log was removed.
    public var isWhole: Bool

    /// Copies its values.
    public init(centre: Centre, events: Int, begins: Timestamp?, last: Timestamp?, isWhole: Bool) {
        self.centre = centre
        self.events = events
        self.begins = begins
        self.last = last
        self.isWhole = isWhole
    }
}
