import CallCenter
import Foundation
import Testing

@testable import EventWire

private func read(_ text: String) -> Int64? { Array(text.utf8).withUnsafeBytes { RFC3339.timestamp($0)?.ms } }

@Suite struct RFC3339Tests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:00.001Z", 1), ("1969-12-31T23:59:59.999Z", -1),
        ("2000-02-29T00:00:00Z", 951_782_400_000),
        ("2026-01-31T09:00:00+09:00", 1_769_817_600_000), ("2026-01-31t00:00:00z", 1_769_817_600_000),
        ("2026-01-30T18:30:00-05:30", 1_769_817_600_000),
        ("2026-01-31T00:00:00-00:00", 1_769_817_600_000), ("2026-01-31T00:00:00.1Z", 1_769_817_600_100),
        ("2026-01-31T00:00:00.12Z", 1_769_817_600_120),
        ("2026-01-31T00:00:00.9999999999999Z", 1_769_817_600_999), ("2016-12-31T23:59:60Z", 1_483_228_799_999),
        ("2016-12-31T23:59:60.5Z", 1_483_228_799_999),
        ("2017-01-01T08:59:60+09:00", 1_483_228_799_999), ("0001-01-01T00:00:00Z", -62_135_596_800_000),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ("2024-02-29T23:59:59+23:59", 1_709_164_859_000),
    ])
    func isRead(_ text: String, _ ms: Int64) { #expect(read(text) == ms, "\(text)") }

    @Test(arguments: [
        "", "Z", "2026-01-31", "2026-01-31T00:00Z", "2026-01-31T00:00:00", "2026-01-31 00:00:00Z",
        "2026-01-31_00:00:00Z", "20260131T000000Z", "2026-1-31T00:00:00Z", "26-01-31T00:00:00Z",
        "02026-01-31T00:00:00Z", "+2026-01-31T00:00:00Z", "0000-01-01T00:00:00Z", "2026-00-31T00:00:00Z",
        "2026-13-31T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z",
        "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-01-31T24:00:00Z",
        "2026-01-31T00:60:00Z", "2026-01-31T00:00:61Z", "2026-01-31T00:00:00.Z",
        "2026-01-31T00:00:00,5Z", "2026-01-31T00:00:00.5", "2026-01-31T00:00:00+9:00", "2026-01-31T00:00:00+0900",
        "2026-01-31T00:00:00+09", "2026-01-31T00:00:00+24:00", "2026-01-31T00:00:00+09:60",
        "2026-01-31T00:00:00Zx", " 2026-01-31T00:00:00Z", "2026-01-31T00:00:00Z ", "2026-01-31T00:00:00+09:00x",
        "2026-01-31T0:00:00Z", "2026-01-31T-1:00:00Z", "2026-01-31T00:00:00JST",
    ])
    func isRefused(_ text: String) { #expect(read(text) == nil, "\(text)") }

    @Test func isWritten() {
        #expect(RFC3339.string(Timestamp(ms: 0)) == "1970-01-01T00:00:00.000Z")
        #expect(RFC3339.string(Timestamp(ms: -1)) == "1969-12-31T23:59:59.999Z")
        #expect(RFC3339.string(Timestamp(ms: 1_769_817_600_042)) == "2026-01-31T00:00:00.042Z")
        #expect(RFC3339.string(Timestamp(ms: .max)) == "9999-12-31T23:59:59.999Z")
        #expect(RFC3339.string(Timestamp(ms: .min)) == "0000-01-01T00:00:00.000Z")
    }

    /// Every day of 800 years is written and read back, each one day after the last.
    @Test func everyDayIsAsLong() {
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = TimeZone(identifier: "UTC")!
        for day in Int64(-146_097)..<146_097 {
            let time = Timestamp(ms: day * 86_400_000 + 12_345_678)
            let text = RFC3339.string(time)
            if read(text) != time.ms { Issue.record("\(text)") }
            // Foundation's calendar is Julian before 1582-10-15; RFC 3339's is Gregorian throughout.
            guard day % 997 == 0, day >= -141_427 else { continue }
            let parts = calendar.dateComponents(
                [.year, .month, .day], from: Date(timeIntervalSince1970: Double(time.ms) / 1_000))
            #expect(
                text.hasPrefix(String(format: "%04d-%02d-%02dT03:25:45.678Z", parts.year!, parts.month!, parts.day!)))
        }
    }
}
