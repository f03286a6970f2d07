/// The number that an operator meant, from what was typed and what the PBX sent to a line outside.
public enum DialedNumber {
    /// Longer digits than these are a number outside, not one of the centre's.
    public static let digitsMax = 8

    /// The number that was meant, from the typed digits and the digits sent to the trunk: without prefixes for the line
    /// or the bill, which a route removes, and without those that a trunk needs.
    public static func meant(typed: String?, sent: String?) -> String? {
        func digits(_ text: String?) -> String? {
            guard let text, text.contains(where: \.isNumber), text.allSatisfy({ $0.isNumber || "+*#".contains($0) })
            else { return nil }
            return text
        }
        guard let sent = digits(sent) else { return digits(typed) }
        guard let typed = digits(typed), typed != sent else { return sent }
        // The trunk's own prefix.
        if sent.hasSuffix(typed), typed.utf8.count > digitsMax { return typed }
        if typed.hasSuffix(sent) || sent.hasPrefix("+") { return sent }
        // 09012345678 sent as 819012345678 is read as what was typed.
        let same = zip(typed.reversed(), sent.reversed()).prefix { $0 == $1 }.count
        return same >= 7 && typed.utf8.count - same <= 1 ? typed : sent
    }

    /// A colleague's number was dialled, and the colleague is reached outside.
    public static func isForwarded(typed: String?, to number: String) -> Bool {
        guard let typed, typed.allSatisfy(\.isNumber), (1...digitsMax).contains(typed.utf8.count) else {
            return false
        }
        return !number.hasSuffix(typed) && !typed.hasSuffix(number)
    }
}
