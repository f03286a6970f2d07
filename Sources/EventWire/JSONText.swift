/// Text on its way into a JSON string.
///
/// Escaped is what RFC 8259 section 7 demands, and besides it DEL, and U+2028 and U+2029, which end a line in
/// JavaScript's eyes.
enum JSONText {
    /// A comma, if there is to be one, and the opening quote. Returns how many bytes that is.
    @inline(__always)
    static func begin(_ to: UnsafeMutablePointer<UInt8>, _ commas: Int) -> Int {
        to[0] = UInt8(ascii: ",")
        to[commas] = UInt8(ascii: "\"")
        return commas &+ 1
    }

    /// A field's name with its comma and colon. Returns how many bytes that is: the name's and 4 at most.
    @inline(__always)
    static func key(_ name: StaticString, _ to: UnsafeMutablePointer<UInt8>, _ commas: Int) -> Int {
        var at = begin(to, commas)
        (to + at).update(from: name.utf8Start, count: name.utf8CodeUnitCount)
        at &+= name.utf8CodeUnitCount
        to[at] = UInt8(ascii: "\"")
        to[at &+ 1] = UInt8(ascii: ":")
        return at &+ 2
    }

    /// How long the text is when it is escaped.
    static func escapedCount(_ text: UnsafeBufferPointer<UInt8>) -> Int {
        guard let base = text.baseAddress else { return 0 }
        let raw = UnsafeRawPointer(base)
        var at = 0
        while at &+ 8 <= text.count {
            let word = ByteSearch.word(raw, at)
            let marks =
                ByteSearch.marks(word, below: 0x20) | ByteSearch.marks(word, equal: 0x22)
                | ByteSearch.marks(word, equal: 0x5C)
                | ByteSearch.marks(word, equal: 0x7F) | ByteSearch.marks(word, equal: 0xE2)
            if marks != 0 { break }
            at &+= 8
        }
        var count = at
        while at < text.count {
            let (read, written) = step(text, at)
            at &+= read
            count &+= written
        }
        return count
    }

    /// How many bytes the next character, or part of one, is in the text and in JSON.
    @inline(__always)
    private static func step(_ text: UnsafeBufferPointer<UInt8>, _ at: Int) -> (read: Int, written: Int) {
        switch text[at] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), 0x0A, 0x0D, 0x09: (1, 2)
        case 0..<0x20, 0x7F: (1, 6)
        case 0xE2 where at + 2 < text.count && text[at + 1] == 0x80 && text[at + 2] & 0xFE == 0xA8: (3, 6)
        default: (1, 1)
        }
    }

    /// Writes as many bytes as `escapedCount` says.
    static func escape(_ text: UnsafeBufferPointer<UInt8>, _ room: UnsafeMutablePointer<UInt8>) {
        var to = room
        var at = 0
        while at < text.count {
            let (read, written) = step(text, at)
            let byte = text[at]
            switch written {
            case 1: to[0] = byte
            case 2:
                to[0] = UInt8(ascii: "\\")
                to[1] =
                    byte == 0x0A
                    ? UInt8(ascii: "n") : byte == 0x0D ? UInt8(ascii: "r") : byte == 0x09 ? UInt8(ascii: "t") : byte
            default:
                // U+2028 and U+2029 end in A8 and A9, and are the only ones beyond U+00FF here.
                let unit: UInt16 = read == 3 ? 0x2028 + UInt16(text[at + 2] & 1) : UInt16(byte)
                to[0] = UInt8(ascii: "\\")
                to[1] = UInt8(ascii: "u")
                for i in 0..<4 { to[2 + i] = hex(UInt8(truncatingIfNeeded: unit >> UInt16(12 - 4 * i)) & 15) }
            }
            at += read
            to += written
        }
    }

    private static func hex(_ digit: UInt8) -> UInt8 {
        digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
    }
}
