/// Dates of the Gregorian calendar as days since 1970-01-01.
struct CivilDate {
    let year: Int64

    static func isLeap(_ year: Int64) -> Bool {
        year.modulo(4) == 0 && (year.modulo(100) != 0 || year.modulo(400) == 0)
    }

    /// The year in which a day lies.
    init(day: Int64) {
        // A year more or less is put right below; a leap day every four years comes near enough.
        var year = 1970 + (day * 400).floored(by: 146_097)
        while CivilDate.day(year: year, month: 1, day: 1) > day { year -= 1 }
        while CivilDate.day(year: year + 1, month: 1, day: 1) <= day { year += 1 }
        self.year = year
    }

    /// `2026-11-26`, of a day of the years 0 to 9999.
    static func text(day: Int64) -> String {
        let year = CivilDate(day: day).year
        let month = (1...12).last { CivilDate.day(year: year, month: $0, day: 1) <= day } ?? 1
        func padded(_ number: Int64, to width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let ofMonth = day - CivilDate.day(year: year, month: month, day: 1) + 1
        return "\(padded(year, to: 4))-\(padded(Int64(month), to: 2))-\(padded(ofMonth, to: 2))"
    }

    static func day(year: Int64, month: Int, day: Int) -> Int64 {
        let before = year - 1
        let leaps = before.floored(by: 4) - before.floored(by: 100) + before.floored(by: 400)
        let daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334][month - 1]
        let leapDay = month > 2 && isLeap(year) ? 1 : 0
        // 719,162 days lie between 0001-01-01 and 1970-01-01.
        return before * 365 + leaps - 719_162 + Int64(daysBefore + leapDay + day - 1)
    }
}

extension Int64 {
    /// Division towards minus infinity, as calendars need it before 1970.
    func floored(by divisor: Int64) -> Int64 { (self - modulo(divisor)) / divisor }

    /// The remainder of that division: never negative.
    func modulo(_ divisor: Int64) -> Int64 {
        let remainder = self % divisor
        return remainder < 0 ? remainder + divisor : remainder
    }
}
