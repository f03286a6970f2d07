import Testing

@testable import Storage

@Suite struct CSVParserTests {
    static func rows(_ bytes: [UInt8]) throws -> [CSVParser.Row] {
        var parser = CSVParser(separator: 0x2C)
        var rows: [CSVParser.Row] = []
        try parser.feed(bytes) { rows.append($0) }
        try parser.finish { rows.append($0) }
        return rows
    }

    @Test(
        arguments: [
            ("a,b\nc,d", [["a", "b"], ["c", "d"]]), ("a,b\r\n", [["a", "b"]]), ("\"a\"\"b\",c", [["a\"b", "c"]]),
            (",\n", [["", ""]]),
            ("\"\"\n\"\",\"\"", [[""], ["", ""]]),
            ("a\"b\",c", [["a\"b\"", "c"]]), ("\"a\"b,c", [["ab", "c"]]), ("\n\na", [["a"]]),
            ("\"a\nb\r\nc\rd\"", [["a\nb\r\nc\rd"]]),
            ("", []), ("a,", [["a", ""]]),
        ] as [(String, [[String]])]) func fields(text: String, expected: [[String]]) throws
    {
        #expect(try Self.rows(Array(text.utf8)).map(\.fields) == expected)
    }

    /// Written as RFC 4180 says, with any line end, and read in pieces of any size: what was written comes back, with
    /// its line.
    @Test func whatWasWrittenComesBackHoweverItIsCut() throws {
        var random = Seeded("whatWasWrittenComesBackHoweverItIsCut")
        for _ in 0..<400 {
            let separator = [",", ";", "\t"].randomElement(using: &random)!,
                end = ["\n", "\r\n", "\r"].randomElement(using: &random)!
            var written: [[String]] = [], lines: [Int] = [], text = "", line = 1
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                let row = (0..<Int.random(in: 2...4, using: &random)).map { _ in random.text() }
                let cells = row.map { cell in
                    let mustQuote = cell.unicodeScalars.contains { ",;\t\"\n\r".unicodeScalars.contains($0) }
                    return mustQuote || Bool.random(using: &random)
                        ? "\"" + cell.replacing("\"", with: "\"\"") + "\"" : cell
                }
                // A combining mark would swallow the quote before it for `String`, not for the bytes.
                let quoted = zip(row, cells).map { plain, cell in cell == plain ? cell : quote(plain) }
                let bytes = quoted.joined(separator: separator)
                written.append(row)
                lines.append(line)
                text += bytes + end
                line += 1 + lineEnds(bytes)
            }
            var parser = CSVParser(separator: Character(separator).asciiValue!), rows: [CSVParser.Row] = []
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                let count = min(rest.count, Int.random(in: 1...9, using: &random))
                try parser.feed(rest.prefix(count)) { rows.append($0) }
                rest = rest.dropFirst(count)
            }
            try parser.finish { rows.append($0) }
            try #require(rows.map(\.fields) == written, "\(text.debugDescription)")
            try #require(rows.map(\.line) == lines, "\(text.debugDescription)")
        }
    }

    private func quote(_ text: String) -> String {
        var out: [UInt8] = [0x22]
        for byte in text.utf8 { out += byte == 0x22 ? [0x22, 0x22] : [byte] }
        return String(decoding: out + [0x22], as: UTF8.self)
    }
    private func lineEnds(_ text: String) -> Int {
        var count = 0, last: UInt8 = 0
        for byte in text.utf8 {
            if byte == 0x0D || byte == 0x0A && last != 0x0D { count += 1 }
            last = byte
        }
        return count
    }
}

@Suite struct ListCellTests {
    @Test(
        arguments: [
            ("a;b", ["a", "b"]), ("a；b、c|d\ne", ["a", "b", "c", "d", "e"]), (" a ; ;b ", ["a", "b"]),
            ("\"a;b\";c", ["a;b", "c"]),
            ("\"VIP\" customer;x", ["\"VIP\" customer", "x"]),
            ("\"a\"\"b\"", ["a\"b"]), ("\"open;x", ["\"open", "x"]), ("", []), ("\"\"", []), ("a\r\nb", ["a", "b"]),
        ] as [(String, [String])]) func elements(cell: String, expected: [String])
    { #expect(ListCell.elements(cell) == expected) }

    @Test func anyElementsComeBack() {
        var random = Seeded("anyElementsComeBack")
        for _ in 0..<2_000 {
            let list = (0..<Int.random(in: 0...4, using: &random)).map { _ in random.text("ab;、|\" \n；") }.filter {
                !$0.isEmpty
            }
            #expect(ListCell.elements(ListCell.text(list)) == list)
        }
    }
}
