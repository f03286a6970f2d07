import Foundation

/// Texts as the search compares them, and as its index keeps them: every two neighbouring characters are one word, so
/// that any part of a name is found, in writing without spaces too (n-grams; Manning, Raghavan and Schütze,
/// Introduction to Information Retrieval, 3.2.2).
enum SearchText {
    /// Normalises spellings: lower case, full-width to narrow, hiragana to katakana, no spaces.
    static func normalized(_ text: String) -> [UInt32] {
        var text = text
        // Half-width katakana have their marks behind them.
        if text.unicodeScalars.contains(where: { (0xFF61...0xFF9F).contains($0.value) }) {
            text = text.precomposedStringWithCompatibilityMapping.precomposedStringWithCanonicalMapping
        }
        var out: [UInt32] = []
        out.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x41...0x5A: out.append(scalar.value + 0x20)
            case 0...0x20, 0xA0, 0x3000, 0x2000...0x200F, 0x7F: break
            case 0...0x7F: out.append(scalar.value)
            case 0xFF21...0xFF3A: out.append(scalar.value - 0xFEE0 + 0x20)
            case 0xFF01...0xFF5E: out.append(scalar.value - 0xFEE0)
            case 0x3041...0x3096, 0x309D...0x309E: out.append(scalar.value + 0x60)
            case 0x3000...: out.append(scalar.value)
            default: for small in scalar.properties.lowercaseMapping.unicodeScalars { out.append(small.value) }
            }
        }
        return out
    }

    /// The words of the index for a customer's texts.
    static func grams(of texts: [String]) -> String {
        var out: [UInt8] = []
        for text in texts {
            let scalars = normalized(text)
            guard !scalars.isEmpty else { continue }
            for i in scalars.indices {
                append(scalars[i], to: &out)
                append(i + 1 < scalars.count ? scalars[i + 1] : 0, to: &out)
                out.append(UInt8(ascii: " "))
            }
            // A word that nothing asks for: no phrase goes from one text into the next.
            out.append(contentsOf: "z ".utf8)
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// Characters of a text that are searched for; what is behind them does not matter. The index takes a time that
    /// grows with the square of a phrase's length.
    static let questionMax = 200

    /// The query for the index; nil for a text of nothing but spaces.
    static func question(_ text: String) -> String? {
        let scalars = Array(normalized(text).prefix(questionMax))
        guard let whole = phrase(scalars) else { return nil }
        let digits = scalars.filter { (0x30...0x39).contains($0) }
        // Part of a number, whatever stands between its digits: kept with its country code, and so without the trunk
        // prefix.
        guard digits.count >= 3, digits.count >= scalars.count - 4 else { return whole }
        let number = digits.first == 0x30 ? Array(digits.dropFirst()) : digits
        return phrase(number).map { "\(whole) OR \($0)" } ?? whole
    }

    /// A text as neighbouring words of the index; nil for none.
    static func phrase(_ scalars: [UInt32]) -> String? {
        guard let first = scalars.first else { return nil }
        var out: [UInt8] = [UInt8(ascii: "\"")]
        if scalars.count == 1 {
            append(first, to: &out)
            return String(decoding: out, as: UTF8.self) + "\"*"
        }
        for i in scalars.indices.dropLast() {
            append(scalars[i], to: &out)
            append(scalars[i + 1], to: &out)
            out.append(UInt8(ascii: " "))
        }
        return String(decoding: out.dropLast(), as: UTF8.self) + "\""
    }

    /// Writes a character as five letters, so that SQLite's tokenizer has nothing to decide.
    private static func append(_ scalar: UInt32, to out: inout [UInt8]) {
        for shift: UInt32 in [20, 15, 10, 5, 0] {
            let digit = UInt8(truncatingIfNeeded: scalar >> shift & 31)
            out.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }
}
