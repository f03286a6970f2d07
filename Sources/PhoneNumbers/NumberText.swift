import CallCenter

/// The spelling of a number: full-width or narrow, one kind of hyphen or another.
public enum NumberText {
    /// Full-width digits, letters and signs as their narrow selves.
    public static func narrow(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { out.append(narrow(scalar)) }
        return String(out)
    }

    /// The same for a telephone number: every kind of hyphen is the one, digits of every script are those of ASCII, and
    /// characters that cannot be seen are left out (a number copied from a web page or an address book often has some
    /// around it).
    public static func narrowNumber(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 && $0 >= 0x20 }) { return text }
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let narrowed = narrow(scalar)
            switch narrowed.value {
            case 0x20...0x7E: out.append(narrowed)
            // Hyphens, dashes, minus signs and the long vowel marks that stand in for them.
            case 0xAD, 0x2D7, 0x2010...0x2015, 0x2043, 0x2212, 0x2500, 0x2501, 0x30FC, 0xFE58, 0xFE63, 0xFF70:
                out.append("-")
            case 0x09, 0xA0, 0x2000...0x200A, 0x202F, 0x205F: out.append(" ")
            // Zero-width characters and marks of the writing direction.
            case 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2069, 0xFEFF: continue
            default:
                if narrowed.properties.numericType == .decimal, let digit = narrowed.properties.numericValue {
                    out.append(Unicode.Scalar(UInt8(0x30 + Int(digit))))
                } else {
                    out.append(narrowed)
                }
            }
        }
        return String(out)
    }

    private static func narrow(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        case 0xFF01...0xFF5E: Unicode.Scalar(UInt8(scalar.value - 0xFEE0))
        case 0x3000: " "
        default: scalar
        }
    }

    /// Whether there is nothing but digits and what people put between them.
    ///
    /// - Parameter text: narrow.
    static func isNumberLike(_ text: String) -> Bool {
        var hasDigit = false
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39: hasDigit = true
            case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "."),
                UInt8(ascii: " "),
                UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "~"):
                continue
            default: return false
            }
        }
        return hasDigit
    }

    /// What a text that is no telephone number is found by in the records: its digits, `*` and `#`. Nil when it has a
    /// letter in it, or no two digits.
    ///
    /// - Parameter text: narrow.
    static func exactKey(_ text: String) -> String? {
        var key: [UInt8] = [], digits = 0
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39:
                digits += 1
                key.append(byte)
            case UInt8(ascii: "*"), UInt8(ascii: "#"): key.append(byte)
            case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "."),
                UInt8(ascii: " "):
                continue
            default: return nil
            }
        }
        return digits >= 2 && key.count <= PhoneNumberReader.bytesMax ? String(decoding: key, as: UTF8.self) : nil
    }

    /// The same of a text as it was written, a URI perhaps.
    public static func exactKey(of raw: String) -> String? { exactKey(narrowNumber(AddressText(raw).user)) }

    /// What a telephone would send of it: digits, `*`, `#` and `+`.
    ///
    /// - Parameter text: narrow.
    static func dialString(_ text: String) -> String {
        var out: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, UInt8(ascii: "*"), UInt8(ascii: "#"), UInt8(ascii: "+"): out.append(byte)
            default: continue
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
