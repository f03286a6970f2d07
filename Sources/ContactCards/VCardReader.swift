import Foundation

/// Reads cards from bytes: unfolds lines, takes them apart, and leaves out what is none.
public enum VCardReader {
    /// Cards and lines of a card that are read, at most; bytes of a line: pictures are longer, and are left out.
    public static let cardsMax = 500, linesMax = 500, lineMax = 16_384

    /// The cards of a text. What is between them, and a card without an end, is left out.
    public static func cards(_ text: String) -> [ContactCard] {
        var all: [ContactCard] = [], lines: [ContactCard.Property]?, inner = 0
        for line in unfolded(text) {
            guard let property = property(line) else { continue }
            let isCard = property.raw.lowercased().trimmingCharacters(in: .whitespaces) == "vcard"
            if property.name == "BEGIN" {
                // A card within a card, as an agent of 2.1 was, is left out.
                if lines == nil, isCard { lines = [] } else { inner += 1 }
            } else if property.name == "END" {
                if inner > 0 {
                    inner -= 1
                } else if let found = lines {
                    all.append(ContactCard(found))
                    lines = nil
                    guard all.count < cardsMax else { return all }
                }
            } else if inner == 0, let count = lines?.count, count < linesMax {
                lines?.append(property)
            }
        }
        return all
    }

    /// Lines with their continuations: those begin with a space or a tab. A line of quoted-printable goes on behind a
    /// `=` at its end. By bytes: a fold may be in the middle of a letter.
    static func unfolded(_ text: String) -> [String] {
        var lines: [[UInt8]] = []
        for part in text.utf8.split(omittingEmptySubsequences: false, whereSeparator: { $0 == 10 || $0 == 13 }) {
            // Between the two bytes that end a line.
            if part.isEmpty { continue }
            if let first = part.first, first == 32 || first == 9, !lines.isEmpty {
                append(part.dropFirst(), to: &lines[lines.count - 1])
            } else if let last = lines.last, last.last == UInt8(ascii: "="), isQuotedPrintable(last) {
                lines[lines.count - 1].removeLast()
                append(part, to: &lines[lines.count - 1])
            } else {
                lines.append([])
                append(part, to: &lines[lines.count - 1])
            }
        }
        // Nothing is read of what is longer.
        return lines.filter { $0.count <= lineMax }.map { String(decoding: $0, as: UTF8.self) }
    }

    private static func append(_ part: some Collection<UInt8>, to line: inout [UInt8]) {
        if line.count <= lineMax { line.append(contentsOf: part) }
    }

    private static func isQuotedPrintable(_ line: [UInt8]) -> Bool {
        let head = line.prefix { $0 != UInt8(ascii: ":") }
        return String(decoding: head, as: UTF8.self).uppercased().contains("QUOTED-PRINTABLE")
    }

    /// A line as a property; nil for what is none.
    static func property(_ line: String) -> ContactCard.Property? {
        guard let (head, value) = divided(line) else { return nil }
        var words = pieces(head, at: ";")
        let path = words.removeFirst()
        // `item1.TEL`: a group, which joins lines that belong together.
        let name = (path.split(separator: ".").last.map(String.init) ?? "").uppercased()
        guard !name.isEmpty, name.utf8.allSatisfy({ $0 == 45 || (48...57).contains($0) || (65...90).contains($0) })
        else { return nil }
        var parameters: [String: [String]] = [:]
        for word in words {
            guard let equals = word.firstIndex(of: "=") else {
                bare(word.trimmingCharacters(in: .whitespaces), into: &parameters)
                continue
            }
            let key = word[..<equals].trimmingCharacters(in: .whitespaces).uppercased()
            for piece in pieces(word[word.index(after: equals)...], at: ",") {
                let plain = piece.hasPrefix("\"") && piece.hasSuffix("\"") && piece.count >= 2
                    ? piece.dropFirst().dropLast() : piece
                parameters[key, default: []].append(VCardText.parameter(plain))
            }
        }
        guard let raw = decoded(value, parameters) else { return nil }
        return .init(name: name, parameters: parameters, raw: raw)
    }

    /// What 2.1 writes without a name: a type, or how the value is written.
    private static func bare(_ word: String, into parameters: inout [String: [String]]) {
        switch word.uppercased() {
        case "": return
        case "QUOTED-PRINTABLE", "BASE64", "8BIT", "7BIT": parameters["ENCODING", default: []].append(word)
        default: parameters["TYPE", default: []].append(word)
        }
    }

    private static func decoded(_ value: Substring, _ parameters: [String: [String]]) -> String? {
        switch parameters["ENCODING"]?.first?.uppercased() {
        case nil, "8BIT", "7BIT": return String(value)
        case "QUOTED-PRINTABLE":
            return VCardText.decoded(VCardText.quotedPrintable(value), charset: parameters["CHARSET"]?.first)
        // Pictures, sounds and keys.
        default: return nil
        }
    }

    /// The line before and behind the first colon that is in no quotes.
    private static func divided(_ line: String) -> (Substring, Substring)? {
        var isQuoted = false
        for index in line.indices {
            if line[index] == "\"" { isQuoted.toggle() }
            if line[index] == ":", !isQuoted { return (line[..<index], line[line.index(after: index)...]) }
        }
        return nil
    }

    /// Split at a character that is in no quotes.
    private static func pieces(_ text: Substring, at separator: Character) -> [Substring] {
        var all: [Substring] = [], start = text.startIndex, isQuoted = false
        for index in text.indices {
            if text[index] == "\"" { isQuoted.toggle() }
            if text[index] == separator, !isQuoted {
                all.append(text[start..<index])
                start = text.index(after: index)
            }
        }
        return all + [text[start...]]
    }
}
