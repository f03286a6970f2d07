import Testing

@testable import AMI

@Suite struct AMIParserTests {
    private func parts(_ text: String, chunk: Int? = nil) -> [AMIParser.Part] {
        var parser = AMIParser(), found: [AMIParser.Part] = []
        let bytes = Array(text.utf8)
        var at = 0
        while at < bytes.count {
            let end = min(bytes.count, at + (chunk ?? bytes.count))
            parser.feed(bytes[at..<end]) { part, _ in found.append(part) }
            at = end
        }
        return found
    }

    @Test func readsFramesAfterTheBanner() throws {
        let found = parts("Asterisk Call Manager/11.0.0\r\nResponse: Success\r\nMessage: hello\r\n\r\nEvent: Hangup\r\nUniqueid: 1.1\r\n\r\n")
        #expect(found.count == 3)
        #expect(found[0] == .banner("Asterisk Call Manager/11.0.0"))
        guard case .frame(let response) = found[1], case .frame(let event) = found[2] else { Issue.record("\(found)"); return }
        #expect(response.event == nil)
        #expect(response["Message"] == "hello")
        #expect(event.event == "Hangup")
        #expect(event["Uniqueid"] == "1.1")
        #expect(event["Nothing"] == nil)
    }

    @Test(arguments: 1...9) func isTheSameInPiecesOfAnySize(size: Int) {
        let text = "Asterisk Call Manager/11.0.0\r\nEvent: A\r\nX: y\r\n\r\nEvent: B\r\nX: y\nz\r\n\r\nEvent: C\r\n\r\n"
        #expect(parts(text, chunk: size) == parts(text))
    }

    @Test(arguments: [
        ("Event: A\r\nX: 1\r\nX: 2\r\n\r\n", AMIParser.Refusal.repeatedHeader), ("Event: A\r\nno header\r\n\r\n", .notAHeader),
        ("Event: A\r\nX: a\nY: b\r\n\r\n", .controlCharacter), ("Event: A\r\nX: a\rb\r\n\r\n", .controlCharacter),
        ("Event: A\r\nX: \u{1B}[31m\r\n\r\n", .controlCharacter), ("Event: A\r\n: x\r\n\r\n", .notAHeader), ("Event: A\r\nX:y\r\n\r\n", .notAHeader),
    ]) func refusesWhatACallerCouldHaveWritten(text: String, why: AMIParser.Refusal) {
        #expect(parts(text) == [.refused(why)])
    }

    @Test func refusesWhatIsNoUTF8AndGoesOn() {
        var parser = AMIParser(), found: [AMIParser.Part] = []
        parser.feed(Array("Event: A\r\nX: ".utf8) + [0x8E, 0x52] + Array("\r\n\r\nEvent: B\r\n\r\n".utf8)) { part, _ in found.append(part) }
        #expect(found.first == .refused(.notUTF8))
        #expect(found.count == 2)
    }

    @Test func repeatsVariablesAndNothingElse() throws {
        let found = parts("Event: A\r\nChanVariable: CALLERID(pres)=prohib\r\nChanVariable: CTI_DID=5000\r\n\r\n")
        guard case .frame(let frame)? = found.first else { Issue.record("\(found)"); return }
        #expect(frame.variable("CALLERID(pres)") == "prohib")
        #expect(frame.variable("CTI_DID") == "5000")
        #expect(frame.variable("CTI") == nil)
    }

    @Test func aFrameWithoutAnEndIsBounded() {
        var parser = AMIParser(), found: [AMIParser.Part] = []
        let endless = [UInt8](repeating: UInt8(ascii: "x"), count: 1_000_000)
        parser.feed(endless) { part, _ in found.append(part) }
        parser.feed(Array("\r\n\r\nEvent: B\r\n\r\n".utf8)) { part, _ in found.append(part) }
        #expect(found.first == .refused(.tooLong))
        #expect(found.count == 2)
    }

    @Test func readsTimestampsToTheMicrosecond() {
        func frame(_ text: String) -> AMIFrame { AMIFrame(headers: [("Timestamp", text)]) }
        #expect(frame("1795389227.287874").timestampUs == 1_795_389_227_287_874)
        #expect(frame("1795389227").timestampUs == nil)
        #expect(frame("x.123456").timestampUs == nil)
    }
}
