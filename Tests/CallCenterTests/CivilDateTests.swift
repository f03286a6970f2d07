import CallCenter
import Foundation
import Testing

/// Dates against Foundation's calendar.
@Suite struct CivilDateTests {
    /// Foundation's Gregorian calendar has Julian dates before 1582, so only days after that are compared.
    @Test func everyDayOfFourHundredYearsIsFoundations() {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        for days in stride(from: -110_000, through: 110_000, by: 7) {
            let date = CivilDate(days: days)
            let parts = calendar.dateComponents(
                [.year, .month, .day], from: Date(timeIntervalSince1970: Double(days) * 86_400))
            #expect([date.year, date.month, date.day] == [parts.year, parts.month, parts.day], "\(days)")
            #expect(CivilDate.days(year: date.year, month: date.month, day: date.day) == days)
        }
    }

    @Test(arguments: [
        (0, "1970-01-01"), (-1, "1969-12-31"), (11_016, "2000-02-29"), (-719_528, "0000-01-01"),
        (-719_162, "0001-01-01"), (2_932_896, "9999-12-31"),
    ]) func aDayIsWritten(days: Int, text: String) { #expect(CivilDate(days: days).text == text) }

    @Test func monthsHaveTheirLengths() {
        #expect((1...12).map { CivilDate.length(ofMonth: $0, in: 2026) }.reduce(0, +) == 365)
        #expect([1900, 2000, 2024, 2026].map { CivilDate.length(ofMonth: 2, in: $0) } == [28, 29, 29, 28])
    }
}
