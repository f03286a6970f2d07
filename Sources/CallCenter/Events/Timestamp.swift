/// A moment of event time: whole milliseconds since 1970-01-01T00:00:00Z.
///
/// Every duration in the figures is a difference of two of these, so a figure is exact to the millisecond.
public struct Timestamp: Hashable, Comparable, Sendable, Codable {
    /// Milliseconds since 1970-01-01T00:00:00Z; negative before it.
    public var ms: Int64

    /// A moment by its milliseconds since 1970.
    @inlinable public init(ms: Int64) { self.ms = ms }

    public init(from decoder: any Decoder) throws { ms = try decoder.singleValueContainer().decode(Int64.self) }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(ms)
    }

    /// As `String(ms, radix: 36)`, which costs three times as much.
    var base36: String {
        String(unsafeUninitializedCapacity: 14) { room in
            var digits = 0, rest = ms.magnitude
            repeat {
                let digit = UInt8(truncatingIfNeeded: rest % 36)
                room[digits] = digit < 10 ? UInt8(ascii: "0") &+ digit : UInt8(ascii: "a") &- 10 &+ digit
                digits += 1
                rest /= 36
            } while rest > 0
            if ms < 0 {
                room[digits] = UInt8(ascii: "-")
                digits += 1
            }
            var written = UnsafeMutableBufferPointer(rebasing: room[..<digits])
            written.reverse()
            return digits
        }
    }

    @inlinable public static func < (a: Timestamp, b: Timestamp) -> Bool { a.ms < b.ms }
    // Results beyond the range of `Int64` are clamped to it: a trap would end the daemon because of one number in one
    // event.

    /// Milliseconds from `b` to `a`; negative when `a` is earlier.
    @inlinable public static func - (a: Timestamp, b: Timestamp) -> Int64 {
        let (difference, isBeyond) = a.ms.subtractingReportingOverflow(b.ms)
        return isBeyond ? (a.ms < 0 ? .min : .max) : difference
    }
    /// The moment so many milliseconds later. A sum that is too large stays at the end of the range.
    @inlinable public static func + (a: Timestamp, ms: Int64) -> Timestamp {
        let (sum, isBeyond) = a.ms.addingReportingOverflow(ms)
        return Timestamp(ms: isBeyond ? (ms < 0 ? .min : .max) : sum)
    }
    /// The moment so many milliseconds earlier. A difference that is too large stays at the end of the range.
    @inlinable public static func - (a: Timestamp, ms: Int64) -> Timestamp {
        let (difference, isBeyond) = a.ms.subtractingReportingOverflow(ms)
        return Timestamp(ms: isBeyond ? (ms < 0 ? .max : .min) : difference)
    }
}
