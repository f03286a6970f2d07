/// Makes text from outside safe to print.
enum LogText {
    /// The text on one line, with everything written out that could end the line, move the cursor,
    /// or turn the direction of writing: a caller's name can then never look like a line of ours.
    static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: mustEscape) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where mustEscape(scalar): result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The text as the value of `key=value`: in quotes when a reader could not see where it ends.
    static func value(_ text: String) -> String {
        let safe = escaped(text)
        let plain = !safe.isEmpty && !safe.contains { $0 == " " || $0 == "\"" || $0 == "=" }
        return plain
            ? safe
            : "\"" + safe.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\"") + "\""
    }

    private static func mustEscape(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x5b, 0x5d...0x7e: return false
        case 0x5c: return true
        // Marks and overrides of the writing direction.
        case 0x061c, 0x200e, 0x200f, 0x202a...0x202e, 0x2066...0x2069: return true
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: return true
        default: return false
        }
    }
}
