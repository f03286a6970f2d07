import CallCenter

/// A file of holidays and other days that differ, a line each: `2027-01-01 元日`. Times behind the date say when the
/// centre is open all the same: `2026-12-30 09:00-12:00 年末`. A `#` begins a comment.
public enum HolidayFile {
    /// A line that cannot be read.
    public struct Wrong: Error, Equatable {
        /// From 1.
        public var line: Int
        /// What is wrong or what to write, in a part of a sentence.
        public var advice: String
    }

    /// The days by days since 1970-01-01.
    public static func days(_ text: String) throws(Wrong) -> [Int64: [OpeningHours.Span]] {
        var days: [Int64: [OpeningHours.Span]] = [:]
        for (n, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
            guard let first = words.first else { continue }
            guard let day = day(first) else {
                throw Wrong(line: n + 1, advice: "a line begins with a date such as 2027-01-01")
            }
            guard days[day] == nil else { throw Wrong(line: n + 1, advice: "this date is there already") }
            let times = words.dropFirst().prefix { $0.first?.isASCII == true && $0.first?.isNumber == true }
            var spans: [OpeningHours.Span] = []
            for word in times {
                guard let span = OpeningHours.Span(String(word)) else {
                    throw Wrong(line: n + 1, advice: "times are written as 09:00-12:00")
                }
                spans.append(span)
            }
            guard OpeningHours.Span.areInOrder(spans) else {
                throw Wrong(line: n + 1, advice: "the times of a day follow each other")
            }
            days[day] = spans
        }
        return days
    }

    private static func day(_ text: Substring) -> Int64? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2],
            parts.allSatisfy({ $0.utf8.allSatisfy { $0 >= 48 && $0 <= 57 } }), let year = Int(parts[0]),
            let month = Int(parts[1]), let day = Int(parts[2]), (1...12).contains(month), day >= 1,
            day <= CivilDate.length(ofMonth: month, in: year)
        else { return nil }
        return Int64(CivilDate.days(year: year, month: month, day: day))
    }
}

extension OpeningHours.Span {
    /// `09:00-18:00`; nil for another text. The end may be `24:00`.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let from = TimeOfDay.minutes(String(parts[0])),
            let to = parts[1] == "24:00" ? 1_440 : TimeOfDay.minutes(String(parts[1])), from < to
        else { return nil }
        self.init(from: from, to: to)
    }

    static func areInOrder(_ spans: [OpeningHours.Span]) -> Bool {
        zip(spans, spans.dropFirst()).allSatisfy { $0.to <= $1.from }
    }
}
