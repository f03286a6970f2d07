/// Durations as the configuration has them: a whole number and its unit, `"20s"`, `"5m"`, `"30d"`.
public enum DurationText {
    /// Milliseconds.
    public static let second: Int64 = 1000
    /// Milliseconds.
    public static let minute = 60 * second
    /// Milliseconds.
    public static let hour = 60 * minute
    /// Milliseconds, of 24 hours.
    public static let day = 24 * hour

    private static let units: [(name: String, length: Int64)] = [
        ("d", day), ("h", hour), ("m", minute), ("s", second), ("ms", 1),
    ]

    /// Milliseconds; nil when it is no duration.
    public static func milliseconds(_ text: String) -> Int64? {
        let digits = text.utf8.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        // Nine digits of days are far beyond any range and far from an overflow.
        guard !digits.isEmpty, digits.count <= 9, let number = Int64(String(digits) ?? "") else { return nil }
        let name = text.dropFirst(digits.count)
        guard let unit = units.first(where: { $0.name == name }) else { return nil }
        return number * unit.length
    }

    /// The shortest way to write it: the biggest unit that leaves nothing over.
    public static func text(_ milliseconds: Int64) -> String {
        if milliseconds == 0 { return "0s" }
        for unit in units where milliseconds % unit.length == 0 { return "\(milliseconds / unit.length)\(unit.name)" }
        return "\(milliseconds)ms"
    }
}
