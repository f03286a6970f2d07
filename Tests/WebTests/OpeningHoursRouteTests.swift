import CallCenter
import Foundation
import Testing

@testable import Settings
@testable import Web

/// Opening hours over HTTP, and what goes by them.
@Suite struct OpeningHoursRouteTests {
    /// Monday to Friday from nine to six; Tuesday, December 1st is a holiday.
    private static func routes(_ hours: Bool = true) throws -> Routes {
        let zone = try #require(ZoneDirectory.rules("UTC"))
        let day = OpeningHours.Span(from: 540, to: 1_080)
        let holiday = Int64(CivilDate.days(year: 2026, month: 12, day: 1))
        let open = OpeningHours(
            zone: zone, week: [[day], [day], [day], [day], [day], [], []], days: [holiday: []])
        let routes = try Routes { parts in
            parts.settings.periods = Periods(zone: zone, dayStart: 0, interval: 15)
            if hours { parts.settings.work = { WorkClock(Settings.Cases(), open) } }
        }
        // Monday, 2026-11-30, 17:50.
        let monday = Int64(CivilDate.days(year: 2026, month: 11, day: 30)) * 86_400_000
        routes.clock.advance(by: monday + 1_070 * 60_000 - routes.clock.now.ms)
        return routes
    }

    @Test func eachDayHasItsParts() async throws {
        let routes = try Self.routes(), token = try routes.token(.operator)
        let answer = try await routes.ask(.get, "/v1/opening-hours?from=2026-11-30&to=2026-12-02", token: token)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.json["always_open"] as? Bool == false && answer.json["open_now"] as? Bool == true)
        let days = try #require(answer.json["days"] as? [[String: Any]])
        #expect(days.compactMap { $0["day"] as? String } == ["2026-11-30", "2026-12-01", "2026-12-02"])
        #expect(days.compactMap { $0["special"] as? Bool } == [false, true, false])
        #expect(days.map { ($0["open"] as? [Any])?.count } == [1, 0, 1])
        let part = try #require((days[0]["open"] as? [[String: Any]])?.first)
        #expect(part["from"] as? String == "2026-11-30T09:00:00.000Z")
        #expect(part["to"] as? String == "2026-11-30T18:00:00.000Z")
        let today = try await routes.ask(.get, "/v1/opening-hours", token: token)
        #expect((today.json["days"] as? [[String: Any]])?.compactMap { $0["day"] as? String } == ["2026-11-30"])
        for query in ["from=soon", "from=2026-12-02&to=2026-12-01", "from=2026-01-01&to=2029-01-01"] {
            #expect(try await routes.ask(.get, "/v1/opening-hours?\(query)", token: token).status == 400, "\(query)")
        }
    }

    @Test func withoutHoursEveryDayIsWhole() async throws {
        let routes = try Self.routes(false)
        let answer = try await routes.ask(.get, "/v1/opening-hours?from=2026-12-05&to=2026-12-05")
        #expect(answer.json["always_open"] as? Bool == true && answer.json["open_now"] as? Bool == true)
        let part = try #require(
            ((answer.json["days"] as? [[String: Any]])?.first?["open"] as? [[String: Any]])?.first)
        #expect(part["to"] as? String == "2026-12-06T00:00:00.000Z")
    }

    /// What is due on Wednesday at 9:10 is at risk on Monday at 17:50 already, as Tuesday is a holiday: only twenty
    /// minutes in which somebody is there are left.
    @Test func aReminderCountsOpenTime() async throws {
        let routes = try Self.routes()
        let made = try await routes.ask(.post, "/v1/customers", #"{"name":"Hanako Example"}"#)
        #expect(made.status == 201)
        func open(_ due: String) async throws -> [String: Any] {
            let made = try await routes.ask(
                .post, "/v1/cases", #"{"customer":1,"title":"t","kind":"promise","owner":"101","due":"\#(due)"}"#)
            #expect(made.status == 201, "\(made.text)")
            return made.json
        }
        let soon = try await open("2026-12-02T09:10:00Z"), later = try await open("2026-12-02T09:30:00Z")
        #expect(soon["at_risk"] as? Bool == true && soon["remind_at"] as? String == "2026-11-30T17:40:00.000Z")
        #expect(later["at_risk"] as? Bool == false && later["remind_at"] as? String == "2026-12-02T09:00:00.000Z")
        let closed = try await routes.ask(.post, "/v1/cases/1/close")
        #expect(closed.json["remind_at"] is NSNull)
    }
}
