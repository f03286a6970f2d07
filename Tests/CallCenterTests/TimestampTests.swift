import CallCenter
import Testing

/// Arithmetic on times does not trap, whatever was sent.
@Suite struct TimestampTests {
    static let ends = [Int64.min, .min + 1, -1, 0, 1, .max - 1, .max]

    @Test(arguments: ends, ends) func whatIsBeyondIsTheNearestEnd(a: Int64, b: Int64) {
        func clamped(_ exact: Int128) -> Int64 { Int64(clamping: exact) }
        #expect((Timestamp(ms: a) + b).ms == clamped(Int128(a) + Int128(b)))
        #expect((Timestamp(ms: a) - b).ms == clamped(Int128(a) - Int128(b)))
        #expect(Timestamp(ms: a) - Timestamp(ms: b) == clamped(Int128(a) - Int128(b)))
    }
}
