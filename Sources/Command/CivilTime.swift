import Foundation

/// A clock of some time zone: moments as it shows them. Every time that a verb writes or reads goes through one.
struct CivilClock: Sendable {
    /// The zone's name, to be shown beside times; `UTC` where this machine does not know the zone.
    let name: String
    let calendar: Calendar

    /// - Parameter timezone: its IANA name.
    init(timezone: String) {
        let zone = TimeZone(identifier: timezone)
        name = zone == nil ? "UTC" : timezone
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone ?? .gmt
        self.calendar = calendar
    }

    /// Whether this machine knows a zone.
    static func knows(_ timezone: String) -> Bool { TimeZone(identifier: timezone) != nil }

    func parts(_ date: Date) -> DateComponents {
        calendar.dateComponents([.year, .month, .day, .hour, .minute, .second, .weekday], from: date)
    }

    /// `2026-11-26 09:05:07`.
    func text(_ date: Date) -> String {
        let parts = parts(date)
        return "\(CivilDay(parts).text) \(two(parts.hour)):\(two(parts.minute)):\(two(parts.second))"
    }

    /// A time of the API, `2026-11-26 09:05:07`; a dash for none.
    func shown(_ time: String?) -> String { time.flatMap(APITime.date).map(text) ?? "–" }

    /// `09:05`.
    func timeOfDay(_ date: Date) -> String {
        let parts = parts(date)
        return "\(two(parts.hour)):\(two(parts.minute))"
    }

    /// When it shows a time; the first of two, and the next that there is where the clock jumps over it.
    func date(_ day: CivilDay, seconds: Int) -> Date? {
        let parts = DateComponents(
            year: day.year, month: day.month, day: day.day,
            hour: seconds / 3_600, minute: seconds / 60 % 60, second: seconds % 60)
        return calendar.date(from: parts)
    }
}

/// A date without a place: `2026-11-26`.
struct CivilDay: Equatable, Comparable, Sendable {
    var year, month, day: Int

    init(_ parts: DateComponents) { (year, month, day) = (parts.year ?? 1970, parts.month ?? 1, parts.day ?? 1) }

    /// `2026-11-26`; nil for anything else, and for a date that there is not.
    init?(_ text: some StringProtocol) {
        guard let found = String(text).wholeMatch(of: /([0-9]{4})-([0-9]{2})-([0-9]{2})/),
            let year = Int(found.1), let month = Int(found.2), let day = Int(found.3),
            DateComponents(calendar: CivilDay.calendar, year: year, month: month, day: day).isValidDate
        else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
    }

    /// Days are counted where no clock is ever changed.
    private static let calendar = CivilClock(timezone: "UTC").calendar
    private var noon: Date {
        CivilDay.calendar.date(from: DateComponents(year: year, month: month, day: day, hour: 12)) ?? .distantPast
    }

    var text: String {
        String(repeating: "0", count: max(0, 4 - String(year).count)) + "\(year)-\(two(month))-\(two(day))"
    }
    /// 1 for Sunday, as `Calendar` counts.
    var weekday: Int { CivilDay.calendar.component(.weekday, from: noon) }

    func adding(_ days: Int) -> CivilDay {
        let date = noon.addingTimeInterval(Double(days) * 86_400)
        return CivilDay(CivilDay.calendar.dateComponents([.year, .month, .day], from: date))
    }

    static func < (a: CivilDay, b: CivilDay) -> Bool { (a.year, a.month, a.day) < (b.year, b.month, b.day) }
}

/// A time as a person types it, or as the API writes it.
enum WrittenTime: Equatable, Sendable {
    /// With a zone of its own, as the API takes it.
    case moment(String)
    /// By the centre's clock; seconds since midnight, nil for a whole day.
    case civil(CivilDay, seconds: Int?)

    /// `2026-11-20`, `2026-11-20 14:03`, `2026-11-20T14:03:07`, or with a zone `2026-11-20T14:03:07+09:00`; nil for
    /// anything else.
    init?(_ text: String) {
        if (try? Date(text, strategy: .iso8601)) != nil || APITime.date(text) != nil {
            self = .moment(text)
            return
        }
        if let day = CivilDay(text) {
            self = .civil(day, seconds: nil)
            return
        }
        guard let found = text.wholeMatch(of: /([0-9-]{10})[ T]([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?/),
            let day = CivilDay(found.1), let hour = Int(found.2), let minute = Int(found.3),
            let second = Int(found.4 ?? "0"),
            hour < 24, minute < 60, second < 60
        else { return nil }
        self = .civil(day, seconds: hour * 3_600 + minute * 60 + second)
    }

    /// For `validate` of a verb: nil is no option, and fine.
    static func isWrong(_ text: String?) -> Bool { text.map { WrittenTime($0) == nil } ?? false }
}

/// Times of the API: RFC 3339, in UTC, with milliseconds.
enum APITime {
    static func date(_ text: String) -> Date? {
        try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// With milliseconds or without, in any zone.
    static func moment(_ text: String) -> Date? { (try? Date(text, strategy: .iso8601)) ?? date(text) }

    static func text(_ date: Date) -> String { date.formatted(.iso8601) }

    /// - Parameter ms: milliseconds since 1970.
    static func text(ms: Int64) -> String {
        Date(timeIntervalSince1970: Double(ms) / 1_000)
            .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}

private func two(_ number: Int?) -> String {
    let number = number ?? 0
    return number < 10 ? "0\(number)" : "\(number)"
}
