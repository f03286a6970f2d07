/// Several tags, cautions or operators in one cell of a file.
///
/// Parted by `;`, `；`, `、`, `|` or a line break; an element with one of these in it stands in quotes, which are doubled
/// inside it.
enum ListCell {
    private static func isSeparator(_ character: Character) -> Bool {
        character.isNewline || ";；、|".contains(character)
    }

    static func text(_ elements: [String]) -> String {
        elements.map { element in
            guard
                element.contains(where: isSeparator) || element.contains("\"") || element != ImportRow.trimmed(element)
            else { return element }
            return "\"" + element.replacing("\"", with: "\"\"") + "\""
        }.joined(separator: ";")
    }

    static func elements(_ text: String) -> [String] {
        var elements: [String] = []
        var rest = text[...]
        while !rest.isEmpty {
            rest = rest.drop { $0.isWhitespace || isSeparator($0) }
            if let (element, behind) = quoted(rest) {
                if !element.isEmpty { elements.append(element) }
                rest = behind
                continue
            }
            let element = rest.prefix { !isSeparator($0) }
            if !element.isEmpty { elements.append(ImportRow.trimmed(String(element))) }
            rest = rest[element.endIndex...]
        }
        return elements
    }

    /// An element in quotes and what is behind it; nil where the quotes are part of a text, as in `"VIP" since 2020`.
    private static func quoted(_ text: Substring) -> (element: String, rest: Substring)? {
        guard text.first == "\"" else { return nil }
        var element = ""
        var rest = text.dropFirst()
        while let end = rest.firstIndex(of: "\"") {
            element += rest[..<end]
            rest = rest[rest.index(after: end)...]
            if rest.first == "\"" {
                element += "\""
                rest = rest.dropFirst()
                continue
            }
            let behind = rest.drop { $0.isWhitespace && !$0.isNewline }
            return behind.first.map(isSeparator) ?? true ? (element, behind) : nil
        }
        return nil
    }
}
