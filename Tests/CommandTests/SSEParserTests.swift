import Testing

@testable import Command

@Suite struct SSEParserTests {
    static func events(_ pieces: [[UInt8]]) -> [SSEParser.Event] {
        var parser = SSEParser(), found: [SSEParser.Event] = []
        for piece in pieces { parser.feed(piece) { found.append($0) } }
        return found
    }
    static func events(_ text: String) -> [SSEParser.Event] { events([Array(text.utf8)]) }

    @Test func fieldsAreReadAsTheStandardSays() {
        #expect(Self.events("id: 7-1\nevent: pop\ndata: {}\n\n") == [.init(name: "pop", data: "{}", id: "7-1")])
        #expect(Self.events("data: a\ndata:b\ndata:  c\n\n") == [.init(name: "message", data: "a\nb\n c", id: nil)])
        // A comment, an unknown field, an event without data.
        #expect(
            Self.events(": \n\nretry: 1000\n\nevent: pop\n\nid: 1\n\ndata: x\n\n") == [
                .init(name: "message", data: "x", id: "1")
            ])
        // The id stays until another comes; the name does not.
        #expect(
            Self.events("id: 1\nevent: a\ndata: x\n\ndata: y\n\n") == [
                .init(name: "a", data: "x", id: "1"), .init(name: "message", data: "y", id: "1"),
            ])
        #expect(Self.events("data\n\n") == [.init(name: "message", data: "", id: nil)])
        #expect(Self.events("id: 1\u{0}\ndata: x\n\n") == [.init(name: "message", data: "x", id: nil)])
        // What has not ended is not told.
        #expect(Self.events("data: x\n") == [])
    }

    /// For `String` the mark would be one character with the colon or the space.
    @Test func aMarkThatCombinesIsData() {
        #expect(Self.events("data:\u{301}x\n\n") == [.init(name: "message", data: "\u{301}x", id: nil)])
        #expect(Self.events("data: \u{3099}\n\n") == [.init(name: "message", data: "\u{3099}", id: nil)])
    }

    @Test func anyCutGivesTheSame() {
        var random = Seeded("anyCutGivesTheSame")
        let words = ["山田😀", "{\"a\":1}", "", " x", "é:\"", "data: x"]
        for _ in 0..<500 {
            var bytes: [UInt8] = [], expected: [SSEParser.Event] = [], id: String?
            for n in 0..<Int.random(in: 1...5, using: &random) {
                let end = ["\n", "\r\n", "\r"].randomElement(using: &random)!
                var text = ""
                if Bool.random(using: &random) { text += ": heartbeat" + end + end }
                if Bool.random(using: &random) {
                    id = "7-\(n)"
                    text += "id: 7-\(n)" + end
                }
                let data = (0..<Int.random(in: 1...3, using: &random)).map { _ in words.randomElement(using: &random)! }
                text += "event: pop" + end + data.map { "data: \($0)" + end }.joined() + end
                expected.append(.init(name: "pop", data: data.joined(separator: "\n"), id: id))
                bytes += Array(text.utf8)
            }
            var pieces: [[UInt8]] = [], rest = bytes[...]
            while !rest.isEmpty {
                let count = min(rest.count, Int.random(in: 1...7, using: &random))
                pieces.append(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            #expect(Self.events(pieces) == expected)
            #expect(Self.events(bytes.map { [$0] }) == expected)
        }
    }
}
