import Testing

@testable import AMI

/// Random bytes: the parser gives the same result as a plain one, however the bytes are split into chunks.
@Suite struct ForgedBytesTests {
    /// A seed makes the same numbers on every machine.
    struct Numbers: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    static let pieces = [
        "\r\n", "\r\n\r\n", "\n", "\r", "Event: Hangup", "Event: TestEvent", "Uniqueid: 1.1", "DestUniqueid: 2.2",
        "ChanVariable: A=1", "DestChanVariable: B", "Output: x", "Variable: y", "Name: ", ": ", "Name:x", "é: 1",
        "Asterisk Call Manager/11.0.0", "CallerIDName: 山田", "\u{1B}[0m", "X: \u{7F}\t", "Context: from-trunk",
        "Exten: " + String(repeating: "9", count: 90), "A: b", "a: b",
    ].map { Array($0.utf8) }

    static func stream(_ numbers: inout Numbers) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 1...60, using: &numbers) {
            bytes += pieces.randomElement(using: &numbers) ?? []
            if Int.random(in: 0..<3, using: &numbers) > 0 { bytes += [0x0D, 0x0A] }
            if Int.random(in: 0..<20, using: &numbers) == 0 { bytes.append(UInt8.random(in: 0...255, using: &numbers)) }
        }
        return bytes + Array("\r\n\r\nEvent: Last\r\n\r\n".utf8)
    }

    @Test(arguments: 0..<20) func areReadAsThePlainParserReadsThem(seed: Int) {
        var numbers = Numbers(state: UInt64(seed))
        for _ in 0..<60 {
            let bytes = Self.stream(&numbers)
            var plain = PlainParser(), parser = AMIParser(), found: [AMIParser.Part] = [], at = 0
            while at < bytes.count {
                let end = min(bytes.count, at + Int.random(in: 1...80, using: &numbers))
                parser.feed(bytes[at..<end]) { part, _ in found.append(part) }
                at = end
            }
            let expected = plain.feed(bytes)
            #expect(
                found.map(Self.shown) == expected.map(Self.shown),
                "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
        }
    }

    /// What is no UTF-8 is compared as it is shown.
    private static func shown(_ part: AMIParser.Part) -> String {
        guard case .frame(let frame) = part else { return "\(part)" }
        return frame.headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
    }

    /// The rest of a frame that is too long is no frame of its own: with its first half gone, it may say anything.
    @Test(arguments: [1, 7, 4_096, 100_000]) func theRestOfAFrameThatIsTooLongIsLeftOut(size: Int) {
        var text = "Event: A\r\n"
        for i in 0..<8_000 { text += "Header\(i): x\r\n" }
        let bytes = Array((text + "Uniqueid: 7.7\r\n\r\nEvent: B\r\n\r\n").utf8)
        var parser = AMIParser(), found: [AMIParser.Part] = [], at = 0
        while at < bytes.count {
            let end = min(bytes.count, at + size)
            parser.feed(bytes[at..<end]) { part, _ in found.append(part) }
            at = end
        }
        #expect(found == [.refused(.tooLong), .frame(AMIFrame(headers: [("Event", "B")]))])
    }

    @Test func saysHowManyBytesEachPartTook() {
        let bytes = Array("Asterisk Call Manager/11.0.0\r\nEvent: A\r\n\r\nEvent: B\r\n\r\nEv".utf8)
        var parser = AMIParser(), ends: [Int] = []
        parser.feed(bytes[..<35]) { _, end in ends.append(end) }
        parser.feed(bytes[35...]) { _, end in ends.append(end) }
        #expect(ends == [30, 42 - 35, 54 - 35])
    }

    @Test func aHeaderIsFoundWhereverItStands() {
        let frame = AMIFrame(headers: [("Event", "A"), ("Name", ""), ("Names", "2"), ("Last", "3")])
        #expect(frame["Name"] == "" && frame["Names"] == "2" && frame["Nam"] == nil && frame["Last"] == "3")
        #expect(frame.event == "A" && AMIFrame(headers: [("Response", "Success")]).event == nil)
        #expect(
            frame.has(["Event", "Names", "Last"]) && frame.has(["Last", "Event"]) && !frame.has(["Event", "Other"]))
    }
}
