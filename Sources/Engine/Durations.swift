/// Counts of durations in buckets, for monitoring: a sum and a few bounds are enough there.
public struct Durations: Equatable, Sendable {
    /// Upper bounds of all buckets but the last, which has none. Microseconds.
    public static let bounds: [Int64] = [
        100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 5_000_000,
    ]

    /// Number of durations in each bucket: above the bound before, up to and including its own.
    public private(set) var counts = [Int64](repeating: 0, count: bounds.count + 1)
    /// Microseconds.
    public private(set) var sum: Int64 = 0

    /// No duration yet.
    public init() {}

    /// Counts one more. What is below 0, as a clock that was set back makes it, counts in the first bucket and adds
    /// nothing.
    public mutating func add(_ microseconds: Int64) {
        counts[Durations.bounds.firstIndex { microseconds <= $0 } ?? Durations.bounds.count] += 1
        sum += max(0, microseconds)
    }
}

/// Measurements of the engine since the start of the daemon.
public struct EngineHealth: Equatable, Sendable {
    /// Delay of events: from the PBX's time to the arrival here.
    public var lags = Durations()
    /// Duration of commits, until the disk has confirmed.
    public var commits = Durations()
    /// From the reading of an event's bytes to its reply.
    public var answers = Durations()
    /// Commits that failed.
    public var failures: Int64 = 0
    /// Checkpoints that could not be written.
    public var checkpointFailures: Int64 = 0
    /// Why the last checkpoint failed, in a sentence; nil when it succeeded.
    public var checkpointProblem: String?
    /// Events after the newest checkpoint: a start has to apply them.
    public var behindCheckpoint: Int64 = 0

    init() {}
}
