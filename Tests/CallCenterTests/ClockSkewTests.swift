import CallCenter
import Testing

/// A PBX with a wrong clock is distinguished from one whose events come late.
@Suite struct ClockSkewTests {
    /// Events once a second; `time` is what the PBX says of the one that happened `at` milliseconds after the start.
    static func run(_ seconds: Int64, delay: (Int64) -> Int64 = { _ in 40 }, clock: (Int64) -> Int64) -> Centre {
        var floor = Floor()
        for n in 0..<seconds {
            floor.now = morning + n * 1_000 + delay(n)
            floor.apply(agent("101", .ready, at: clock(n * 1_000)))
        }
        return floor.centre
    }

    @Test func aSteadyDifferenceIsMarkedFromItsBeginningToItsEnd() throws {
        let centre = Self.run(300) { $0 < 100_000 || $0 > 200_000 ? $0 : $0 + 30_000 }
        let skew = try #require(centre.skews.first)
        #expect(centre.skews.count == 1 && skew.source == "pbx" && skew.ahead == 29_960)
        #expect(
            (90_000...125_000).contains(skew.from - morning)
                && (175_000...225_000).contains((skew.to ?? morning) - morning))
        let marks = centre.stats(from: morning, to: morning + 900_000, now: morning + 300_000).centre.marks
        #expect(
            marks.map(\.word) == ["clock_skew"]
                && marks[0].text(.en) == "The clock of the PBX pbx was about 29.9 s ahead.")
        #expect(marks[0].text(.ja).contains("進んで"))
        #expect(centre.stats(from: morning, to: morning + 900_000, now: morning + 300_000).centre.incomplete == false)
        #expect(
            centre.stats(from: morning + 900_000, to: morning + 1_800_000, now: morning + 300_000).centre.marks.isEmpty)
        #expect(Centre(centre.checkpoint).skews == centre.skews)
    }

    @Test func aClockThatIsBehindIsMarkedWhileItLasts() {
        let centre = Self.run(120) { $0 - 3_600_000 }
        #expect(centre.skews.map(\.ahead) == [-3_600_040] && centre.skews.allSatisfy { $0.to == nil })
        #expect(
            centre.stats(from: morning, to: morning + 900_000, now: morning + 120_000).operators["101"]?.marks.map(
                \.word) == ["clock_skew"])
    }

    @Test func whatIsOnlyLateOrOnceInTheFutureIsNoSkew() {
        // Up to a minute late, one of ten at once; a spool that is sent an hour later in a moment; one event of next
        // year.
        #expect(Self.run(300, delay: { $0 % 10 == 0 ? 20 : ($0 * 7_919) % 60_000 }) { $0 }.skews.isEmpty)
        var floor = Floor()
        for n in 0..<Int64(500) {
            floor.now = morning + 3_600_000 + n * 2
            floor.apply(agent("101", .ready, at: n * 1_000))
        }
        #expect(floor.centre.skews.isEmpty)
        #expect(Self.run(300) { $0 == 100_000 ? 31_000_000_000 : $0 }.skews.isEmpty)
        // As fast as a simulation tells a day.
        #expect(Self.run(300) { $0 * 60 }.skews.isEmpty)
    }
}
