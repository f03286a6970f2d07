import CallCenter

/// Times as text (RFC 3339), without a calendar library.
public enum RFC3339 {
    /// `2026-01-31T00:00:00.000Z`: in UTC, with milliseconds.
    public static func string(_ time: Timestamp) -> String {
        String(unsafeUninitializedCapacity: 24) { write(time, $0) }
    }

    /// The moment a text names, to the millisecond; nil when it is no RFC 3339 `date-time`.
    ///
    /// Any offset, any number of fraction digits (those after the third are dropped), `t` and `z` in lower case. A leap
    /// second (`:60`) is the last millisecond of its minute, since POSIX time has no room for it.
    public static func timestamp(_ text: UnsafeRawBufferPointer) -> Timestamp? {
        guard text.count >= 20, let date = days(text),
            let hour = digits(text, 11, 2), let minute = digits(text, 14, 2), let second = digits(text, 17, 2),
            text[10] | 0x20 == UInt8(ascii: "t"), text[13] == UInt8(ascii: ":"), text[16] == UInt8(ascii: ":"),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        var at = 19
        var fraction = 0
        if text[at] == UInt8(ascii: ".") {
            at += 1
            let start = at
            var scale = 100
            while at < text.count, text[at] &- UInt8(ascii: "0") < 10 {
                fraction += Int(text[at] - UInt8(ascii: "0")) * scale
                scale /= 10
                at += 1
            }
            if at == start { return nil }
        }
        guard at < text.count, let offset = offsetMinutes(text, at) else { return nil }
        let ofMinute = second == 60 ? 59_999 : second * 1_000 + fraction
        return Timestamp(ms: Int64(((date * 24 + hour) * 60 + minute - offset) * 60_000 + ofMinute))
    }

    /// `Z` or `+09:00` at the end of the text.
    private static func offsetMinutes(_ text: UnsafeRawBufferPointer, _ at: Int) -> Int? {
        let sign = text[at]
        if sign | 0x20 == UInt8(ascii: "z") { return at + 1 == text.count ? 0 : nil }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), at + 6 == text.count,
            text[at + 3] == UInt8(ascii: ":"),
            let hours = digits(text, at + 1, 2), let minutes = digits(text, at + 4, 2), hours < 24, minutes < 60
        else { return nil }
        return (hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -1 : 1)
    }

    @inline(__always)
    private static func digits(_ text: UnsafeRawBufferPointer, _ start: Int, _ count: Int) -> Int? {
        var value = 0
        for at in start..<start + count {
            let digit = text[at] &- UInt8(ascii: "0")
            if digit > 9 { return nil }
            value = value * 10 + Int(digit)
        }
        return value
    }

    /// The date in the first ten bytes, as days since 1970-01-01.
    private static func days(_ text: UnsafeRawBufferPointer) -> Int? {
        guard let year = digits(text, 0, 4), let month = digits(text, 5, 2), let day = digits(text, 8, 2),
            text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"), year > 0, (1...12).contains(month), day > 0,
            day <= CivilDate.length(ofMonth: month, in: year)
        else { return nil }
        return CivilDate.days(year: year, month: month, day: day)
    }

    /// Writes 24 bytes; a time outside the years 0000 to 9999, which the format cannot say, becomes the nearest it can.
    @discardableResult
    static func write(_ time: Timestamp, _ room: UnsafeMutableBufferPointer<UInt8>) -> Int {
        let ms = min(max(time.ms, -62_167_219_200_000), 253_402_300_799_999)
        let (day, dayMs) =
            ms >= 0
            ? (ms / 86_400_000, ms % 86_400_000) : ((ms + 1) / 86_400_000 - 1, (ms + 1) % 86_400_000 + 86_399_999)
        let date = CivilDate(days: Int(day))
        let second = Int(dayMs) / 1_000
        func write(_ value: Int, _ at: Int, _ count: Int, _ after: UInt8) {
            var value = value
            for i in stride(from: at + count - 1, through: at, by: -1) {
                room[i] = UInt8(truncatingIfNeeded: value % 10) + UInt8(ascii: "0")
                value /= 10
            }
            room[at + count] = after
        }
        write(date.year, 0, 4, UInt8(ascii: "-"))
        write(date.month, 5, 2, UInt8(ascii: "-"))
        write(date.day, 8, 2, UInt8(ascii: "T"))
        write(second / 3_600, 11, 2, UInt8(ascii: ":"))
        write(second / 60 % 60, 14, 2, UInt8(ascii: ":"))
        write(second % 60, 17, 2, UInt8(ascii: "."))
        write(Int(dayMs) % 1_000, 20, 3, UInt8(ascii: "Z"))
        return 24
    }
}
