extension JSONScanner {
    /// A string with its quotes.
    mutating func string() throws(Malformed) -> Value {
        try step(over: UInt8(ascii: "\""), "a string is expected")
        var text = Value(kind: .string, start: Int32(at))
        while true {
            while at &+ 8 <= end {
                let marks = ByteSearch.marksInString(ByteSearch.word(base, at))
                if marks != 0 {
                    at &+= marks.trailingZeroBitCount >> 3
                    break
                }
                at &+= 8
            }
            guard at < end else { throw Malformed(what: "a string has no closing quote", at: at) }
            switch byte(at) {
            case UInt8(ascii: "\""):
                text.end = Int32(at)
                at &+= 1
                return text
            case UInt8(ascii: "\\"):
                text.isEscaped = true
                switch try escape() {
                case .plain: break
                case .control: text.hasControls = true
                case .halfSurrogate:
                    text.isBroken = true
                    brokenAt = at
                }
            case 0..<0x20:
                throw Malformed(what: "a control character in a string is not escaped", at: at)
            case 0x7F:
                text.hasControls = true
                at &+= 1
            case 0x80...:
                if try multibyte() { text.hasControls = true }
            default:
                at &+= 1
            }
        }
    }

    private enum Escape { case plain, control, halfSurrogate }

    /// One escape (section 7).
    private mutating func escape() throws(Malformed) -> Escape {
        let start = at
        at += 2
        guard at <= end else { throw Malformed(what: "a string has no closing quote", at: start) }
        switch byte(start + 1) {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
            return .plain
        case UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return .control
        case UInt8(ascii: "u"):
            guard let unit = hex4(at) else { throw Malformed(what: "\\u needs four hexadecimal digits", at: start) }
            at += 4
            switch unit {
            case 0xD800..<0xDC00:
                guard isLowSurrogate(at) else { return .halfSurrogate }
                at += 6
                return .plain
            case 0xDC00..<0xE000:
                return .halfSurrogate
            default:
                return unit < 0x20 || (0x7F..<0xA0).contains(unit) || unit == 0x2028 || unit == 0x2029
                    ? .control : .plain
            }
        default:
            throw Malformed(what: "an escape in a string is unknown", at: start)
        }
    }

    /// Whether an escape of the second half of a surrogate pair is at `start`.
    private func isLowSurrogate(_ start: Int) -> Bool {
        guard start + 6 <= end, byte(start) == UInt8(ascii: "\\"), byte(start + 1) == UInt8(ascii: "u") else {
            return false
        }
        return hex4(start + 2).map { (0xDC00..<0xE000).contains($0) } ?? false
    }

    /// Four hexadecimal digits at `start`, if they are there.
    func hex4(_ start: Int) -> UInt32? {
        guard start + 4 <= end else { return nil }
        var value: UInt32 = 0
        for at in start..<start + 4 {
            let digit = byte(at)
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"):
                value = value << 4 | UInt32((digit | 0x20) - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return value
    }

    /// One character of two to four bytes, well-formed as table 3-7 of the Unicode Standard has it. Returns whether it
    /// is a C1 control, U+2028 or U+2029.
    private mutating func multibyte() throws(Malformed) -> Bool {
        let lead = byte(at)
        let second = at + 1 < end ? byte(at + 1) : 0
        let count: Int
        let seconds: ClosedRange<UInt8>
        switch lead {
        case 0xC2...0xDF: (count, seconds) = (2, 0x80...0xBF)
        case 0xE0: (count, seconds) = (3, 0xA0...0xBF)
        case 0xE1...0xEC, 0xEE...0xEF: (count, seconds) = (3, 0x80...0xBF)
        case 0xED: (count, seconds) = (3, 0x80...0x9F)
        case 0xF0: (count, seconds) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (count, seconds) = (4, 0x80...0xBF)
        case 0xF4: (count, seconds) = (4, 0x80...0x8F)
        default: throw Malformed(what: "the text is not UTF-8", at: at)
        }
        guard at + count <= end, seconds.contains(second),
            count < 3 || byte(at + 2) & 0xC0 == 0x80, count < 4 || byte(at + 3) & 0xC0 == 0x80
        else { throw Malformed(what: "the text is not UTF-8", at: at) }
        let isSeparator = lead == 0xE2 && second == 0x80 && byte(at + 2) | 1 == 0xA9
        at += count
        return lead == 0xC2 && second < 0xA0 || isSeparator
    }

    /// The text of a string that was scanned before.
    func text(_ value: Value) -> String {
        let raw = UnsafeRawBufferPointer(start: base + Int(value.start), count: value.count)
        return value.isEscaped ? unescaped(value) : String(decoding: raw, as: UTF8.self)
    }

    /// No escape is shorter than what it stands for, so the raw length is room enough.
    private func unescaped(_ value: Value) -> String {
        String(unsafeUninitializedCapacity: value.count) { room in
            var from = Int(value.start)
            var to = 0
            func append(_ byte: UInt8) {
                room[to] = byte
                to += 1
            }
            while from < Int(value.end) {
                guard byte(from) == UInt8(ascii: "\\") else {
                    append(byte(from))
                    from += 1
                    continue
                }
                from += 2
                switch byte(from - 1) {
                case UInt8(ascii: "b"): append(0x08)
                case UInt8(ascii: "f"): append(0x0C)
                case UInt8(ascii: "n"): append(0x0A)
                case UInt8(ascii: "r"): append(0x0D)
                case UInt8(ascii: "t"): append(0x09)
                case UInt8(ascii: "u"):
                    var scalar = hex4(from) ?? 0xFFFD
                    from += 4
                    if (0xD800..<0xDC00).contains(scalar), isLowSurrogate(from) {
                        scalar = 0x10000 + (scalar - 0xD800) << 10 + ((hex4(from + 2) ?? 0xDC00) - 0xDC00)
                        from += 6
                    }
                    for byte in Unicode.UTF8.encode(Unicode.Scalar(scalar) ?? "\u{FFFD}") ?? .init() { append(byte) }
                case let plain: append(plain)
                }
            }
            return to
        }
    }
}
