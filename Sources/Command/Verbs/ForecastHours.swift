import Foundation

/// When the centre is open, as far as a forecast needs it: the parts of the day that is looked ahead to, and which days
/// of the past were no usual ones.
struct ForecastHours: Sendable {
    /// The response of `GET /v1/opening-hours`.
    struct Answer: Decodable {
        struct Part: Decodable { var from, to: String }
        struct Day: Decodable {
            var day: String
            var special: Bool
            var open: [Part]
        }
        var alwaysOpen: Bool
        var days: [Day]
    }

    /// The day that is looked ahead to.
    var wanted: CivilDay
    /// When it is open; nil where the centre says no hours.
    var parts: [Range<Date>]?
    /// Holidays and days with times of their own: they say nothing of a usual day.
    var special: Set<String> = []

    /// A centre that says no hours.
    init(_ wanted: CivilDay) { self.wanted = wanted }

    /// - Parameters:
    ///   - past: the days that the forecast is made of.
    ///   - coming: the day that is looked ahead to.
    init(_ wanted: CivilDay, past: Answer, coming: Answer) {
        self.wanted = wanted
        special = Set(past.days.filter(\.special).map(\.day))
        guard !coming.alwaysOpen else { return }
        parts = coming.days.first { $0.day == wanted.text }.map { day in
            day.open.compactMap { part in
                guard let from = APITime.date(part.from), let to = APITime.date(part.to), from < to else { return nil }
                return from..<to
            }
        }
    }

    /// Whether nobody is there on that day.
    var isClosed: Bool { parts?.isEmpty ?? false }

    /// Whether the centre is open in some part of a step of that day.
    ///
    /// - Parameters:
    ///   - time: `09:00` by the centre's clock.
    ///   - minutes: how long the step is.
    func isOpen(at time: String, minutes: Int, _ centre: CentreTime) -> Bool {
        guard let parts else { return true }
        let numbers = time.split(separator: ":").compactMap { Int($0) }
        // What is before the start of the centre's day is the clock's next date.
        let date = time < centre.clockAtDayStart ? wanted.adding(1) : wanted
        guard numbers.count == 2,
            let from = centre.clock.date(date, seconds: numbers[0] * 3_600 + numbers[1] * 60)
        else { return true }
        return parts.contains { $0.overlaps(from..<from.addingTimeInterval(Double(minutes) * 60)) }
    }
}
