import Foundation
import Testing

@testable import Command

@Suite struct ForecastTests {
    /// Hours of Tokyo's Tuesdays, November 10 and 17, and of a Wednesday that does not count.
    static func history() throws -> Intervals {
        func row(_ day: Int, _ hourUTC: String, offered: Int, abandoned: Int) -> String {
            #"{"from":"2026-11-\#(day)T\#(hourUTC):00:00.000Z","to":"2026-11-\#(day)T\#(hourUTC):59:00.000Z","#
                + #""offered":\#(offered),"answered":\#(offered - abandoned),"abandoned":\#(abandoned),"#
                + #""short_abandoned":0,"overflowed":0,"callback":0,"blocked":0,"unknown":0,"asa_ms":5000,"#
                + #""aht_ms":\#(offered > 0 ? "180000" : "null"),"average_wait_ms":6000,"wait_p50_ms":1,"#
                + #""wait_p90_ms":1,"wait_p95_ms":1,"wait_p99_ms":1,"max_wait_ms":1,"abandon_rate":null,"#
                + #""incomplete":false,"service_level":{"threshold_ms":20000,"variant":"negative","negative":null,"#
                + #""ignore":null,"positive":null,"answered":null,"short":null}}"#
        }
        let rows = [
            row(10, "00", offered: 190, abandoned: 10), row(10, "01", offered: 100, abandoned: 0),
            row(17, "00", offered: 210, abandoned: 10),
            row(17, "01", offered: 0, abandoned: 0),
            row(18, "00", offered: 999, abandoned: 0),
        ]
        return try APIClient.decode(
            Data(
                #"""
                {"from":"2026-11-09T15:00:00.000Z","to":"2026-11-18T15:00:00.000Z","timezone":"Asia/Tokyo",\#
                "step":"1h","by":"centre","intervals":[\#(rows.joined(separator: ","))]}
                """#
                    .utf8))
    }

    static func centre(dayStart: String = "00:00") throws -> CentreTime {
        try CentreTime(
            .init(timezone: "Asia/Tokyo", dayStart: dayStart, today: "2026-11-19", now: "2026-11-19T03:00:00.000Z"))
    }

    @Test func theSameWeekdaysAreTheirMean() throws {
        let model = ForecastModel(
            try Self.history(), weekday: 3, centre: try Self.centre(), stepMinutes: 60, share: 0.8, within: 20)
        #expect(model.days == ["2026-11-10", "2026-11-17"])
        #expect(model.slots.map(\.time) == ["09:00", "10:00"])
        #expect(model.slots.map(\.calls) == [200, 50])
        #expect(model.slots.map(\.fewest) == [190, 0])
        #expect(model.slots.map(\.most) == [210, 100])
        // 200 calls of 3 minutes in an hour are the 10 erlangs of the worked example: 14 operators.
        #expect(abs(model.slots[0].erlangs - 10) < 1e-9)
        #expect(model.slots[0].operatorsC == 14)
        #expect(model.slots[0].operatorsA <= 14 && model.slots[0].serviceLevel >= 0.8)
        // All waits together, 6 s each, by the 20 who gave up.
        #expect(abs(try #require(model.patience) - Double(190 + 100 + 210 + 999) * 6 / 20) < 0.01)
    }

    /// Tuesday's 09:00 is still Monday's where the day begins at 09:30, and what is after midnight comes last in the
    /// plan.
    @Test func aDayIsTheCentresDay() throws {
        let monday = ForecastModel(
            try Self.history(), weekday: 2, centre: try Self.centre(dayStart: "09:30"), stepMinutes: 60, share: 0.8,
            within: 20)
        #expect(monday.days == ["2026-11-09", "2026-11-16"])
        #expect(monday.slots.map(\.time) == ["09:00"])
        let tuesday = ForecastModel(
            try Self.history(), weekday: 3, centre: try Self.centre(dayStart: "09:30"), stepMinutes: 60, share: 0.8,
            within: 20)
        #expect(tuesday.days == ["2026-11-10", "2026-11-17"])
        #expect(tuesday.slots.map(\.time) == ["10:00", "09:00"])
    }

    @Test func aWeekdayWithoutCallsIsNotGuessedAt() throws {
        #expect(
            ForecastModel(
                try Self.history(), weekday: 1, centre: try Self.centre(), stepMinutes: 60, share: 0.8, within: 20
            ).slots.isEmpty)
    }

    private func hours(_ wanted: CivilDay, _ past: String, _ coming: String) throws -> ForecastHours {
        func answer(_ days: String) throws -> ForecastHours.Answer {
            try APIClient.decode(
                Data(#"{"timezone":"Asia/Tokyo","always_open":false,"open_now":true,"days":[\#(days)]}"#.utf8))
        }
        return ForecastHours(wanted, past: try answer(past), coming: try answer(coming))
    }

    /// What is outside of the opening hours is not planned, and a holiday of the weeks before is no usual day.
    @Test func itGoesByTheOpeningHours() throws {
        let wanted = try #require(CivilDay("2026-11-24"))
        let holiday = #"{"day":"2026-11-17","special":true,"open":[]}"#
        let part = #"{"from":"2026-11-24T00:30:00.000Z","to":"2026-11-24T01:00:00.000Z"}"#
        let short = #"{"day":"2026-11-24","special":true,"open":[\#(part)]}"#
        let known = try hours(wanted, holiday, short)
        let model = ForecastModel(
            try Self.history(), weekday: 3, centre: try Self.centre(), hours: known, stepMinutes: 60, share: 0.8,
            within: 20)
        #expect(model.days == ["2026-11-10"])
        #expect(model.slots.map(\.time) == ["09:00"], "it closes at ten by the clock of Tokyo")
        #expect(model.slots.map(\.calls) == [190] && !known.isClosed)
        let closed = try hours(wanted, "", #"{"day":"2026-11-24","special":true,"open":[]}"#)
        let none = ForecastModel(
            try Self.history(), weekday: 3, centre: try Self.centre(), hours: closed, stepMinutes: 60, share: 0.8,
            within: 20)
        #expect(closed.isClosed && none.slots.isEmpty)
        #expect(ForecastHours(wanted).isOpen(at: "03:00", minutes: 60, try Self.centre()))
    }

    /// What is before the start of the centre's day is the next date of the clock.
    @Test func theNightBelongsToTheDayBefore() throws {
        let wanted = try #require(CivilDay("2026-11-24")), centre = try Self.centre(dayStart: "05:00")
        let part = #"{"from":"2026-11-24T16:00:00.000Z","to":"2026-11-24T18:00:00.000Z"}"#
        let night = #"{"day":"2026-11-24","special":false,"open":[\#(part)]}"#
        let known = try hours(wanted, "", night)
        #expect(known.isOpen(at: "01:00", minutes: 60, centre) && known.isOpen(at: "02:30", minutes: 30, centre))
        #expect(!known.isOpen(at: "03:00", minutes: 60, centre) && !known.isOpen(at: "00:00", minutes: 60, centre))
    }
}
