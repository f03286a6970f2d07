/// A date of the Gregorian calendar, from and to days since 1970-01-01, by Howard Hinnant's algorithms.
///
/// Every date that the daemon reads or writes goes through here. Within the arithmetic a year begins in March, so that
/// a leap day is its last.
public struct CivilDate: Equatable, Sendable {
    /// Of the Gregorian calendar; 0 and negative before the year 1.
    public let year: Int
    /// 1 to 12.
    public let month: Int
    /// Of the month, from 1.
    public let day: Int

    /// - Parameter days: days since 1970-01-01; negative before it.
    @inlinable
    public init(days: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let ofEra = shifted - era * 146_097
        let yearOfEra = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let march = (5 * ofYear + 2) / 153
        month = march < 10 ? march + 3 : march - 9
        day = ofYear - (153 * march + 2) / 5 + 1
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Days since 1970-01-01 of a date. The month is from 1 to 12; a day beyond its end counts on into the next.
    @inlinable
    public static func days(year: Int, month: Int, day: Int) -> Int {
        let shifted = month > 2 ? year : year - 1
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let ofEra = shifted - era * 400
        let ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
    }

    /// Whether the year has 366 days.
    @inlinable
    public static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    /// How many days a month has: 28 to 31. The month is from 1 to 12.
    @inlinable
    public static func length(ofMonth month: Int, in year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// `2026-11-26`, of a date of the years 0 to 9999.
    public var text: String {
        func padded(_ number: Int, to width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(year, to: 4))-\(padded(month, to: 2))-\(padded(day, to: 2))"
    }
}
