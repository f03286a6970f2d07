import CallCenter
import Foundation
import Testing

@testable import Settings

/// Days and intervals of the centre's clock, in zones that make it hard.
@Suite struct PeriodsTests {
    struct Day: CustomTestStringConvertible {
        let zone: String
        /// `HH:MM`.
        let dayStart: String
        /// A moment, and the start of its day, in UTC.
        let at, start: String
        let hours: Double

        init(_ zone: String, _ dayStart: String, at: String, start: String, hours: Double) {
            (self.zone, self.dayStart, self.at, self.start, self.hours) = (zone, dayStart, at, start, hours)
        }
        var testDescription: String { "\(zone) \(dayStart) \(at)" }
    }

    @Test(arguments: [
        // No daylight saving, east of UTC: today began yesterday.
        Day("Asia/Tokyo", "00:00", at: "2026-11-23T14:59:59Z", start: "2026-11-22T15:00:00Z", hours: 24),
        Day("Asia/Tokyo", "00:00", at: "2026-11-23T15:00:00Z", start: "2026-11-23T15:00:00Z", hours: 24),
        Day("Asia/Tokyo", "05:00", at: "2026-11-23T19:59:59Z", start: "2026-11-22T20:00:00Z", hours: 24),
        Day("UTC", "00:00", at: "1969-12-31T23:59:59Z", start: "1969-12-31T00:00:00Z", hours: 24),
        // Germany puts its clocks forward at 01:00 UTC on March 29, and back on October 25.
        Day("Europe/Berlin", "00:00", at: "2026-03-29T12:00:00Z", start: "2026-03-28T23:00:00Z", hours: 23),
        Day("Europe/Berlin", "00:00", at: "2026-10-25T12:00:00Z", start: "2026-10-24T22:00:00Z", hours: 25),
        Day("Europe/Berlin", "00:00", at: "2026-03-29T22:00:00Z", start: "2026-03-29T22:00:00Z", hours: 24),
        // 02:30 is not there in March: the day begins when the clock jumps over it.
        Day("Europe/Berlin", "02:30", at: "2026-03-29T00:59:59Z", start: "2026-03-28T01:30:00Z", hours: 23.5),
        Day("Europe/Berlin", "02:30", at: "2026-03-29T01:00:00Z", start: "2026-03-29T01:00:00Z", hours: 23.5),
        // 02:30 is there twice in October: the first one counts.
        Day("Europe/Berlin", "02:30", at: "2026-10-25T00:29:59Z", start: "2026-10-24T00:30:00Z", hours: 24),
        Day("Europe/Berlin", "02:30", at: "2026-10-25T01:30:00Z", start: "2026-10-25T00:30:00Z", hours: 25),
        // Half an hour off, and daylight saving.
        Day("America/St_Johns", "00:00", at: "2026-03-08T12:00:00Z", start: "2026-03-08T03:30:00Z", hours: 23),
        Day("America/St_Johns", "00:00", at: "2026-11-01T12:00:00Z", start: "2026-11-01T02:30:00Z", hours: 25),
        // Its clocks are put forward by half an hour only.
        Day("Australia/Lord_Howe", "00:00", at: "2026-10-04T00:00:00Z", start: "2026-10-03T13:30:00Z", hours: 23.5),
        Day("Australia/Lord_Howe", "00:00", at: "2026-04-05T00:00:00Z", start: "2026-04-04T13:00:00Z", hours: 24.5),
        Day("Australia/Lord_Howe", "02:15", at: "2026-10-03T15:30:00Z", start: "2026-10-03T15:30:00Z", hours: 23.75),
        // Clocks put forward at midnight: the day begins at one.
        Day("Africa/Cairo", "00:00", at: "2026-04-24T12:00:00Z", start: "2026-04-23T22:00:00Z", hours: 23),
        // Beyond the entries of the zone's file, by its rule.
        Day("Europe/Berlin", "00:00", at: "2060-03-28T12:00:00Z", start: "2060-03-27T23:00:00Z", hours: 23),
        // December 30, 2011 was left out.
        Day("Pacific/Apia", "00:00", at: "2011-12-30T10:00:00Z", start: "2011-12-30T10:00:00Z", hours: 24),
        Day("Pacific/Apia", "00:00", at: "2011-12-30T09:59:59Z", start: "2011-12-29T10:00:00Z", hours: 24),
    ])
    func todayBeginsAtTheCentresDayStart(_ day: Day) throws {
        let periods = try periods(day.zone, dayStart: try #require(TimeOfDay.minutes(day.dayStart)))
        let at = try time(day.at)
        let start = periods.startOfDay(at: at)
        #expect(try start == time(day.start))
        #expect(Double(periods.startOfNextDay(after: at) - start) / 3_600_000 == day.hours)
        #expect(periods.startOfDay(at: periods.startOfNextDay(after: at) - 1) == start)
        #expect(periods.startOfDay(at: start) == start)
    }

    @Test(
        arguments: [
            ("Asia/Tokyo", "00:00", "2026-11-25T14:59:59Z", "2026-11-25"),
            ("Asia/Tokyo", "00:00", "2026-11-25T15:00:00Z", "2026-11-26"),
            ("Asia/Tokyo", "05:00", "2026-11-25T19:59:59Z", "2026-11-25"),
            ("Asia/Tokyo", "05:00", "2026-11-25T20:00:00Z", "2026-11-26"),
            ("America/Los_Angeles", "00:00", "2027-01-01T07:59:59Z", "2026-12-31"),
            ("America/Los_Angeles", "00:00", "2028-03-01T07:59:59Z", "2028-02-29"),
            ("Europe/Berlin", "02:30", "2026-10-25T00:29:59Z", "2026-10-24"),
            // The clock shows 02:00 for the second time: the day that began at the first 02:30 lasts.
            ("Europe/Berlin", "02:30", "2026-10-25T01:00:00Z", "2026-10-25"),
            ("Pacific/Apia", "00:00", "2011-12-30T10:00:00Z", "2011-12-31"),
        ] as [(String, String, String, String)])
    func theDateIsThatOfTheCentresDay(zone: String, dayStart: String, at: String, date: String) throws {
        let periods = try periods(zone, dayStart: try #require(TimeOfDay.minutes(dayStart)))
        #expect(try periods.date(at: time(at)) == date)
        #expect(periods.dayStartText == dayStart)
    }

    @Test(
        arguments: [
            ("Asia/Tokyo", 60, "2026-11-23T14:59:59Z", "2026-11-23T14:00:00Z"),
            ("Asia/Kolkata", 60, "2026-11-23T14:29:59Z", "2026-11-23T13:30:00Z"),
            ("Asia/Kathmandu", 30, "2026-11-23T14:14:59Z", "2026-11-23T13:45:00Z"),
            ("America/St_Johns", 15, "2026-11-23T14:14:59Z", "2026-11-23T14:00:00Z"),
            ("Europe/Berlin", 60, "2026-10-25T00:59:59Z", "2026-10-25T00:00:00Z"),
            ("Europe/Berlin", 60, "2026-10-25T01:00:00Z", "2026-10-25T01:00:00Z"),
            // At 15:30 UTC the clock jumps from 02:00 to 02:30: what is left of the hour is an interval.
            ("Australia/Lord_Howe", 60, "2026-10-03T15:29:59Z", "2026-10-03T14:30:00Z"),
            ("Australia/Lord_Howe", 60, "2026-10-03T15:30:00Z", "2026-10-03T15:30:00Z"),
            ("Australia/Lord_Howe", 60, "2026-10-03T15:45:00Z", "2026-10-03T15:30:00Z"),
            ("Australia/Lord_Howe", 60, "2026-10-03T16:00:00Z", "2026-10-03T16:00:00Z"),
            // At 15:00 UTC it goes from 02:00 back to 01:30.
            ("Australia/Lord_Howe", 60, "2026-04-04T14:59:59Z", "2026-04-04T14:00:00Z"),
            ("Australia/Lord_Howe", 60, "2026-04-04T15:29:59Z", "2026-04-04T15:00:00Z"),
            ("Australia/Lord_Howe", 60, "2026-04-04T15:30:00Z", "2026-04-04T15:30:00Z"),
        ] as [(String, Int, String, String)])
    func intervalsAreThoseOfTheLocalClock(zone: String, interval: Int, at: String, start: String) throws {
        let periods = try periods(zone, interval: interval)
        let moment = try time(at)
        #expect(try periods.startOfInterval(at: moment) == time(start))
        #expect(periods.isOnIntervalBoundary(moment) == (at == start))
        #expect(periods.isOnIntervalBoundary(moment + 1) == false)
    }

    /// Every zone there is, over years and at the changes of the clock, against another implementation.
    @Test func offsetsAreThoseOfAnotherReader() throws {
        let seed = UInt64.random(in: 0 ..< .max)
        var random = SplitMix(state: seed)
        for name in Self.zones {
            let rules = try #require(ZoneDirectory.rules(name), "\(name)")
            let other = try #require(TimeZone(identifier: name), "\(name)")
            var moments = (0..<40).map { _ in Int64.random(in: 0...2_100_000_000, using: &random) }
            var change = Date(timeIntervalSince1970: 0)
            while let next = other.nextDaylightSavingTimeTransition(after: change),
                next.timeIntervalSince1970 < 2_000_000_000
            {
                moments += [-1, 0].map { Int64(next.timeIntervalSince1970) + $0 }
                change = next
            }
            for moment in moments {
                let expected = other.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment)))
                #expect(rules.offset(at: moment) == Int64(expected), "\(name) at \(moment), seed \(seed)")
            }
        }
    }

    /// metrics.md: intervals sum exactly to hours and days, daylight saving included.
    @Test func intervalsSumToDays() throws {
        for name in Self.zones {
            for interval in Settings.intervals {
                let periods = try periods(name, interval: interval)
                var day = try periods.startOfDay(at: time("2026-03-01T12:00:00Z"))
                for _ in 0..<60 {
                    let next = periods.startOfNextDay(after: day)
                    #expect(periods.isOnIntervalBoundary(day), "\(name)")
                    #expect((22 * 3_600_000...26 * 3_600_000).contains(next - day), "\(name)")
                    #expect(day.ms % 900_000 == 0, "the core counts in quarters of an hour of UTC")
                    day = next
                }
            }
        }
    }

    /// Steps of every size cut the same time at the same moments, and lose none of it.
    @Test(arguments: ["15m", "1h", "1d", "1w", "1mo"]) func stepsCutTimeWithoutGaps(step text: String) throws {
        let step = try #require(PeriodStep(text))
        for name in Self.zones {
            let periods = try periods(name, interval: 15)
            let from = try periods.startOfDay(at: time("2026-01-10T12:00:00Z")),
                to = try periods.startOfDay(at: time("2027-01-10T12:00:00Z"))
            let bounds = try #require(periods.bounds(from: from, to: to, by: step, most: 50_000))
            #expect(bounds.first == from && bounds.last == to)
            #expect(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "\(name)")
            // Within a year: 365 days; 51 or 52 Mondays and 12 firsts between, and the day it begins with.
            switch step {
            case .day: #expect(bounds.count == 366, "\(name)")
            case .week: #expect(bounds.count == 54, "\(name)")
            case .month: #expect(bounds.count == 14, "\(name)")
            case .minutes:
                // A day begins where a step begins.
                let steps = Set(bounds)
                #expect(
                    try #require(periods.bounds(from: from, to: to, by: .day, most: 400)).allSatisfy(steps.contains),
                    "\(name)")
            }
            #expect(periods.bounds(from: from, to: to, by: step, most: 5) == nil)
        }
    }

    @Test func monthsAndWeeksBeginWhereTheCentresDayDoes() throws {
        let berlin = try periods("Europe/Berlin", interval: 15)
        func bounds(_ from: String, _ to: String, _ step: PeriodStep) throws -> [Timestamp]? {
            try berlin.bounds(from: time(from), to: time(to), by: step, most: 100)
        }
        #expect(
            try bounds("2026-02-27T23:00:00Z", "2026-05-01T00:00:00Z", .month)
                == [
                    "2026-02-27T23:00:00Z", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z", "2026-04-30T22:00:00Z",
                    "2026-05-01T00:00:00Z",
                ].map(time))
        // Mondays; the clocks go forward on Sunday, March 29.
        #expect(
            try bounds("2026-03-20T23:00:00Z", "2026-04-01T22:00:00Z", .week)
                == ["2026-03-20T23:00:00Z", "2026-03-22T23:00:00Z", "2026-03-29T22:00:00Z", "2026-04-01T22:00:00Z"].map(
                    time))
        #expect(
            try berlin.day("2026-03-29").map { [$0.start, $0.end] }
                == ["2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"].map(time))
        for wrong in ["2026-02-29", "2026-13-01", "2026-1-1", "20260101", "", "2026-00-10", "abcd-ef-gh"] {
            #expect(berlin.day(wrong) == nil)
        }
        for wrong in ["", "0m", "7m", "25h", "1y", "-1h", "1", "m", "11h"] {
            #expect(PeriodStep(wrong) == nil, "\(wrong)")
        }
    }

    private static let zones = [
        "UTC", "Asia/Tokyo", "Europe/Berlin", "Europe/London", "Europe/Dublin", "America/New_York", "America/St_Johns",
        "America/Sao_Paulo",
        "America/Nuuk", "Australia/Lord_Howe", "Australia/Sydney", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tehran",
        "Asia/Jerusalem",
        "Pacific/Chatham", "Pacific/Apia", "Africa/Cairo",
    ]

    // MARK: What is no zone

    @Test func aDamagedFileIsNoZone() throws {
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/Europe/Berlin")))
        #expect(ZoneRules(tzif: whole) != nil)
        for length in 0..<whole.count - 1 { #expect(ZoneRules(tzif: Array(whole[..<length])) == nil) }
        let seed = UInt64.random(in: 0 ..< .max)
        var random = SplitMix(state: seed)
        for _ in 0..<2000 {
            var bytes = whole
            bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            // Whatever it makes of it, it must not end the daemon.
            _ = ZoneRules(tzif: bytes)?.offset(at: 1_800_000_000)
        }
    }

    @Test(arguments: [
        "", "CET", "CET-", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0", "C-1", "<CET-1",
        "CET-1CEST,J0,J5", "CET-1000",
    ])
    func aRuleThatIsNoneIsRefused(text: String) {
        #expect(PosixZone(text) == nil)
    }

    @Test(
        arguments: [
            ("JST-9", "2026-07-01T00:00:00Z", 9 * 3600),
            ("<+0545>-5:45", "2026-07-01T00:00:00Z", 20_700),
            ("NST3:30NDT,M3.2.0,M11.1.0", "2026-07-01T00:00:00Z", -9000),
            ("IST-1GMT0,M10.5.0,M3.5.0/1", "2026-12-24T00:00:00Z", 0),
            ("IST-1GMT0,M10.5.0,M3.5.0/1", "2026-07-01T00:00:00Z", 3600),
            // Day 60 by either count: March 1, a leap year or not, and the day after February 29 or March 1.
            ("AAA0BBB,J60/0,J61/0", "2024-03-01T12:00:00Z", 3600),
            ("AAA0BBB,J60/0,J61/0", "2026-03-01T12:00:00Z", 3600),
            ("AAA0BBB,59/0,60/0", "2024-02-29T12:00:00Z", 3600),
            ("AAA0BBB,59/0,60/0", "2026-03-01T12:00:00Z", 3600),
            ("AAA0BBB,59/0,60/0", "2026-02-28T12:00:00Z", 0),
        ] as [(String, String, Int)])
    func aRuleIsFollowed(rule: String, at: String, offset: Int) throws {
        let zone = try #require(PosixZone(rule))
        #expect(try zone.offset(at: time(at).ms / 1000) == Int64(offset))
    }

    @Test func theSystemsZoneIsFoundWhereverItIsSaid() {
        func name(_ tz: String?, _ localtime: String?, _ timezone: String?) -> String {
            SystemTimezone.name(tz: tz, localtime: localtime, timezone: timezone.map { Array($0.utf8) })
        }
        #expect(name("Asia/Tokyo", "/usr/share/zoneinfo/Europe/Berlin", "Europe/Paris\n") == "Asia/Tokyo")
        #expect(name(":Asia/Tokyo", nil, nil) == "Asia/Tokyo")
        #expect(name("JST-9", "../usr/share/zoneinfo/Europe/Berlin", "Europe/Paris\n") == "Europe/Berlin")
        #expect(name(nil, "/somewhere/else", "Europe/Paris\n") == "Europe/Paris")
        #expect(name(nil, nil, "no such zone\n") == "UTC")
        #expect(name(nil, nil, nil) == "UTC")
        #expect(Periods(Settings()) != nil)
    }

    // MARK: Support

    private func periods(_ zone: String, dayStart: Int = 0, interval: Int = 15) throws -> Periods {
        Periods(zone: try #require(ZoneDirectory.rules(zone)), dayStart: dayStart, interval: interval)
    }

    private func time(_ text: String) throws -> Timestamp {
        let date = try Date(text, strategy: .iso8601)
        return Timestamp(ms: Int64(date.timeIntervalSince1970 * 1000))
    }
}
