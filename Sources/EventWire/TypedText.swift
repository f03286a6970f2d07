/// Cleaning of texts that callers or outsiders typed (protocol.md, An event).
extension String {
    /// With a space for each control character, C0, DEL and C1, and for the line and paragraph separators U+2028,
    /// U+2029.
    package var withoutControls: String {
        var result = UnicodeScalarView()
        for scalar in unicodeScalars { result.append(scalar.isControl ? " " : scalar) }
        return String(result)
    }

    /// Whether it has what `withoutControls` takes out.
    package var hasControls: Bool { unicodeScalars.contains(where: \.isControl) }

    /// The beginning that fits `bytes` bytes of UTF-8, cut between two characters as a reader sees them.
    package func cut(toBytes bytes: Int) -> String {
        guard utf8.count > bytes else { return self }
        var end = startIndex, used = 0
        while end < endIndex {
            used += self[end].utf8.count
            if used > bytes { break }
            end = index(after: end)
        }
        return String(self[..<end])
    }
}

extension Unicode.Scalar {
    /// C0, DEL, C1, and what ends a line in Unicode.
    fileprivate var isControl: Bool {
        switch value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029: true
        default: false
        }
    }
}
