import CallCenter
import PhoneNumbers

/// A day or a moment in a cell, as spreadsheets and programs write it: `2026-11-26`, `2026/11/26 9:05`,
/// `2026年11月26日(木)`, `20261126`, `2026-11-26T00:05:00Z`.
///
/// What begins with a day or a month is none: 3/4/2026 is a day in March or in April.
enum CellMoment: Equatable {
    /// Days since 1970-01-01.
    case day(Int)
    /// Milliseconds since 1970-01-01T00:00 of the centre's clock.
    case clock(Int64)
    /// A moment whose distance from UTC is written with it.
    case time(Timestamp)

    init?(_ text: String) {
        var from = Scanner(text)
        guard let days = from.date() else { return nil }
        from.skipWeekday()
        if from.isAtEnd {
            self = .day(days)
            return
        }
        guard from.skipToTime(), let ofDay = from.timeOfDay() else { return nil }
        let clock = Int64(days) * 86_400_000 + ofDay
        if from.isAtEnd {
            self = .clock(clock)
            return
        }
        guard let ahead = from.distanceFromUTC(), from.isAtEnd else { return nil }
        self = .time(Timestamp(ms: clock - ahead))
    }

    /// Reads the parts of a moment one after the other.
    private struct Scanner {
        private let scalars: [Unicode.Scalar]
        private var at = 0

        init(_ text: String) { scalars = Array(NumberText.narrow(text).unicodeScalars) }

        var isAtEnd: Bool { at >= scalars.count }

        private mutating func number(_ digits: ClosedRange<Int>) -> Int? {
            var value = 0, count = 0
            while at < scalars.count, count < digits.upperBound, (0x30...0x39).contains(scalars[at].value) {
                value = value * 10 + Int(scalars[at].value - 0x30)
                count += 1
                at += 1
            }
            return count >= digits.lowerBound ? value : nil
        }

        private mutating func skip(_ signs: String) -> Unicode.Scalar? {
            guard at < scalars.count, signs.unicodeScalars.contains(scalars[at]) else { return nil }
            at += 1
            return scalars[at - 1]
        }

        mutating func date() -> Int? {
            guard let year = number(4...4), (1_900...2_199).contains(year) else { return nil }
            var month = 0, day = 0
            switch skip("-/.年") {
            case nil:
                guard let both = number(4...4) else { return nil }
                (month, day) = (both / 100, both % 100)
            case let sign?:
                guard let first = number(1...2), skip(sign == "年" ? "月" : String(sign)) != nil,
                    let second = number(1...2)
                else { return nil }
                if sign == "年" { guard skip("日") != nil else { return nil } }
                (month, day) = (first, second)
            }
            guard (1...12).contains(month), (1...CivilDate.length(ofMonth: month, in: year)).contains(day) else {
                return nil
            }
            return CivilDate.days(year: year, month: month, day: day)
        }

        /// `(木)`, `(Thu)`.
        mutating func skipWeekday() {
            guard at < scalars.count, scalars[at] == "(" else { return }
            guard let end = scalars[at...].prefix(8).firstIndex(of: ")") else { return }
            at = end + 1
        }

        /// What is between a date and its time.
        mutating func skipToTime() -> Bool {
            var count = 0
            while skip(" T\u{3000}") != nil { count += 1 }
            return count > 0
        }

        /// Milliseconds after midnight.
        mutating func timeOfDay() -> Int64? {
            guard let hour = number(1...2), hour < 24, skip(":時") != nil, let minute = number(1...2), minute < 60 else {
                return nil
            }
            var ms = Int64(hour * 3_600 + minute * 60) * 1_000
            if skip(":分") != nil, !isAtEnd {
                guard let second = number(1...2), second < 60 else { return nil }
                ms += Int64(second) * 1_000
                _ = skip("秒")
                if skip(".") != nil {
                    let start = at
                    guard let fraction = number(1...9) else { return nil }
                    var part = Int64(fraction)
                    for _ in (at - start)..<9 { part *= 10 }
                    ms += part / 1_000_000
                }
            }
            return ms
        }

        /// `Z`, `+09:00`, `+0900`: milliseconds.
        mutating func distanceFromUTC() -> Int64? {
            if skip("Zz") != nil { return 0 }
            guard let sign = skip("+-"), let hours = number(2...2), hours < 24 else { return nil }
            _ = skip(":")
            guard let minutes = number(2...2), minutes < 60 else { return nil }
            let ms = Int64(hours * 60 + minutes) * 60_000
            return sign == "-" ? -ms : ms
        }
    }
}
