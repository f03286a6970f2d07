/// Thresholds of the alarms of one queue. 0 or false switches a check off.
public struct AlarmThresholds: Equatable, Sendable {
    /// Number of waiting calls from which on it alarms.
    public var waiting = 0
    /// Age of the oldest waiting call. Milliseconds.
    public var longestWait: Int64 = 0
    /// Age of the oldest waiting call of a VIP. Milliseconds.
    public var vipWaiting: Int64 = 0
    /// Alarms below this service level. Percent, 0 to 100.
    public var serviceLevel = 0
    /// Alarms above this share of abandoned calls. Percent, 0 to 100.
    public var abandonRate = 0
    /// Alarms when no operator of the queue is logged in.
    public var noOperator = false

    /// Every check is switched off.
    public init() {}

    /// Whether every check is switched off.
    var isOff: Bool { self == AlarmThresholds() }
}

/// Which alarms there are (`[alarms]`).
public struct AlarmPolicy: Equatable, Sendable {
    /// For queues without thresholds of their own.
    public var thresholds = AlarmThresholds()
    /// Thresholds of queues that have their own, by name. None of those for other queues counts beside them.
    public var queues: [String: AlarmThresholds] = [:]
    /// The period that service level and abandon rate are computed over. Milliseconds.
    public var window: Int64 = 30 * 60_000
    /// How long the value has to be within the threshold before an alarm is cleared, so that a value that goes up and
    /// down raises one alarm. Milliseconds.
    public var clearAfter: Int64 = 60_000

    /// Every check is switched off.
    public init() {}

    /// The thresholds that a queue has.
    func queue(_ name: String) -> AlarmThresholds { queues[name] ?? thresholds }
    /// Whether no queue has any check.
    public var isOff: Bool { thresholds.isOff && queues.values.allSatisfy(\.isOff) }
}
