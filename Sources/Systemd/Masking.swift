/// Hides most of a caller's number, for logs and error messages.
public enum Masking {
    /// All but the last 4 digits and the country code: `+819012345678` becomes `+81******5678`.
    ///
    /// Separators are left out. Letters and anything else that is not a digit are masked too, so that a SIP address
    /// or a name in the wrong field does not slip through. Up to 4 digits, an extension, stay as they are.
    public static func mask(number: String) -> String {
        var characters = number.filter { !separators.contains($0) }[...]
        if characters.count <= shown, characters.allSatisfy(isDigit) { return String(characters) }

        var prefix = ""
        if characters.first == "+" {
            characters = characters.dropFirst()
            let code = countryCode(of: characters)
            // A code is shown only when it leaves something to hide.
            if characters.count > code.count + shown {
                prefix = "+" + code
                characters = characters.dropFirst(code.count)
            } else {
                prefix = "+"
            }
        }
        let tail =
            characters.suffix(shown).allSatisfy(isDigit) && characters.count > shown ? characters.suffix(shown) : ""
        let hidden = min(characters.count - tail.count, starsMax)
        return prefix + String(repeating: "*", count: hidden) + tail
    }

    private static let shown = 4
    /// E.164 has at most 15 digits; more stars say nothing.
    private static let starsMax = 15
    private static let separators: Set<Character> = [" ", "-", "(", ")", ".", "/", "\u{a0}"]

    private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }

    /// The country codes of ITU-T E.164 with one and two digits; every other one has three.
    private static func countryCode(of digits: Substring) -> Substring {
        let start = digits.prefix(3)
        guard start.allSatisfy(isDigit) else { return "" }
        if let first = start.first, first == "1" || first == "7" { return digits.prefix(1) }
        return twoDigitCodes.contains(digits.prefix(2)) ? digits.prefix(2) : start
    }

    private static let twoDigitCodes: Set<Substring> = [
        "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48", "49",
        "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66",
        "81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98",
    ]
}
