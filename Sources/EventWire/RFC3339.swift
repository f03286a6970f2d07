import CallCenter

/// Times as text (RFC 3339), without a calendar library: days from and to a civil date by Howard Hinnant's algorithms.
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
            text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"), year > 0, (1...12).contains(month), day > 0
        else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let length = month == 2 ? (isLeap ? 29 : 28) : (month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31)
        if day > length { return nil }
        // The year begins in March, so that a leap day is its last.
        let shifted = month > 2 ? year : year - 1
        let era = shifted / 400
        let ofEra = shifted - era * 400
        let ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
    }

    /// Writes 24 bytes; a time outside the years 0000 to 9999, which the format cannot say, becomes the nearest it can.
    @discardableResult
    static func write(_ time: Timestamp, _ room: UnsafeMutableBufferPointer<UInt8>) -> Int {
        let ms = min(max(time.ms, -62_167_219_200_000), 253_402_300_799_999)
        let (day, dayMs) =
            ms >= 0
            ? (ms / 86_400_000, ms % 86_400_000) : ((ms + 1) / 86_400_000 - 1, (ms + 1) % 86_400_000 + 86_399_999)
        let shifted = Int(day) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let ofEra = shifted - era * 146_097
        let yearOfEra = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let march = (5 * ofYear + 2) / 153
        let month = march < 10 ? march + 3 : march - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let second = Int(dayMs) / 1_000
        func put(_ value: Int, _ at: Int, _ count: Int, _ after: UInt8) {
            var value = value
            for i in stride(from: at + count - 1, through: at, by: -1) {
                room[i] = UInt8(truncatingIfNeeded: value % 10) + UInt8(ascii: "0")
                value /= 10
            }
            room[at + count] = after
        }
        put(year, 0, 4, UInt8(ascii: "-"))
        put(month, 5, 2, UInt8(ascii: "-"))
        put(ofYear - (153 * march + 2) / 5 + 1, 8, 2, UInt8(ascii: "T"))
        put(second / 3_600, 11, 2, UInt8(ascii: ":"))
        put(second / 60 % 60, 14, 2, UInt8(ascii: ":"))
        put(second % 60, 17, 2, UInt8(ascii: "."))
        put(Int(dayMs) % 1_000, 20, 3, UInt8(ascii: "Z"))
        return 24
    }
}
