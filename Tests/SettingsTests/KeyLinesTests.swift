import Testing

@testable import Settings

@Suite struct KeyLinesTests {
    @Test func everyKeyIsFoundOnItsLine() throws {
        let lines = try KeyLines(
            """
            # comment = 1
            a = "x # no comment"   # b = 2
            'c d'."e.f" = '''
            g = 3
            [h]
            '''
            i = \"\"\"
            "quotes" and \\\"\"\" \\
               j = 4\"\"\"\"\"

            [k . "l"] # there
            m = [
              1, [2,
              3], # n = 5
              { o = 6, p.q = 7 },
            ]
            r = 2026-01-01T00:00:00Z
            [k]
            s = true
            [[t]]
            u = 1
            [[t]]
            u = 2
            """, path: ""
        ).lines
        let expected: [[String]: Int] = [
            ["a"]: 2, ["c d"]: 3, ["c d", "e.f"]: 3, ["i"]: 7, ["k"]: 18, ["k", "l"]: 11, ["k", "l", "m"]: 12,
            ["k", "l", "m", "0"]: 13,
            ["k", "l", "m", "1"]: 13, ["k", "l", "m", "1", "0"]: 13, ["k", "l", "m", "1", "1"]: 14,
            ["k", "l", "m", "2"]: 15,
            ["k", "l", "m", "2", "o"]: 15, ["k", "l", "m", "2", "p"]: 15, ["k", "l", "m", "2", "p", "q"]: 15,
            ["k", "l", "r"]: 17,
            ["k", "s"]: 19, ["t"]: 20, ["t", "0"]: 20, ["t", "0", "u"]: 21, ["t", "1"]: 22, ["t", "1", "u"]: 23,
        ]
        #expect(lines == expected)
    }

    /// Each element of a list of tables may have a table of the same name.
    @Test func tablesWithinTablesOfAListAreApart() throws {
        let lines = try KeyLines(
            """
            [[a.b]]
            [a.b.c]
            x = 1
            [[a.b]]
            [a.b.c]
            x = 2
            [[a.b.d]]
            y = 3
            """, path: ""
        ).lines
        #expect(lines[["a", "b", "0", "c", "x"]] == 3 && lines[["a", "b", "1", "c", "x"]] == 6)
        #expect(lines[["a", "b", "1", "d", "0", "y"]] == 8)
        #expect(throws: SettingsError.self) { try KeyLines("[[a]]\n[a.b]\n[a.b]", path: "") }
    }

    @Test func escapesInAKeyAreRead() throws {
        let lines = try KeyLines(#""\u0061\t\"\U00000062" = 1"#, path: "").lines
        #expect(lines == [["a\t\"b"]: 1])
    }
}
