import CallCenter

/// A day, or a moment: as it was given. A day has no time zone, and stays the same day everywhere.
public struct DayOrTime: Hashable, Sendable {
    /// Milliseconds since 1970-01-01T00:00Z: the moment, or the midnight in UTC of the day, by which days are ordered
    /// among moments.
    public let ms: Int64
    /// Whether it is a day, without a time.
    public let isDay: Bool

    /// A moment.
    public init(_ time: Timestamp) {
        ms = time.ms
        isDay = false
    }

    /// - Parameter days: days since 1970-01-01.
    public init(days: Int) {
        ms = Int64(days) * DayOrTime.dayMs
        isDay = true
    }

    /// The date of a day, and of a moment in UTC.
    public var date: CivilDate { CivilDate(days: Int(days)) }

    /// Days since 1970-01-01; of a moment in UTC.
    public var days: Int64 { (ms - ((ms % DayOrTime.dayMs) + DayOrTime.dayMs) % DayOrTime.dayMs) / DayOrTime.dayMs }

    static let dayMs: Int64 = 86_400_000

    init(ms: Int64, isDay: Bool) {
        self.ms = ms
        self.isDay = isDay
    }
}
