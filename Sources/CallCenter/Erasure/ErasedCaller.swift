/// What stands in place of the number of a person who was erased: a random word that is no telephone number, the same
/// for all calls of that number, so that figures such as the repeat rate stay as they were. It cannot be computed from
/// the number, nor back.
public enum ErasedCaller {
    private static let prefix = "+erased-"
    /// E.164 numbers have 15 digits at most, so no key of one is as high.
    private static let lowest: UInt64 = 1_000_000_000_000_000_000
    private static let span: UInt64 = 8_000_000_000_000_000_000

    /// - Parameter random: a random number, made for this number alone.
    public static func text(_ random: UInt64) -> String { text(key: lowest + random % span) }

    /// Whether a text is one of these, and no number.
    public static func isOne(_ text: String) -> Bool { key(text) != nil }

    /// The key in `CallerMemory`; nil for any other text.
    static func key(_ text: String) -> UInt64? {
        guard text.hasPrefix(prefix), let key = UInt64(text.dropFirst(prefix.count)), isOne(key) else { return nil }
        return key
    }

    static func isOne(_ key: UInt64) -> Bool { lowest..<(lowest + span) ~= key }
    static func text(key: UInt64) -> String { prefix + String(key) }
}
