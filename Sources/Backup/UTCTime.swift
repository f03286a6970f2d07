import CallCenter
import Glibc

/// A moment, as manifests write it: RFC 3339 in UTC with milliseconds.
public struct UTCTime: Equatable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// Milliseconds since 1970.
    public var ms: Int64

    /// Copies its argument.
    /// - Parameter ms: since 1970, in UTC.
    public init(ms: Int64) { self.ms = ms }

    /// The machine's clock, to the millisecond.
    static var now: UTCTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UTCTime(ms: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// `2026-11-26T14:03:00.000Z`; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(whereSeparator: { "-T:.Z".contains($0) })
        let numbers = parts.compactMap { Int($0) }
        guard text.utf8.count == 24, numbers.count == 7, parts.count == 7, numbers.allSatisfy({ $0 >= 0 }),
            1...12 ~= numbers[1]
        else { return nil }
        let days = CivilDate.days(year: numbers[0], month: numbers[1], day: numbers[2])
        let seconds = days * 86_400 + numbers[3] * 3_600 + numbers[4] * 60 + numbers[5]
        ms = Int64(seconds * 1_000 + numbers[6])
        guard description == text else { return nil }
    }

    public var description: String {
        let (day, rest) = parts
        return "\(day.text)T\(two(rest / 3_600_000)):\(two(rest / 60_000 % 60)):\(two(rest / 1_000 % 60))."
            + "\(rest % 1_000 < 100 ? "0" : "")\(two(rest % 1_000))Z"
    }

    /// `20261126T140300Z`: names that sort by time, without characters that a file system or a shell minds.
    var compact: String {
        let (day, rest) = parts
        return "\(day.text.filter { $0 != "-" })T\(two(rest / 3_600_000))\(two(rest / 60_000 % 60))"
            + "\(two(rest / 1_000 % 60))Z"
    }

    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let time = UTCTime(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "\(text) is no time"))
        }
        self = time
    }

    public func encode(to encoder: any Encoder) throws {
        var one = encoder.singleValueContainer()
        try one.encode(description)
    }

    public static func < (a: UTCTime, b: UTCTime) -> Bool { a.ms < b.ms }

    private var parts: (day: CivilDate, rest: Int64) {
        let rest = (ms % 86_400_000 + 86_400_000) % 86_400_000
        return (CivilDate(days: Int((ms - rest) / 86_400_000)), rest)
    }
}

private func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
