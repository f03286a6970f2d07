import CallCenter
import EventWire
import Hummingbird
import Settings

/// `GET /v1/opening-hours`: when the centre is open, day by day, as delays, alarms and forecasts go by it.
struct OpeningHoursRoutes {
    let settings: WebSettings
    let now: @Sendable () -> Timestamp

    /// Days that are told at once: two years and a margin.
    private static let daysMax = 800

    func add(to router: GuardedRouter) { router.get("v1/opening-hours", may: .operator, use: list) }

    private struct Day {
        var date: String
        var parts: [Range<Timestamp>]
        var isSpecial: Bool
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = Query(request), now = self.now(), hours = settings.work().hours
        guard let periods = settings.periods else {
            throw Problem(.serviceUnavailable, "The centre's time zone cannot be read; look at timezone.")
        }
        func day(_ name: String) throws(Problem) -> (start: Timestamp, end: Timestamp)? {
            try query.text(name).map { text throws(Problem) in
                guard let day = periods.day(text) else { throw .bad("\(name) is a date such as 2026-12-01.") }
                return day
            }
        }
        let from = try day("from")?.start ?? periods.startOfDay(at: now)
        let to = try day("to")?.end ?? periods.startOfNextDay(after: from)
        guard from < to else { throw Problem.bad("from is not before to.") }
        guard let bounds = periods.bounds(from: from, to: to, by: .day, most: OpeningHoursRoutes.daysMax) else {
            throw Problem.bad("These are more than \(OpeningHoursRoutes.daysMax) days: ask for fewer.")
        }
        let days = zip(bounds, bounds.dropFirst()).map { start, end in
            Day(
                date: periods.date(at: start), parts: hours?.parts(from: start, to: end) ?? [start..<end],
                isSpecial: hours?.isSpecial(at: start) ?? false)
        }
        return .json(capacity: 128 * days.count + 128) { out in
            out.object { out in
                out.field("timezone", self.settings.timezone)
                out.field("always_open", hours == nil)
                out.field("open_now", hours?.isOpen(at: now) ?? true)
                out.key("days")
                out.array { out in
                    for day in days {
                        out.object { out in
                            out.field("day", day.date)
                            out.field("special", day.isSpecial)
                            out.key("open")
                            out.array { out in
                                for part in day.parts {
                                    out.object { out in
                                        out.field("from", part.lowerBound)
                                        out.field("to", part.upperBound)
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
