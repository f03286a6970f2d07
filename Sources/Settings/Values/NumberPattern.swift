/// A regular expression over telephone numbers, as `[numbers] also_valid` has them.
enum NumberPattern {
    /// Bytes of one.
    private static let bytesMax = 200
    /// Expressions at most: each number that libphonenumber does not know is held against all.
    static let countMax = 32

    private static let example = #"'^\+8160\d{8}$'"#

    static func check(_ text: String, _ node: Node) throws(SettingsError) {
        guard !text.isEmpty, text.utf8.count <= bytesMax else {
            throw node.wrong("write an expression of 1 to \(bytesMax) bytes, such as \(example)")
        }
        do { _ = try Regex(text) } catch {
            throw node.wrong("that is no regular expression; write one such as \(example)")
        }
        // (\d+)+ takes twice as long with each digit that comes to it.
        guard !repeatsGroup(text) else {
            throw node.wrong(
                "a group in parentheses must not be repeated without a limit; write how often, such as (...){2}")
        }
    }

    /// Whether `*`, `+` or `{n,}` stands behind a closing parenthesis.
    private static func repeatsGroup(_ text: String) -> Bool {
        var isEscaped = false, isInSet = false, wasGroup = false
        var rest = text[...]
        while let character = rest.popFirst() {
            if isEscaped {
                (isEscaped, wasGroup) = (false, false)
                continue
            }
            switch character {
            case "\\": isEscaped = true
            case "[": isInSet = true
            case "]": isInSet = false
            case "*" where wasGroup, "+" where wasGroup: return true
            case "{" where wasGroup: if rest.prefix(while: { $0 != "}" }).hasSuffix(",") { return true }
            default: break
            }
            wasGroup = character == ")" && !isInSet
        }
        return false
    }
}
