import CallCenter
import Testing

@testable import Storage

/// Days, moments and amounts as people write them into cells.
@Suite struct ImportCellTests {
    private static func day(_ year: Int, _ month: Int, _ day: Int) -> Int {
        CivilDate.days(year: year, month: month, day: day)
    }

    @Test(arguments: [
        "2026-11-26", "2026/11/26", "2026.11.26", "20261126", "2026年11月26日", "２０２６／１１／２６", "2026/11/26(木)",
    ]) func aDay(text: String) { #expect(CellMoment(text) == .day(Self.day(2026, 11, 26))) }

    @Test(arguments: [
        ("2026-11-26 9:05", 545), ("2026/1/5 00:00", 0), ("2026-11-26T23:59:00", 1_439), ("2026年11月26日 14時30分", 870),
    ] as [(String, Int64)]) func aMomentOfTheCentresClock(text: String, minutes: Int64) {
        let day = Int64(text.hasPrefix("2026/1/5") ? Self.day(2026, 1, 5) : Self.day(2026, 11, 26))
        #expect(CellMoment(text) == .clock((day * 1_440 + minutes) * 60_000))
    }

    @Test(arguments: [
        ("2026-11-26T00:05:00Z", 0), ("2026-11-26T09:05:00.000+09:00", 0), ("2026-11-25T19:05:00.123456-0500", 123),
    ] as [(String, Int64)]) func aMomentWithItsDistance(text: String, ms: Int64) {
        let start = Int64(Self.day(2026, 11, 26)) * 86_400_000 + 300_000
        #expect(CellMoment(text) == .time(Timestamp(ms: start + ms)))
    }

    @Test(arguments: [
        "", "x", "26.11.2026", "11/26/2026", "2026-13-01", "2026-02-30", "2026-11-26 24:00", "2026-11-26 9", "202611",
        "2026-11-26 09:00 x", "1899-01-01", "2026-11-26T09:00+9", "2026-11/26", "2026年11月26",
    ]) func whatIsNone(text: String) { #expect(CellMoment(text) == nil) }

    @Test(arguments: [
        ("12800", "12800", nil), ("12,800", "12800", nil), ("¥12,800", "12800", "JPY"),
        ("￥1,234,567.50", "1234567.50", "JPY"),
        ("12800円", "12800", "JPY"), ("▲500", "-500", nil), ("△¥500", "-500", "JPY"), ("(500)", "-500", nil),
        ("-19.90", "-19.90", nil), ("19.90 €", "19.90", "EUR"), ("€19.90", "19.90", "EUR"), ("１２", "12", nil),
        ("1,5", nil, nil),
        ("12,80", nil, nil), ("1e3", nil, nil), ("", nil, nil), ("-", nil, nil), ("abc", nil, nil), ("--5", nil, nil),
        ("1234567890123456", nil, nil),
    ] as [(String, String?, String?)]) func anAmount(cell: String, number: String?, currency: String?) {
        let money = CellMoney(cell)
        #expect(money?.number.text == number)
        #expect(money?.currency == currency)
    }

    @Test func aSetOfNumbers() {
        var set = NumberSet()
        for number in [1, 63, 64, 1_000_000] as [Int64] {
            #expect(!set.contains(number))
            set.insert(number)
            #expect(set.contains(number) && !set.contains(number + 1))
        }
        #expect(!set.contains(1 << 40))
    }
}
