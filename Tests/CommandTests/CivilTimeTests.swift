import Foundation
import Testing

@testable import Command

/// Times are shown and read by the centre's clock, whatever the machine's zone is.
@Suite struct CivilTimeTests {
    static func centre(
        _ timezone: String = "Asia/Tokyo", dayStart: String = "00:00", today: String = "2026-11-26",
        now: String = "2026-11-25T18:00:00.000Z"
    ) throws -> CentreTime {
        try CentreTime(.init(timezone: timezone, dayStart: dayStart, today: today, now: now))
    }

    @Test func timesAreShownByTheZonesClock() {
        #expect(tokyo.shown("2026-11-25T15:00:00.123Z") == "2026-11-26 00:00:00")
        #expect(CivilClock(timezone: "America/St_Johns").shown("2026-11-25T00:00:00.000Z") == "2026-11-24 20:30:00")
        #expect(tokyo.shown(nil) == "–")
        #expect(tokyo.shown("yesterday") == "–")
    }

    @Test func aZoneThatThisMachineDoesNotKnowIsUTCAndSaysSo() {
        let clock = CivilClock(timezone: "Atlantis/Capital")
        #expect(clock.name == "UTC" && clock.shown("2026-11-25T15:00:00.000Z") == "2026-11-25 15:00:00")
    }

    @Test(arguments: [
        ("2026-11-20 14:03", "2026-11-20T05:03:00Z"), ("2026-11-20T14:03:07", "2026-11-20T05:03:07Z"),
        ("2026-11-20", "2026-11-19T20:00:00Z"),
        // With a zone of its own it is what it says.
        ("2026-11-20T14:03:07Z", "2026-11-20T14:03:07Z"), ("2026-11-20T14:03:07+09:00", "2026-11-20T14:03:07+09:00"),
        ("2026-11-20T14:03:07.250Z", "2026-11-20T14:03:07.250Z"),
    ])
    func whatIsTypedIsTheCentresTime(typed: String, moment: String) throws {
        #expect(try Self.centre(dayStart: "05:00").moment(typed) == moment)
    }

    @Test func theLastDayOfAPeriodIsPartOfIt() throws {
        #expect(try Self.centre(dayStart: "05:00").moment("2026-11-20", isEnd: true) == "2026-11-20T20:00:00Z")
        #expect(try Self.centre().moment("2026-11-20 09:00", isEnd: true) == "2026-11-20T00:00:00Z")
        // 23 hours long: its clocks are put forward that day.
        let berlin = try Self.centre("Europe/Berlin")
        #expect(try berlin.moment("2026-03-29") == "2026-03-28T23:00:00Z")
        #expect(try berlin.moment("2026-03-29", isEnd: true) == "2026-03-29T22:00:00Z")
        // 02:30 is there twice: the first one.
        #expect(try berlin.moment("2026-10-25 02:30") == "2026-10-25T00:30:00Z")
    }

    @Test(arguments: [
        "", "today", "2026-02-29", "2026-13-01", "2026-11-20 24:00", "2026-11-20 14", "2026-1-2", "20261120",
        "２０２６-11-20",
    ])
    func whatIsNoTimeIsRefused(_ text: String) throws {
        #expect(WrittenTime.isWrong(text))
        #expect(throws: ClientError.self) { try Self.centre().moment(text) }
    }

    @Test func datesAreCountedWithoutAClock() throws {
        let day = try #require(CivilDay("2026-12-31"))
        #expect(day.adding(1).text == "2027-01-01" && day.adding(-365).text == "2025-12-31" && day.weekday == 5)
        #expect(day < day.adding(1))
        #expect(try #require(CivilDay("2028-02-28")).adding(1).text == "2028-02-29")
    }

    @Test func theCentresDayBeginsAtItsDayStart() throws {
        let centre = try Self.centre(dayStart: "05:00")
        #expect(centre.day(try #require(APITime.date("2026-11-25T19:59:59.000Z"))).text == "2026-11-25")
        #expect(centre.day(try #require(APITime.date("2026-11-25T20:00:00.000Z"))).text == "2026-11-26")
    }

    /// It goes on from what the daemon said, and not by this machine's clock.
    @Test func nowIsTheDaemonsClock() throws {
        let centre = try Self.centre(), told = try #require(APITime.date("2026-11-25T18:00:00.000Z"))
        #expect(centre.now >= told && centre.now < told + 3_600)
    }

    @Test func anAnswerWithoutATimeIsRefused() {
        #expect(throws: ClientError.self) { try Self.centre(today: "") }
        #expect(throws: ClientError.self) { try Self.centre(dayStart: "x") }
        #expect(throws: ClientError.self) { try Self.centre(now: "now") }
    }
}
