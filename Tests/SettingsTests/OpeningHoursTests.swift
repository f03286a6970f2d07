import CallCenter
import Foundation
import Testing

@testable import Settings

/// Time in which the centre is open, against a count by the minute, in zones that make it hard.
@Suite struct OpeningHoursTests {
    struct Seeded: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }

    private func time(_ text: String) throws -> Timestamp {
        Timestamp(ms: Int64(try #require(ISO8601DateFormatter().date(from: text)).timeIntervalSince1970 * 1_000))
    }

    /// Random hours; some days closed, some through midnight.
    static func random(_ zone: ZoneRules, around day: Int64, _ random: inout Seeded) -> OpeningHours {
        func spans() -> [OpeningHours.Span] {
            switch Int.random(in: 0...4, using: &random) {
            case 0: return []
            case 1: return [.init(from: 540, to: 1_080)]
            case 2: return [.init(from: 540, to: 720), .init(from: 780, to: 1_080)]
            case 3: return [.init(from: 0, to: 1_440)]
            default: return [.init(from: 60, to: 150), .init(from: 150, to: 155)]
            }
        }
        var days: [Int64: [OpeningHours.Span]] = [:]
        for _ in 0..<3 { days[day + Int64.random(in: -3...3, using: &random)] = spans() }
        return OpeningHours(zone: zone, week: (0..<7).map { _ in spans() }, days: days)
    }

    /// Around changes of the clock in both directions, and where there is none.
    @Test(arguments: [
        ("Asia/Tokyo", Int64(1_795_392_000)), ("Europe/Berlin", 1_774_746_000), ("Europe/Berlin", 1_792_890_000),
        ("America/St_Johns", 1_793_500_200),
    ]) func itIsACountByTheMinute(name: String, around: Int64) throws {
        let zone = try #require(ZoneDirectory.rules(name))
        var random = Seeded(state: UInt64(around))
        for _ in 0..<12 {
            let hours = Self.random(zone, around: around / 86_400, &random)
            let minute: Int64 = 60_000
            func moment() -> Timestamp {
                let away = Int64.random(in: -3_000...3_000, using: &random)
                return Timestamp(ms: around * 1_000 / minute * minute + away * minute)
            }
            let moments = [moment(), moment(), moment()].sorted()
            let (a, b, c) = (moments[0], moments[1], moments[2])
            var open: Int64 = 0, at = a
            while at < b {
                if hours.isOpen(at: at) { open += minute }
                at = at + minute
            }
            #expect(hours.open(from: a, to: b) == open)
            // Parts make up the whole, and no time is negative.
            #expect(hours.open(from: a, to: b) + hours.open(from: b, to: c) == hours.open(from: a, to: c))
            #expect(hours.open(from: c, to: a) == 0)
            // Searching is counting backwards.
            let asked = Int64.random(in: 1...40_000_000, using: &random)
            if let then = hours.time(after: asked, from: a) {
                #expect(hours.open(from: a, to: then) == asked && hours.open(from: a, to: then - 1) == asked - 1)
            }
            if let then = hours.time(before: asked, until: c) {
                #expect(hours.open(from: then, to: c) == asked && hours.open(from: then + 1, to: c) == asked - 1)
            }
        }
    }

    @Test func aCentreThatIsNeverOpenHasNoSuchMoment() throws {
        let zone = try #require(ZoneDirectory.rules("Asia/Tokyo"))
        let never = OpeningHours(zone: zone, week: [[OpeningHours.Span]](repeating: [], count: 7))
        let now = Timestamp(ms: 1_795_392_000_000)
        #expect(never.time(after: 1, from: now) == nil && never.time(before: 1, until: now) == nil)
        #expect(never.time(after: 0, from: now) == now && !never.isOpen(at: now))
        // Without hours it is always open.
        let clock = WorkClock()
        #expect(clock.time(after: 5, from: now) == now + 5 && clock.open(from: now, to: now + 9) == 9)
        var rules = Settings.Cases()
        rules.stalledAfter = 0
        #expect(WorkClock(rules).caseClock(at: now).stalledBefore == nil)
        #expect(WorkClock(Settings.Cases(), never).caseClock(at: now).stalledBefore == nil)
    }

    @Test func theFileSaysWhen() throws {
        let file = try TemporaryFile("2026-11-23 勤労感謝の日\n# x\n2026-12-30 09:00-12:00 年末 # 短縮\n")
        let settings = try load(
            """
            timezone = "Asia/Tokyo"
            [opening_hours]
            monday = ["09:00-12:00", "13:00-18:00"]
            wednesday = ["09:00-18:00"]
            holidays = "\(file.path)"
            """)
        let hours = try #require(settings.workClock.hours)
        func isOpen(_ text: String) throws -> Bool { hours.isOpen(at: try time(text)) }
        // Monday the 16th and the holiday a week later.
        #expect(try isOpen("2026-11-16T09:00:00+09:00") && !isOpen("2026-11-16T12:00:00+09:00"))
        #expect(try !isOpen("2026-11-23T09:00:00+09:00") && !isOpen("2026-11-17T10:00:00+09:00"))
        #expect(try isOpen("2026-12-30T11:59:59+09:00") && !isOpen("2026-12-30T12:00:00+09:00"))
        // Four hours from Monday at 16:00 are two on Monday and two on Wednesday.
        let due = settings.workClock.time(after: 4 * 3_600_000, from: try time("2026-11-16T16:00:00+09:00"))
        #expect(try due == time("2026-11-18T11:00:00+09:00"))
    }

    @Test(arguments: [
        ("monday = [\"9:00-18:00\"]", "write times that follow each other"),
        ("monday = [\"09:00-18:00\", \"17:00-19:00\"]", "write times that follow each other"),
        ("monday = \"09:00-18:00\"", "write a list in brackets"), ("holidays = \"/nowhere\"", "cannot be read"),
        ("moonday = []", "did you mean \"monday\"?"),
    ]) func whatIsWrongSaysWhatToWrite(line: String, advice: String) throws {
        #expect(try complaint("[opening_hours]\n\(line)")?.contains(advice) == true)
    }

    @Test(arguments: [
        ("2026-11-23 x\n2026-11-23", 2), ("\n\n23.11.2026", 3), ("2026-02-30", 1), ("2026-12-30 9-12", 1),
    ]) func aWrongDayIsNamedByItsLine(text: String, line: Int) throws {
        #expect(throws: HolidayFile.Wrong.self) { try HolidayFile.days(text) }
        let file = try TemporaryFile(text)
        #expect(
            try complaint("[opening_hours]\nholidays = \"\(file.path)\"")?.contains("line \(line) of this file") == true
        )
    }

    @Test func theShippedHolidaysAreRight() throws {
        let path = ShippedFile.path.replacing("screenpopd.toml", with: "holidays-jp.txt")
        let days = try HolidayFile.days(String(contentsOfFile: path, encoding: .utf8))
        #expect(days.count == 35 && days.values.allSatisfy(\.isEmpty))
        // Most of them are no Sundays: where one is, a day off follows.
        for day in days.keys where (day + 3) % 7 == 6 {
            #expect((1...3).contains { days[day + $0] != nil }, "\(CivilDate(days: Int(day)).text) is a Sunday")
        }
    }

    @Test func escalationsAreATableEach() throws {
        let settings = try load(
            """
            [[escalation]]
            name = "late"
            when = "overdue"
            after = "2h"
            priority = "urgent"
            [[escalation]]
            name = "nobody"
            when = "unowned"
            kind = "case"
            owner = "900"
            """)
        #expect(
            settings.workClock.escalations == [
                EscalationRule(name: "late", condition: .overdue, after: 7_200_000, priority: .urgent),
                EscalationRule(name: "nobody", condition: .unowned, kind: .case, owner: "900"),
            ])
        for (text, advice) in [
            ("when = \"overdue\"\nalarm = true", "has no name"), ("name = \"a\"", "does nothing"),
            ("name = \"a\"\nwhen = \"late\"", "write one of"), ("name = \"a\"\npriority = \"x\"", "write one of"),
            ("name = \"a\"\nalarm = true\n[[escalation]]\nname = \"a\"\nalarm = true", "with this name already"),
        ] { #expect(try complaint("[[escalation]]\n\(text)")?.contains(advice) == true, "\(text)") }
    }

    @Test func phasesAreTheCentresOwn() throws {
        #expect(try load("[cases]\nphases = [\"open\"]\nclaim_limit = \"5m\"").cases.phases == ["open"])
        #expect(try load("[cases]\nclaim_limit = \"5m\"").policy.claimLimit == 300_000)
        #expect(try complaint("[cases]\nphases = [\"a\", \"closed\"]")?.contains("always the last") == true)
        #expect(try complaint("[cases]\nphases = []")?.contains("at least one") == true)
    }

    /// Monday to Friday from nine to six, in Tokyo; the Monday of the test is a holiday.
    private func tokyo() throws -> OpeningHours {
        let zone = try #require(ZoneDirectory.rules("Asia/Tokyo")), day = OpeningHours.Span(from: 540, to: 1_080)
        let holiday = Int64(CivilDate.days(year: 2026, month: 11, day: 23))
        return OpeningHours(zone: zone, week: [[day], [day], [day], [day], [day], [], []], days: [holiday: []])
    }

    @Test func theNextOpeningIsBehindHolidays() throws {
        let hours = try tokyo(), friday = try time("2026-11-20T18:00:00+09:00")
        #expect(!hours.isOpen(at: friday) && hours.isOpen(at: friday - 1))
        #expect(hours.nextOpen(from: friday) == (try time("2026-11-24T09:00:00+09:00")))
        #expect(hours.nextOpen(from: friday - 1) == friday - 1)
        #expect(hours.isSpecial(at: try time("2026-11-23T12:00:00+09:00")))
        #expect(!hours.isSpecial(at: try time("2026-11-22T12:00:00+09:00")), "a Sunday is usual")
        let never = OpeningHours(zone: try #require(ZoneDirectory.rules("UTC")), week: Array(repeating: [], count: 7))
        #expect(never.nextOpen(from: friday) == nil && never.parts(from: friday, to: friday + 86_400_000).isEmpty)
    }

    @Test func partsWithoutAGapAreOne() throws {
        let zone = try #require(ZoneDirectory.rules("UTC"))
        let always = OpeningHours(zone: zone, week: Array(repeating: [.init(from: 0, to: 1_440)], count: 7))
        let from = try time("2026-11-20T12:00:00Z"), to = from + 3 * 86_400_000
        #expect(always.parts(from: from, to: to) == [from..<to])
        let parts = try tokyo().parts(
            from: try time("2026-11-20T00:00:00+09:00"), to: try time("2026-11-25T12:00:00+09:00"))
        #expect(parts.count == 3 && parts.map { $0.upperBound - $0.lowerBound } == [32_400_000, 32_400_000, 10_800_000])
        #expect(try tokyo().parts(from: to, to: from).isEmpty)
    }

    /// A rule without a time to wait fires when somebody is there; one with a time is over within the hours anyway.
    @Test func rulesFireWhileTheCentreIsOpen() throws {
        let clock = WorkClock(Settings.Cases(), try tokyo()), evening = try time("2026-11-20T22:00:00+09:00")
        let tuesday = try time("2026-11-24T09:00:00+09:00")
        #expect(clock.firing(after: 0, from: evening) == tuesday)
        #expect(clock.firing(after: 60_000, from: evening) == tuesday + 60_000)
        #expect(WorkClock().firing(after: 0, from: evening) == evening)
    }

    @Test func whatIsDueFirstThingIsAtRiskBeforeTheCentreCloses() throws {
        let clock = WorkClock(Settings.Cases(), try tokyo()), due = try time("2026-11-24T09:10:00+09:00")
        func facts(_ due: Timestamp) -> CaseFacts {
            CaseFacts(kind: .promise, isOpen: true, hasOwner: true, due: due, progressAt: due, waitingSince: nil)
        }
        // Half an hour of open time before: twenty minutes on Friday, ten on Tuesday.
        let reminder = clock.reminder(before: due)
        #expect(reminder == (try time("2026-11-20T17:40:00+09:00")))
        #expect(!clock.caseClock(at: reminder).isAtRisk(facts(due)))
        #expect(clock.caseClock(at: reminder + 1).isAtRisk(facts(due)))
        #expect(clock.caseClock(at: try time("2026-11-22T12:00:00+09:00")).isAtRisk(facts(due)))
        #expect(!clock.caseClock(at: due + 1).isAtRisk(facts(due)), "it is late")
        #expect(WorkClock().reminder(before: due) == due - 30 * 60_000)
    }
}
