import CallCenter

/// A growing buffer of bytes to be sent. It can be emptied and reused, and keeps its capacity.
public struct ByteBuilder: Sendable {
    /// The whole buffer is initialised: an append is one length check and a plain copy.
    private var room: [UInt8]
    /// Bytes that have been written since the last `removeAll`.
    public private(set) var count = 0

    /// An empty buffer.
    /// - Parameter capacity: bytes that fit without another allocation.
    public init(capacity: Int = 0) { room = Array(repeating: 0, count: capacity) }

    /// Whether nothing has been written since the last `removeAll`.
    public var isEmpty: Bool { count == 0 }
    /// The byte that was written last; nil for an empty buffer.
    var last: UInt8? { count > 0 ? room[count - 1] : nil }
    /// A copy of what has been written.
    public var bytes: [UInt8] { Array(room[..<count]) }
    /// What has been written, as text.
    public var text: String { String(decoding: room[..<count], as: UTF8.self) }

    /// What has been written, in place.
    public func withUnsafeBytes<Made>(_ body: (UnsafeRawBufferPointer) throws -> Made) rethrows -> Made {
        try room.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }

    /// Empties the buffer; a capacity above `keeping` bytes is freed.
    public mutating func removeAll(keeping: Int = 1 << 20) {
        count = 0
        if room.count > keeping { room = [] }
    }

    /// Lets `body` write at most `most` bytes; it returns how many it wrote.
    @inline(__always)
    mutating func write(atMost most: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Int) {
        if count &+ most > room.count { grow(by: most) }
        room.withUnsafeMutableBufferPointer { room in
            if let base = room.baseAddress { count &+= body(base + count) }
        }
    }

    @inline(never)
    private mutating func grow(by more: Int) {
        let size = max(count + more, room.count * 2, 256)
        room.append(contentsOf: repeatElement(0, count: size - room.count))
    }

    /// One byte, as it is.
    @inline(__always)
    public mutating func append(_ byte: UInt8) {
        write(atMost: 1) { to in
            to.pointee = byte
            return 1
        }
    }

    /// The literal's UTF-8, as it is: nothing is escaped.
    @inline(__always)
    public mutating func append(_ literal: StaticString) {
        append(UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    /// A copy of the bytes, as they are.
    @inline(__always)
    public mutating func append(_ slice: UnsafeBufferPointer<UInt8>) {
        guard let base = slice.baseAddress else { return }
        write(atMost: slice.count) { to in
            to.update(from: base, count: slice.count)
            return slice.count
        }
    }

    /// The text as it is: nothing is escaped.
    public mutating func append(utf8 text: String) {
        var text = text
        text.withUTF8 { append($0) }
    }

    /// All that `other` has, as it is.
    mutating func append(contentsOf other: ByteBuilder) {
        other.withUnsafeBytes { append($0.bindMemory(to: UInt8.self)) }
    }

    /// A whole number in decimal, with `-` for a negative one.
    public mutating func append(decimal number: Int64) {
        write(atMost: Decimal.bytesMax) { Decimal.write(number, $0) }
    }

    /// `2026-01-31T00:00:00.000Z`, without quotes.
    public mutating func append(_ time: Timestamp) {
        write(atMost: 24) { RFC3339.write(time, UnsafeMutableBufferPointer(start: $0, count: 24)) }
    }
}

/// A whole number in decimal.
enum Decimal {
    static let bytesMax = 20

    /// - Returns: how many bytes were written.
    @inline(__always)
    static func write(_ number: Int64, _ to: UnsafeMutablePointer<UInt8>) -> Int {
        // Most figures of an interval are counts below ten.
        if 0..<10 ~= number {
            to[0] = UInt8(truncatingIfNeeded: number) &+ UInt8(ascii: "0")
            return 1
        }
        return writeLong(number, to)
    }

    private static func writeLong(_ number: Int64, _ to: UnsafeMutablePointer<UInt8>) -> Int {
        let magnitude = number.magnitude, sign = number < 0 ? 1 : 0
        // Compared and not divided: a division costs as much as five comparisons.
        var digits = 1, power: UInt64 = 10
        while digits < bytesMax - 1, magnitude >= power {
            digits &+= 1
            power = power &* 10
        }
        var rest = magnitude, at = sign &+ digits
        repeat {
            let next = rest / 10
            at &-= 1
            to[at] = UInt8(truncatingIfNeeded: rest &- next &* 10) &+ UInt8(ascii: "0")
            rest = next
        } while rest > 0
        if sign == 1 { to[0] = UInt8(ascii: "-") }
        return sign &+ digits
    }
}
