/// When supervisors are alarmed about a queue. What is 0 or false is not looked at.
public struct AlarmThresholds: Equatable, Sendable {
    /// So many calls wait.
    public var waiting = 0
    /// The oldest waiting call waits so long. Milliseconds.
    public var longestWait: Int64 = 0
    /// A VIP waits so long. Milliseconds.
    public var vipWaiting: Int64 = 0
    /// The service level is below so many percent.
    public var serviceLevel = 0
    /// More than so many percent of the calls are abandoned.
    public var abandonRate = 0
    /// Nobody who serves the queue is logged in.
    public var noOperator = false

    public init() {}

    public var isOff: Bool { self == AlarmThresholds() }
}

public struct AlarmPolicy: Equatable, Sendable {
    /// Of queues without a table of their own.
    public var thresholds = AlarmThresholds()
    public var queues: [String: AlarmThresholds] = [:]
    /// Over how long service level and abandons are looked at. Milliseconds.
    public var window: Int64 = 30 * 60_000
    /// How long its reason has to be gone before an alarm is cleared: one that comes and goes alarms once.
    /// Milliseconds.
    public var clearAfter: Int64 = 60_000

    public init() {}

    public func queue(_ name: String) -> AlarmThresholds { queues[name] ?? thresholds }
    public var isOff: Bool { thresholds.isOff && queues.values.allSatisfy(\.isOff) }
}
