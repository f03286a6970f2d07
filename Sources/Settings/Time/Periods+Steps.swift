import CallCenter

/// By what a report cuts up its time.
public enum PeriodStep: Equatable, Sendable {
    /// Whole ones of the local clock; a number that divides a day.
    case minutes(Int)
    /// The centre's day, which begins at `day_start`.
    case day
    /// From Monday.
    case week
    /// Of the calendar.
    case month

    /// A step is no longer than this. Milliseconds.
    var longest: Int64 {
        switch self {
        case .minutes(let minutes): Int64(minutes) * 60_000
        // A day may have 25 hours, and a zone may have gone over the date line.
        case .day: 2 * 86_400_000
        case .week: 8 * 86_400_000
        case .month: 33 * 86_400_000
        }
    }

    /// `15m`, `1h`, `1d`, `1w`, `1mo`; nil for anything else. Minutes and hours are those that divide a day.
    public init?(_ text: String) {
        switch text {
        case "1d": self = .day
        case "1w": self = .week
        case "1mo": self = .month
        default:
            let digits = text.dropLast()
            guard let number = Int(digits), number > 0, number <= 1_440 else { return nil }
            let minutes = text.hasSuffix("m") ? number : text.hasSuffix("h") ? number * 60 : 0
            guard minutes >= 5, minutes % 5 == 0, minutes < 1_440, 1_440 % minutes == 0 else { return nil }
            self = .minutes(minutes)
        }
    }
}

extension Periods {
    /// Where the steps from `from` to `to` begin, and `to`. The first and the last step may be cut short; nil when
    /// there are more than `most`.
    public func bounds(from: Timestamp, to: Timestamp, by step: PeriodStep, most: Int) -> [Timestamp]? {
        // An excessive count is refused before counting step by step.
        guard (to - from) / step.longest <= Int64(most) else { return nil }
        var bounds = [from]
        var at = from
        while true {
            at = next(after: at, step)
            guard at < to else { break }
            bounds.append(at)
            if bounds.count > most { return nil }
        }
        return bounds + [to]
    }

    /// The first start of a step after a moment.
    private func next(after time: Timestamp, _ step: PeriodStep) -> Timestamp {
        switch step {
        case .minutes(let minutes):
            let length = Int64(minutes) * 60_000
            let next = Periods(zone: zone, dayStart: Int(dayStart / 60), interval: minutes).startOfInterval(
                at: time + length)
            return next > time ? next : time + length
        case .day: return startOfNextDay(after: time)
        case .week, .month:
            let today = day(at: time)
            var next = step == .week ? Periods.nextMonday(after: today) : Periods.nextFirstOfMonth(after: today)
            // A zone that went over the date line has no such day; the step begins with the day after.
            while start(ofDay: next) <= start(ofDay: today) { next += 1 }
            return Timestamp(ms: start(ofDay: next) * 1000)
        }
    }

    /// 1970-01-01 was a Thursday.
    private static func nextMonday(after day: Int64) -> Int64 { day + 7 - (day + 3).modulo(7) }

    private static func nextFirstOfMonth(after day: Int64) -> Int64 {
        let date = CivilDate(days: Int(day))
        return day + Int64(CivilDate.length(ofMonth: date.month, in: date.year) - date.day + 1)
    }

    /// The start of a day of the centre's that is written as `2026-11-01`, and of the day after it; nil for anything
    /// else.
    public func day(_ text: String) -> (start: Timestamp, end: Timestamp)? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard text.utf8.count == 10, parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2],
            year >= 1, (1...12).contains(month), day >= 1, day <= CivilDate.length(ofMonth: month, in: year)
        else { return nil }
        let start = start(ofDay: Int64(CivilDate.days(year: year, month: month, day: day)))
        return (Timestamp(ms: start * 1000), startOfNextDay(after: Timestamp(ms: start * 1000)))
    }
}
