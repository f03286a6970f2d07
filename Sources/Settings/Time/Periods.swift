import CallCenter

/// The centre's days and intervals (metrics.md, "Periods"): time cut up by the local clock, daylight saving included,
/// so that nothing is missed or counted twice.
public struct Periods: Equatable, Sendable {
    let zone: ZoneRules
    /// Seconds after midnight.
    let dayStart: Int64
    /// Seconds.
    private let interval: Int64

    /// - Parameters:
    ///   - dayStart: when a day begins. Minutes after midnight.
    ///   - interval: how long an interval is. Minutes.
    public init(zone: ZoneRules, dayStart: Int, interval: Int) {
        self.zone = zone
        self.dayStart = Int64(dayStart) * 60
        self.interval = Int64(interval) * 60
    }

    /// Those of the settings; nil when the zone's data went away since the settings were read.
    public init?(_ settings: Settings) {
        guard let zone = ZoneDirectory.rules(settings.timezone) else { return nil }
        self.init(zone: zone, dayStart: settings.dayStart, interval: settings.interval)
    }

    /// The start of "today" at a moment: the last time the local clock passed `day_start`.
    ///
    /// Where the clocks are put forward over it, the day begins at that moment; where they are put back over it, at the
    /// first of the two.
    public func startOfDay(at time: Timestamp) -> Timestamp { Timestamp(ms: start(ofDay: day(at: time)) * 1000) }

    /// The date of the centre's day in which a moment lies, such as `2026-11-26`: before `day_start` it is still the
    /// day before.
    public func date(at time: Timestamp) -> String { CivilDate(days: Int(day(at: time))).text }

    private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// The date and the time of day at a moment by the local clock, such as `2026-11-26 14:03:07`.
    public func clock(at time: Timestamp) -> String {
        let local = time.ms.floored(by: 1000) + zone.offset(at: time.ms.floored(by: 1000))
        let day = local.floored(by: 86_400), second = local - day * 86_400
        let hour = Periods.two(second / 3_600), minute = Periods.two(second / 60 % 60)
        return "\(CivilDate(days: Int(day)).text) \(hour):\(minute):\(Periods.two(second % 60))"
    }

    /// When a day begins by the local clock, `HH:MM`.
    public var dayStartText: String {
        let two = Periods.two
        return "\(two(dayStart / 3_600)):\(two(dayStart / 60 % 60))"
    }

    /// The number of the local day in which a moment lies, counted from 1970-01-01.
    func day(at time: Timestamp) -> Int64 {
        let seconds = time.ms.floored(by: 1000)
        var day = (seconds + zone.offset(at: seconds) - dayStart).floored(by: 86_400)
        while start(ofDay: day) > seconds { day -= 1 }
        while start(ofDay: day + 1) <= seconds { day += 1 }
        return day
    }

    /// The start of the day after: 23, 24 or 25 hours later in most zones.
    public func startOfNextDay(after time: Timestamp) -> Timestamp {
        let today = day(at: time)
        var day = today + 1
        while start(ofDay: day) <= start(ofDay: today) { day += 1 }
        return Timestamp(ms: start(ofDay: day) * 1000)
    }

    /// The start of the interval in which a moment lies. Intervals are whole ones of the local clock, and one begins
    /// where it is changed.
    public func startOfInterval(at time: Timestamp) -> Timestamp {
        let seconds = time.ms.floored(by: 1000)
        let offset = zone.offset(at: seconds)
        let start = seconds - (seconds + offset).modulo(interval)
        return Timestamp(
            ms: (zone.offset(at: start) == offset ? start : zone.change(after: start, upTo: seconds)) * 1000)
    }

    func isOnIntervalBoundary(_ time: Timestamp) -> Bool { startOfInterval(at: time) == time }

    /// When the clock first shows the start of a day, or has passed it. Seconds since 1970, UTC.
    func start(ofDay day: Int64) -> Int64 { second(atClock: day * 86_400 + dayStart) }

    /// When the local clock first shows a time, or has passed it where it is put forward over it.
    ///
    /// - Parameter clock: milliseconds since 1970-01-01T00:00 of the local clock.
    public func time(atClock clock: Int64) -> Timestamp {
        let seconds = clock.floored(by: 1000)
        return Timestamp(ms: second(atClock: seconds) * 1000 + clock - seconds * 1000)
    }

    /// Seconds since 1970, UTC.
    private func second(atClock clock: Int64) -> Int64 {
        // A day on either side lies beyond any change that could matter.
        let before = zone.offset(at: clock - 86_400)
        let after = zone.offset(at: clock + 86_400)
        let first = clock - before
        if zone.offset(at: first) == before { return first }
        let second = clock - after
        if zone.offset(at: second) == after { return second }
        // The clock never shows it.
        return zone.change(after: min(first, second) - 1, upTo: max(first, second))
    }
}

extension Periods {
    /// Days from midnight to midnight in a zone; nil when there is no such zone.
    ///
    /// - Parameter name: the zone's IANA name.
    public init?(zoneNamed name: String) {
        guard let zone = ZoneDirectory.rules(name) else { return nil }
        self.init(zone: zone, dayStart: 0, interval: 15)
    }

    /// What to write instead of a name that is no zone's; nil when it is one's.
    public static func problem(ofZone name: String) -> String? { ZoneDirectory.problem(name) }
}
