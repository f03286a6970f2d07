import Testing

@testable import Command

@Suite struct SafeTextTests {
    @Test(arguments: [
        ("山田 太郎", "山田 太郎"), ("\u{1B}[2J\u{1B}]0;x\u{7}", "\u{FFFD}[2J\u{FFFD}]0;x\u{FFFD}"),
        ("a\r\nb\tc", "a\u{FFFD}\u{FFFD}b\u{FFFD}c"),
        ("\u{9B}31m\u{85}", "\u{FFFD}31m\u{FFFD}"), ("\u{202E}olleh\u{202C}", "\u{FFFD}olleh\u{FFFD}"),
        ("\u{2066}x\u{2069}\u{200F}\u{61C}", "\u{FFFD}x\u{FFFD}\u{FFFD}\u{FFFD}"),
        ("a\u{2028}b\u{2029}c", "a\u{FFFD}b\u{FFFD}c"),
        ("\u{0}\u{7F}", "\u{FFFD}\u{FFFD}"), ("👨‍👩‍👧 é ｶﾞ", "👨‍👩‍👧 é ｶﾞ"),
        ("", ""),
    ]) func nothingMovesTheCursorOrTurnsTheLine(text: String, shown: String) {
        #expect(Array(safe(text).unicodeScalars) == Array(shown.unicodeScalars))
    }

    @Test func noControlIsLeftOfAnyText() {
        for value in UInt32(0)..<0x2_0000 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let shown = safe(String(scalar)).unicodeScalars
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator:
                #expect(Array(shown) == ["\u{FFFD}"], "U+\(String(value, radix: 16))")
            default:
                if scalar.properties.isBidiControl {
                    #expect(Array(shown) == ["\u{FFFD}"], "U+\(String(value, radix: 16))")
                }
            }
        }
    }

    @Test(arguments: [
        ("", 0), ("abc", 3), ("山田", 4), ("ﾔﾏﾀﾞ", 4), ("ｶﾞｷﾞﾊﾟ", 6), ("ＡＢ", 4),
        ("が", 2), ("か\u{3099}", 2), ("e\u{301}", 1),
        ("…–", 2), ("─", 1),
        ("한글", 4), ("𠮷", 2), ("😀", 2), ("（）、。「」ー", 14),
    ]) func columnsOfATerminal(text: String, count: Int) { #expect(columns(text) == count) }

    @Test(arguments: [
        ("abc", 5, "abc  "), ("山田", 5, "山田 "), ("山田太郎", 8, "山田太郎"), ("山田太郎", 7, "山田太…"), ("山田太郎", 6, "山田… "),
        ("山田太郎", 1, "…"),
        ("abcdef", 4, "abc…"), ("ﾔﾏﾀﾞﾀﾛｳ", 5, "ﾔﾏﾀﾞ…"),
    ]) func textsFitTheirColumns(text: String, width: Int, fit: String) {
        #expect(fitted(text, to: width) == fit)
        #expect(columns(fitted(text, to: width)) == width)
    }

    @Test func figuresStandRight() { #expect(fitted("12", to: 5, right: true) == "   12") }

    @Test func tablesKeepTheirColumns() {
        var table = Table(["名前", "n", "x"], right: [1])
        table.add(["山田太郎", "7", "y"])
        table.add(["ab", "1234", ""])
        #expect(table.text(on: plain) == "名前         n  x\n山田太郎     7  y\nab        1234  ")
        // On a terminal a long line is cut, and colours are outside of what is counted.
        let narrow = Terminal(isTerminal: true, hasColour: true, width: 12)
        #expect(
            table.text(on: narrow).split(separator: "\n").map(String.init) == [
                "\u{1B}[2m名前       …\u{1B}[0m", "山田太郎   …", "ab        1…",
            ])
    }
}
