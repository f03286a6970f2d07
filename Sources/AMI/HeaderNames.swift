import Glibc

/// The name that a line begins with: printable ASCII up to a colon and a space.
struct HeaderName {
    let colon: Int
    /// Of the bytes of the name.
    let hash: UInt64

    /// nil: the line is no header.
    init?(_ bytes: UnsafeRawBufferPointer, _ line: Range<Int>) {
        guard let base = bytes.baseAddress else { return nil }
        var at = line.lowerBound, hash: UInt64 = 0
        while at < line.upperBound {
            // Eight bytes at a time; of the last line, as many as there are.
            var word = at + 8 <= bytes.count ? Word.at(base + at) : Word.rest(bytes[at..<line.upperBound])
            let colons = (word ^ Word.each(UInt8(ascii: ":"))).zeroBytes
            let count = colons == 0 ? 8 : colons.trailingZeroBitCount / 8
            // Behind the name stands what is good in one.
            if count < 8 { word = (word & ((1 << (count * 8)) - 1)) | (Word.each(UInt8(ascii: "x")) << (count * 8)) }
            guard Word.isName(word) else { return nil }
            hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 29
            at += count
            if count < 8 { break }
        }
        guard at > line.lowerBound, at + 1 < line.upperBound, bytes[at] == UInt8(ascii: ":"), bytes[at + 1] == 0x20
        else { return nil }
        colon = at
        self.hash = hash
    }
}

/// Finds a name that comes twice in one frame: a table of the names so far, by their hashes.
struct HeaderNames: Sendable {
    /// A place among the headers of the frame and one more; 0 where nothing is. At least twice as many as names.
    private var table = [UInt16](repeating: 0, count: 128)

    /// A frame of so many lines begins.
    mutating func begin(_ lines: Int) {
        var size = 128
        while size < lines * 2 { size *= 2 }
        if size == table.count {
            table.withUnsafeMutableBytes { _ = $0.initializeMemory(as: UInt8.self, repeating: 0) }
        } else {
            table = [UInt16](repeating: 0, count: size)
        }
    }

    /// - Parameter headers: those before `header`.
    /// - Returns: false when one of them has its name.
    mutating func insert(
        _ bytes: UnsafeRawBufferPointer, _ headers: UnsafeBufferPointer<AMIFrame.Header>, _ header: AMIFrame.Header,
        hash: UInt64
    ) -> Bool {
        guard let base = bytes.baseAddress else { return false }
        return table.withUnsafeMutableBufferPointer { table in
            let mask = table.count - 1
            var slot = Int(truncatingIfNeeded: hash) & mask
            while table[slot] != 0 {
                let other = headers[Int(table[slot]) - 1]
                if other.nameCount == header.nameCount,
                    memcmp(base + Int(other.start), base + Int(header.start), header.nameCount) == 0
                {
                    return false
                }
                slot = (slot + 1) & mask
            }
            table[slot] = UInt16(truncatingIfNeeded: headers.count + 1)
            return true
        }
    }
}

/// Eight bytes that are looked at together, the first one lowest.
enum Word {
    @inline(__always) static func at(_ base: UnsafeRawPointer) -> UInt64 {
        UInt64(littleEndian: base.loadUnaligned(as: UInt64.self))
    }

    /// Fewer than eight, and zeros behind them.
    static func rest(_ bytes: Slice<UnsafeRawBufferPointer>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The same byte eight times.
    static func each(_ byte: UInt8) -> UInt64 { 0x0101_0101_0101_0101 &* UInt64(byte) }

    /// Whether all eight are printable ASCII and no space.
    static func isName(_ bits: UInt64) -> Bool {
        let below = (bits &- each(0x21)) & ~bits, tops = each(0x80)
        return (below | bits) & tops == 0 && (bits ^ each(0x7F)).zeroBytes == 0
    }
}

extension UInt64 {
    /// The highest bit of each byte that is zero, and no other.
    var zeroBytes: UInt64 {
        let low = Word.each(0x7F)
        return ~(((self & low) &+ low) | self | low)
    }
}
