import Foundation

/// The texts inside a card.
enum VCardText {
    /// Without the backslashes of RFC 6350, 3.4: `\n`, `\,`, `\;`, `\\`, and `\:`, which some write.
    static func unescaped(_ raw: some StringProtocol) -> String {
        guard raw.contains("\\") else { return String(raw) }
        var text = "", isEscaped = false
        for character in raw {
            if isEscaped {
                text.append(character == "n" || character == "N" ? "\n" : character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else {
                text.append(character)
            }
        }
        return isEscaped ? text + "\\" : text
    }

    /// Split at a character that has no backslash before it.
    static func split(_ raw: Substring, at separator: Character) -> [Substring] {
        var parts: [Substring] = [], start = raw.startIndex, isEscaped = false
        for index in raw.indices {
            let character = raw[index]
            if isEscaped {
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == separator {
                parts.append(raw[start..<index])
                start = raw.index(after: index)
            }
        }
        return parts + [raw[start...]]
    }

    /// A number of `TEL`: 4.0 has addresses such as `tel:+81-90-0000-0000;ext=5`.
    static func phone(_ text: String) -> String {
        guard text.lowercased().hasPrefix("tel:") else { return text.trimmingCharacters(in: .whitespaces) }
        let number = text.dropFirst(4).prefix { $0 != ";" }
        return number.removingPercentEncoding ?? String(number)
    }

    /// A parameter's value with the escapes of RFC 6868: `^n`, `^'` and `^^`.
    static func parameter(_ raw: Substring) -> String {
        guard raw.contains("^") else { return String(raw) }
        var text = "", isEscaped = false
        for character in raw {
            if isEscaped {
                switch character {
                case "n": text += "\n"
                case "'": text += "\""
                case "^": text += "^"
                default: text += "^" + String(character)
                }
                isEscaped = false
            } else if character == "^" {
                isEscaped = true
            } else {
                text.append(character)
            }
        }
        return isEscaped ? text + "^" : text
    }

    /// The bytes of quoted-printable, as 2.1 has it.
    static func quotedPrintable(_ text: Substring) -> [UInt8] {
        var bytes: [UInt8] = [], rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "="), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }

    /// A text of a character set that is named; nil for one that is not known, or that it is not in.
    static func decoded(_ bytes: [UInt8], charset: String?) -> String? {
        switch charset?.lowercased() ?? "utf-8" {
        case "utf-8", "us-ascii", "ascii": String(validating: bytes, as: UTF8.self)
        case "iso-8859-1", "latin1": String(bytes: bytes, encoding: .isoLatin1)
        case "windows-1252": String(bytes: bytes, encoding: .windowsCP1252)
        case "shift_jis", "shift-jis", "sjis", "windows-31j", "cp932": String(bytes: bytes, encoding: .shiftJIS)
        case "euc-jp": String(bytes: bytes, encoding: .japaneseEUC)
        case "iso-2022-jp": String(bytes: bytes, encoding: .iso2022JP)
        case "utf-16": String(bytes: bytes, encoding: .utf16)
        default: nil
        }
    }
}
