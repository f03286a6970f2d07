import CallCenter

/// The rule that a TZif file ends with, for all the years after its last entry: `CET-1CEST,M3.5.0,M10.5.0/3`.
///
/// The form is POSIX's `TZ` (IEEE 1003.1, 8.3) with the wider hours of RFC 8536, 3.3.1.
struct PosixZone: Equatable, Sendable {
    private struct Day: Equatable {
        enum Form: Equatable {
            /// The n-th of a weekday in a month, Sunday 0; 5 is the last.
            case weekday(month: Int, nth: Int, weekday: Int)
            /// From 1, February 29 not counted.
            case julian(Int)
            /// From 0, February 29 counted.
            case ordinal(Int)
        }
        let form: Form
        /// Seconds after midnight, wall clock; may be negative or beyond the day.
        let seconds: Int64
    }

    /// Seconds east of UTC.
    private let standard: Int64
    private let daylight: (offset: Int64, from: Day, to: Day)?

    static func == (a: PosixZone, b: PosixZone) -> Bool {
        a.standard == b.standard && a.daylight?.offset == b.daylight?.offset && a.daylight?.from == b.daylight?.from
            && a.daylight?.to == b.daylight?.to
    }

    /// - Parameter at: seconds since 1970, UTC.
    func offset(at time: Int64) -> Int64 {
        guard let daylight else { return standard }
        let year = CivilDate(days: Int((time + standard).floored(by: 86_400))).year
        // Each change is told by the clock that is in force until then.
        let from = PosixZone.seconds(of: daylight.from, year: year) - standard
        let to = PosixZone.seconds(of: daylight.to, year: year) - daylight.offset
        let isDaylight = from < to ? from <= time && time < to : !(to <= time && time < from)
        return isDaylight ? daylight.offset : standard
    }

    private static func seconds(of day: Day, year: Int) -> Int64 {
        let date: Int64
        switch day.form {
        case .julian(let number):
            let isAfterFebruary = CivilDate.isLeap(year) && number >= 60
            date = Int64(CivilDate.days(year: year, month: 1, day: 1) + number - 1 + (isAfterFebruary ? 1 : 0))
        case .ordinal(let number): date = Int64(CivilDate.days(year: year, month: 1, day: 1) + number)
        case .weekday(let month, let nth, let weekday):
            let first = Int64(CivilDate.days(year: year, month: month, day: 1))
            let next = first + Int64(CivilDate.length(ofMonth: month, in: year))
            // 1970-01-01 was a Thursday.
            let firstWeekday = (first + 4).modulo(7)
            var day = first + (Int64(weekday) - firstWeekday).modulo(7) + Int64(nth - 1) * 7
            if day >= next { day -= 7 }
            date = day
        }
        return date * 86_400 + day.seconds
    }

    // MARK: Reading

    init?(_ text: String) {
        var rest = Substring(text)
        guard PosixZone.parseName(&rest), let offset = PosixZone.parseTime(&rest) else { return nil }
        standard = -offset
        if rest.isEmpty {
            daylight = nil
            return
        }
        guard PosixZone.parseName(&rest) else { return nil }
        var summer = standard + 3600
        if rest.first != "," {
            guard let offset = PosixZone.parseTime(&rest) else { return nil }
            summer = -offset
        }
        guard let from = PosixZone.parseDay(&rest), let to = PosixZone.parseDay(&rest), rest.isEmpty else { return nil }
        daylight = (summer, from, to)
    }

    /// Letters, or anything in angle brackets.
    private static func parseName(_ rest: inout Substring) -> Bool {
        if rest.first == "<" {
            guard let end = rest.firstIndex(of: ">") else { return false }
            rest = rest[rest.index(after: end)...]
            return true
        }
        let name = rest.prefix { $0.isASCII && $0.isLetter }
        rest = rest.dropFirst(name.count)
        return name.count >= 3
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    private static func parseTime(_ rest: inout Substring) -> Int64? {
        let isNegative = rest.first == "-"
        if let sign = rest.first, sign == "-" || sign == "+" { rest.removeFirst() }
        var seconds: Int64 = 0
        for unit: Int64 in [3600, 60, 1] {
            guard let number = parseNumber(&rest) else { return nil }
            seconds += Int64(number) * unit
            guard unit > 1, rest.first == ":" else { break }
            rest.removeFirst()
        }
        return isNegative ? -seconds : seconds
    }

    private static func parseNumber(_ rest: inout Substring) -> Int? {
        let digits = rest.prefix { ("0"..."9").contains($0) }
        guard (1...3).contains(digits.count), let number = Int(digits) else { return nil }
        rest = rest.dropFirst(digits.count)
        return number
    }

    /// `,M3.5.0/3`, `,J60`, `,59/-1`.
    private static func parseDay(_ rest: inout Substring) -> Day? {
        guard rest.popFirst() == "," else { return nil }
        let form: Day.Form
        switch rest.first {
        case "M":
            rest.removeFirst()
            guard let month = parseNumber(&rest), rest.popFirst() == ".", let nth = parseNumber(&rest),
                rest.popFirst() == ".",
                let weekday = parseNumber(&rest), (1...12).contains(month), (1...5).contains(nth),
                (0...6).contains(weekday)
            else { return nil }
            form = .weekday(month: month, nth: nth, weekday: weekday)
        case "J":
            rest.removeFirst()
            guard let number = parseNumber(&rest), (1...365).contains(number) else { return nil }
            form = .julian(number)
        default:
            guard let number = parseNumber(&rest), (0...365).contains(number) else { return nil }
            form = .ordinal(number)
        }
        var seconds: Int64 = 2 * 3600
        if rest.first == "/" {
            rest.removeFirst()
            guard let time = parseTime(&rest) else { return nil }
            seconds = time
        }
        return Day(form: form, seconds: seconds)
    }
}
