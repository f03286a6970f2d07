/// Makes text from outside safe for a terminal: a caller's name must not move the cursor, ring the bell, or reverse the
/// direction of the line.
func safe(_ text: String) -> String {
    var out = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar.value {
        // Controls, and the marks that turn the direction of what follows.
        case 0..<0x20, 0x7F..<0xA0, 0x61C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
            out.append("\u{FFFD}")
        default: out.append(scalar)
        }
    }
    return String(out)
}

/// How many columns of a terminal a text takes: East Asian wide and full-width characters take two (Unicode Standard
/// Annex #11), marks that combine with the one before none.
func columns(_ text: String) -> Int { text.reduce(0) { $0 + columns($1) } }

private func columns(_ character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    switch first.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    // A half-width kana and its voicing mark are one character and two columns.
    if character.unicodeScalars.dropFirst().contains(where: { $0.value == 0xFF9E || $0.value == 0xFF9F }) { return 2 }
    switch first.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
        0xA960...0xA97F,
        0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
        0x1F680...0x1F6FF,
        0x1F900...0x1F9FF, 0x20000...0x3FFFD:
        return 2
    default: return 1
    }
}

/// The text in so many columns: filled up with spaces, or cut with an ellipsis.
func fitted(_ text: String, to width: Int, right: Bool = false) -> String {
    let own = columns(text)
    if own <= width {
        let room = String(repeating: " ", count: width - own)
        return right ? room + text : text + room
    }
    var out = "", used = 0
    for character in text {
        let more = columns(character)
        if used + more > width - 1 { break }
        out.append(character)
        used += more
    }
    return out + "…" + String(repeating: " ", count: max(0, width - used - 1))
}
