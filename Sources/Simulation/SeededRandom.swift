/// Numbers that are the same for the same seed: a run that found something can be run again.
public struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Any seed is good, 0 too.
    public init(seed: UInt64) { state = seed }

    /// splitmix64 (Steele, Lea, Flood 2014).
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// From 0 up to, but not including, 1.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    mutating func chance(_ probability: Double) -> Bool { unit() < probability }

    /// A time with this mean, of which any rest has the same mean (exponential). Milliseconds, at least 1.
    mutating func exponential(mean: Double) -> Int64 { max(1, Int64(-mean * logarithm(1 - unit()))) }

    mutating func among(_ count: Int) -> Int { Int(next() % UInt64(max(1, count))) }
}

/// The natural logarithm of 0 < x ≤ 1, without a library: x = m·2^e, ln m by the series of artanh. Exact to about
/// 1e-13.
func logarithm(_ x: Double) -> Double {
    let m = x.significand, e = Double(x.exponent)
    let y = (m - 1) / (m + 1), square = y * y
    var term = y, sum = 0.0, k = 1.0
    while abs(term) > 1e-17 {
        sum += term / k
        term *= square
        k += 2
    }
    return 2 * sum + e * 0.693_147_180_559_945_3
}
