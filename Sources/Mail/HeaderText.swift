/// Texts of headers, as they are kept: one line, bounded, without control characters.
enum HeaderText {
    /// nil for one that is empty.
    static func line(_ text: String, max: Int = MailLimits.headerBytesMax) -> String? {
        var line = "", lastIsSpace = true
        for scalar in text.unicodeScalars {
            let isSpace = scalar.properties.isWhitespace || scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            // Marks that turn the direction of a text make a name look like another one.
            if (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value) { continue }
            if isSpace, lastIsSpace { continue }
            line.unicodeScalars.append(isSpace ? " " : scalar)
            lastIsSpace = isSpace
        }
        if line.hasSuffix(" ") { line.removeLast() }
        return line.isEmpty ? nil : line.prefix(bytes: max)
    }

    /// A mail address in lower case; nil for what is none.
    static func address(_ text: String) -> String? {
        let bare = text.lowercased().filter { !$0.isWhitespace && $0 != "<" && $0 != ">" }
        guard let at = bare.lastIndex(of: "@"), at != bare.startIndex, bare.index(after: at) != bare.endIndex,
            bare.utf8.count <= MailLimits.addressBytesMax, bare.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
        else { return nil }
        return bare
    }

    /// The first word with an @ in a header that no standard describes.
    static func anyAddress(in text: String?) -> MailMessage.Address? {
        let words = (text ?? "").split { " \t<>()[],;:\"".contains($0) }
        return words.lazy.compactMap { address(String($0)) }.first.map { MailMessage.Address($0) }
    }

    /// The ids in a header, without their brackets; nil for none.
    static func ids(_ text: String) -> [String]? {
        var ids: [String] = []
        if text.contains("<") {
            for piece in text.split(separator: "<").dropFirst(text.hasPrefix("<") ? 0 : 1) {
                ids.append(String(piece.prefix { $0 != ">" }))
            }
        } else {
            ids = text.split(separator: " ").map(String.init)
        }
        ids = ids.map { $0.filter { !$0.isWhitespace } }.filter { !$0.isEmpty && $0.utf8.count <= 512 }
        return ids.isEmpty ? nil : ids
    }
}

extension String {
    /// At most so many bytes of UTF-8, and no part of a character.
    func prefix(bytes: Int) -> String {
        guard utf8.count > bytes else { return self }
        var end = utf8.index(startIndex, offsetBy: bytes)
        while end > startIndex, String.Index(end, within: self) == nil { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}
