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

    @Test func escapesInAKeyAreRead() throws {
        let lines = try KeyLines(#""\u0061\t\"\U00000062" = 1"#, path: "").lines
        #expect(lines == [["a\t\"b"]: 1])
    }
}
