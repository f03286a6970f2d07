/// Keeps a cell of a CSV file from being a formula where a spreadsheet opens it (OWASP, CSV Injection): a text that
/// begins like one gets an apostrophe, which our import takes away again.
public enum FormulaGuard {
    /// What a cell is written as.
    public static func guarded(_ text: String) -> String { isLikeFormula(text) ? "'" + text : text }

    /// What a cell that was written so says.
    static func unguarded(_ text: String) -> String {
        text.utf8.first == UInt8(ascii: "'") && isLikeFormula(text) ? String(text.dropFirst()) : text
    }

    /// `=`, `+`, `-`, `@`, the same full-width, a tab or a line break, behind any apostrophes and spaces: so what is
    /// guarded already is guarded once more, and comes back as it was.
    private static func isLikeFormula(_ text: String) -> Bool {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "'", " ", "\u{3000}", "\u{A0}": continue
            case "=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n": return true
            default: return false
            }
        }
        return false
    }
}
