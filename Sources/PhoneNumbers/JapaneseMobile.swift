import CallCenter

/// Japanese mobile and IP numbers (050, 070, 080, 090), read without libphonenumber: a hundred times as fast, for the
/// numbers that most callers of a Japanese centre have. What is read here equals what libphonenumber says: a property
/// test compares the two.
enum JapaneseMobile {
    /// The national number's ten digits, `9012345678`, of `+819012345678`, `09012345678` or `090-1234-5678`; nil for
    /// anything else, which says nothing about whether it is a number.
    ///
    /// - Parameter isHome: numbers without country code are Japanese.
    static func digits(_ raw: String, isHome: Bool) -> String? {
        var raw = raw
        return raw.withUTF8 { bytes -> String? in
            guard bytes.count <= PhoneNumberReader.bytesMax else { return nil }
            var digits = [UInt8]()
            digits.reserveCapacity(10)
            var at = 0
            if bytes.count >= 3, bytes[0] == UInt8(ascii: "+") {
                guard bytes[1] == UInt8(ascii: "8"), bytes[2] == UInt8(ascii: "1") else { return nil }
                at = 3
            } else {
                guard isHome, bytes.first == UInt8(ascii: "0") else { return nil }
                at = 1
            }
            for byte in bytes[at...] {
                if byte == UInt8(ascii: "-") { continue }
                guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9"), digits.count < 10 else { return nil }
                digits.append(byte)
            }
            // 5, 7, 8 or 9, then 0; but 0800 is freephone, which is written otherwise.
            guard digits.count == 10, digits[1] == UInt8(ascii: "0") else { return nil }
            guard digits[0] != UInt8(ascii: "8") || digits[2] != UInt8(ascii: "0") else { return nil }
            switch digits[0] {
            case UInt8(ascii: "5"), UInt8(ascii: "7"), UInt8(ascii: "8"), UInt8(ascii: "9"):
                return String(decoding: digits, as: UTF8.self)
            default: return nil
            }
        }
    }

    /// - Parameter region: the centre's own.
    static func read(_ raw: String, region: String) -> NumberReading? {
        let isHome = region == "JP"
        guard let digits = digits(raw, isHome: isHome) else { return nil }
        let first = digits.prefix(2), second = digits.dropFirst(2).prefix(4), third = digits.suffix(4)
        let e164 = "+81" + digits
        let number = CallerNumber(
            kind: .number, raw: raw, e164: e164,
            display: isHome ? "0\(first)-\(second)-\(third)" : "+81 \(first)-\(second)-\(third)",
            region: "JP")
        // Nothing is given out that begins with 0500, 0700, 0800 or 0900.
        if digits.utf8.dropFirst(2).first != UInt8(ascii: "0") {
            return NumberReading(number, key: e164, text: raw, basis: .valid)
        }
        let shown = PhoneNumberReader.shown(raw)
        return NumberReading(
            CallerNumber(kind: .notANumber, raw: shown, display: shown), key: e164, ifRecorded: number, text: raw)
    }
}
