/// Finds bytes eight at a time, within a word, without a library's help.
///
/// The word is little-endian, so the lowest set mark belongs to the first byte. A mark above it may be a false one,
/// raised by a borrow; the lowest never is.
enum ByteSearch {
    @inline(__always) static var ones: UInt64 { 0x0101_0101_0101_0101 }
    @inline(__always) static var tops: UInt64 { 0x8080_8080_8080_8080 }

    @inline(__always) static func word(_ base: UnsafeRawPointer, _ at: Int) -> UInt64 {
        UInt64(littleEndian: base.loadUnaligned(fromByteOffset: at, as: UInt64.self))
    }

    @inline(__always) static func marks(_ word: UInt64, below limit: UInt64) -> UInt64 {
        (word &- ones &* limit) & ~word & tops
    }

    @inline(__always) static func marks(_ word: UInt64, equal byte: UInt64) -> UInt64 {
        marks(word ^ (ones &* byte), below: 1)
    }

    /// Marks what a string scanner has to look at: quote, backslash, controls, DEL and everything that is not ASCII.
    @inline(__always) static func marksInString(_ word: UInt64) -> UInt64 {
        marks(word, below: 0x20) | marks(word, equal: 0x22) | marks(word, equal: 0x5C) | marks(word, equal: 0x7F)
            | (word & tops)
    }

    /// The first newline at or after `at`, or `end`.
    @inline(__always) static func newline(in base: UnsafeRawPointer, from start: Int, to end: Int) -> Int {
        var at = start
        while at &+ 8 <= end {
            let found = marks(word(base, at), equal: 0x0A)
            if found != 0 { return at &+ found.trailingZeroBitCount >> 3 }
            at &+= 8
        }
        while at < end, base.load(fromByteOffset: at, as: UInt8.self) != 0x0A { at &+= 1 }
        return at
    }
}
