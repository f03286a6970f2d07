import Testing

@testable import EventWire

/// A line as a test compares it; nil for one too long.
private typealias Told = [UInt8]?

private func framed(_ chunks: [[UInt8]]) -> [Told] {
    var framer = LineFramer()
    var told: [Told] = []
    let tell = { (line: LineFramer.Line) in
        switch line {
        case .line(let bytes): told.append(Array(bytes))
        case .tooLong: told.append(nil)
        }
    }
    for chunk in chunks { chunk.withUnsafeBytes { framer.feed($0, tell) } }
    framer.finish(tell)
    return told
}

private func framed(_ chunks: String...) -> [String?] {
    framed(chunks.map { Array($0.utf8) }).map { $0.map { String(decoding: $0, as: UTF8.self) } }
}

private func x(_ count: Int) -> String { String(repeating: "x", count: count) }

@Suite struct LineFramerTests {
    @Test func linesEndWithNewlineOrBoth() {
        #expect(framed("a\nb\r\nc\n") == ["a", "b", "c"])
        #expect(framed("a\r", "\nb") == ["a", "b"])
        #expect(framed("a\rb\r\r\n") == ["a\rb\r"])
    }

    @Test func theLastLineNeedsNoEnd() {
        #expect(framed("a\nlast") == ["a", "last"])
        #expect(framed("la", "st\r") == ["last"])
        #expect(framed() == [])
    }

    @Test func blankLinesAreSkipped() {
        #expect(framed("\n\r\n \t \r\n\na\n  \n", " ", "\n", " \r") == ["a"])
        #expect(framed("  a \n") == ["  a "])
    }

    @Test func aLineMayHave65536Bytes() {
        let longest = x(WireLimits.lineBytesMax)
        for end in ["\n", "\r\n", ""] {
            #expect(framed(longest + end + "b") == (end.isEmpty ? [nil] : [longest, "b"]))
            #expect(framed(longest + end) == [longest])
            #expect(framed(longest, end) == [longest])
            #expect(framed(x(1), x(WireLimits.lineBytesMax - 1) + end) == [longest])
            #expect(framed(longest + "x" + end) == [nil])
        }
        #expect(framed(longest, "\r", "\n", "b") == [longest, "b"])
        #expect(framed(longest, "\r", "x\n", "b") == [nil, "b"])
        #expect(framed(longest + "\rx\nb") == [nil, "b"])
    }

    @Test func aLongLineIsToldOnceAtOnceAndNotHeld() {
        var framer = LineFramer()
        var tooLong = 0
        var lines: [Int] = []
        let tell = { (line: LineFramer.Line) in
            switch line {
            case .line(let bytes): lines.append(bytes.count)
            case .tooLong: tooLong += 1
            }
        }
        let chunk = [UInt8](repeating: UInt8(ascii: "x"), count: 10_000)
        for _ in 0..<7 { chunk.withUnsafeBytes { framer.feed($0, tell) } }
        #expect(tooLong == 1)
        for _ in 0..<100 { chunk.withUnsafeBytes { framer.feed($0, tell) } }
        #expect(framer.bytesHeld == 0)
        Array("end\nnext\n".utf8).withUnsafeBytes { framer.feed($0, tell) }
        framer.finish(tell)
        #expect(tooLong == 1)
        #expect(lines == [4])
    }

    /// However the stream is cut, the lines are those of the stream in one piece, and those of a split that knows no
    /// chunks.
    @Test func chunksMakeNoDifference() {
        var random = Seeded("LineFramer chunks")
        for _ in 0..<300 {
            var stream: [UInt8] = []
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                let length =
                    Int.random(in: 0...40, using: &random) == 0
                    ? Int.random(in: 65_530...65_545, using: &random) : Int.random(in: 0...30, using: &random)
                for _ in 0..<length {
                    stream.append([0x61, 0x61, 0x61, 0x20, 0x0D, 0xE3].randomElement(using: &random)!)
                }
                stream += [[0x0A], [0x0D, 0x0A], []].randomElement(using: &random)!
            }
            var chunks: [[UInt8]] = []
            var rest = stream[...]
            while !rest.isEmpty {
                let chunk = rest.prefix([1, 2, 7, 100, 40_000].randomElement(using: &random)!)
                chunks.append(Array(chunk))
                rest = rest.dropFirst(chunk.count)
            }
            let plain = stream.split(separator: 0x0A).map { Array($0.last == 0x0D ? $0.dropLast() : $0) }
                .filter { line in
                    line.count > WireLimits.lineBytesMax || line.contains { ![0x20, 0x09, 0x0D].contains($0) }
                }
                .map { $0.count > WireLimits.lineBytesMax ? nil : $0 }
            #expect(framed(chunks) == plain, "seed \(random.seed)")
            #expect(framed([stream]) == plain, "seed \(random.seed)")
        }
    }
}
