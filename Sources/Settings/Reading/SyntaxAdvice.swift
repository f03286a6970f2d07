/// What to write instead of a line that is not TOML: the usual slips are told from the line itself, the rest says what
/// the library says.
enum SyntaxAdvice {
    /// - Parameters:
    ///   - line: counted from 1.
    ///   - complaint: what the library says.
    static func error(in text: String, path: String, line: Int, complaint: String) -> SettingsError {
        // As scalars: a line feed after a carriage return is no character of its own.
        let lines = text.unicodeScalars.split(separator: "\n", maxSplits: line, omittingEmptySubsequences: false)
        let advice = advice(line: lines.count >= line ? Substring(lines[line - 1]) : "", complaint: complaint)
        return SettingsError(.file(path: path, line: line), advice)
    }

    private static func advice(line: some StringProtocol, complaint: String) -> String {
        let text = trimmed(line)
        if text.contains(where: { "“”„‘’＂＇".contains($0) }) { return #"use straight quotes: " and not “ or ”"# }
        if text.hasPrefix("[") && !text.hasPrefix("[[") && !text.contains("]") {
            return "a table's name does not end; write it in brackets, such as [pop]"
        }
        if text.hasPrefix("["), let end = text.lastIndex(of: "]"), let name = quoted(text[..<end].drop { $0 == "[" }) {
            return "put the name in quotes: [\(name)]"
        }
        guard let equals = text.firstIndex(of: "=") else {
            return text.isEmpty || text.hasPrefix("[") || isInsideList(text)
                ? rest(complaint) : #"there is no "="; write KEY = VALUE, such as region = "JP""#
        }
        let key = trimmed(text[..<equals])
        let value = trimmed(text[text.index(after: equals)...])
        if key.isEmpty { return #"there is no key before the "="; write KEY = VALUE, such as region = "JP""# }
        if let name = quoted(key) { return "put the name in quotes: \(name) = …" }
        guard let first = value.first else {
            return "\(Shown.plain(key)) has no value; write one after the \"=\", or put a # before the line"
        }
        if ["yes", "no", "on", "off", "true", "false"].contains(value.lowercased()) {
            return "\(Shown.plain(key)) is \(Shown.plain(value)); write true or false"
        }
        switch first {
        case "\"", "'":
            if !value.dropFirst().contains(first) {
                return "the text does not end; put a \(first) at its end, on the same line"
            }
            if complaint.contains("escape") {
                return #"a backslash begins an escape; write \\ for one, or put the text in single quotes"#
            }
            return rest(complaint)
        case "[", "{": return rest(complaint)
        default:
            let word = value.prefix { $0 != "#" }
            return "put the text in quotes: \(Shown.plain(key)) = \(Shown.quoted(trimmed(word)))"
        }
    }

    /// The key with quotes where it needs them; nil when they are not what is missing.
    private static func quoted(_ key: Substring) -> String? {
        let parts = key.split(separator: ".", omittingEmptySubsequences: false).map { String(trimmed($0)) }
        guard !key.contains("\""), !key.contains("'"), parts.allSatisfy({ !$0.isEmpty }),
            !parts.allSatisfy({ $0.utf8.allSatisfy(isBareKeyByte) })
        else { return nil }
        return Node.key(parts)
    }

    private static func rest(_ complaint: String) -> String {
        // "Error while parsing key-value pair: cannot redefine existing string 'x'": what comes after the colon says
        // more.
        let parts = complaint.split(separator: ": ", maxSplits: 1)
        return "this is not TOML (\(Shown.plain(parts.last ?? "")));"
            + " write KEY = VALUE, with texts in \"quotes\" and lists in [brackets]"
    }

    private static func isInsideList(_ text: Substring) -> Bool { text.first.map { "\"'],".contains($0) } ?? false }

    private static func trimmed(_ text: some StringProtocol) -> Substring {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" }
        var text = Substring(text).drop(while: isBlank)
        while let last = text.last, isBlank(last) { text.removeLast() }
        return text
    }
}
