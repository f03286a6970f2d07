/// How long something took, counted by how long: for monitoring, where a sum and a few bounds say enough.
public struct Durations: Equatable, Sendable {
    /// Upper bounds of the counts but the last, which has none. Microseconds.
    public static let bounds: [Int64] = [
        100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 5_000_000,
    ]

    /// How many took no longer than each bound and longer than the one before.
    public private(set) var counts = [Int64](repeating: 0, count: bounds.count + 1)
    /// Microseconds.
    public private(set) var sum: Int64 = 0

    public init() {}

    public mutating func add(_ microseconds: Int64) {
        counts[Durations.bounds.firstIndex { microseconds <= $0 } ?? Durations.bounds.count] += 1
        sum += max(0, microseconds)
    }
}

/// How the engine has done since the start of the daemon.
public struct EngineHealth: Equatable, Sendable {
    /// How long events had been on their way: from the PBX's time of each to its arrival.
    public var lags = Durations()
    /// What a commit took, from its beginning to the disk's word.
    public var commits = Durations()
    /// From when an event's bytes were read to its reply.
    public var answers = Durations()
    /// Bursts that could not be written.
    public var failures: Int64 = 0
    /// Checkpoints that could not be kept.
    public var checkpointFailures: Int64 = 0
    /// Why the last checkpoint could not be kept, in a sentence; nil when it was.
    public var checkpointProblem: String?
    /// Events behind the newest checkpoint: what a start has to apply.
    public var behindCheckpoint: Int64 = 0

    public init() {}
}
