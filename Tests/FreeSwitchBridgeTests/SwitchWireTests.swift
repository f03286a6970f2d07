import Testing

@testable import FreeSwitchBridge

/// What comes over an event socket: JSON that is not always UTF-8, frames in pieces, values that are percent-encoded.
@Suite struct SwitchWireTests {
    private static func read(_ text: String) -> SwitchEvent? { SwitchEvent(json: Array(text.utf8)) }

    @Test func jsonIsReadAsFreeSwitchWritesIt() {
        let event = Self.read(
            #"{"Event-Name":"X","a":"1\u00e9\n\"\\\/","a":"2","list":["x",{"y":"z"},"w"],"n":-1.5e3,"t":true,"e":""}"#)
        #expect(event?["a"] == "2" && event?["list"] == "x\nw" && event?["n"] == "-1.5e3")
        #expect(event?["t"] == nil && event?["e"] == nil && event?["none"] == nil)
        #expect(Self.read(#"{"Event-Name":"\ud83d\ude00\ud83d"}"#)?.name == "😀\u{FFFD}")
        let bytes = Array(#"{"Event-Name":"X","number":"0908"#.utf8) + [0x8E, 0x52] + Array(#""}"#.utf8)
        #expect(SwitchEvent(json: bytes)?["number"] == "0908\u{FFFD}R")
    }

    @Test(arguments: [
        "", "{", "[]", "{\"Event-Name\":\"X\"", "{\"Event-Name\":\"X\"}x", "{\"Event-Name\":\"X\\q\"}", "{\"a\":\"b\"}",
        "{\"Event-Name\":\"X\",}", "{\"Event-Name\":\"\\u12\"}", "{\"Event-Name\":\"X\",\"a\":[[[[[[[[]]]]]]]]}",
    ]) func whatIsNoEventIsRefused(text: String) { #expect(Self.read(text) == nil) }

    @Test func framesComeInPieces() throws {
        let stream = Array(
            "Content-Type: auth/request\n\nContent-Length: 5\nContent-Type: api/response\n\nab\n\ncContent-Type: x\n\n"
                .utf8)
        for size in [1, 2, 7, stream.count] {
            var frames = SwitchFrames(), found: [SwitchFrame] = []
            for start in stride(from: 0, to: stream.count, by: size) {
                found += try frames.feed(stream[start..<min(start + size, stream.count)])
            }
            #expect(found.map(\.type) == ["auth/request", "api/response", "x"], "\(size)")
            #expect(found.map(\.text) == ["", "ab\n\nc", ""], "\(size)")
        }
        var frames = SwitchFrames()
        #expect(throws: SwitchFrames.TooLong.self) { try frames.feed(Array("Content-Length: -1\n\n".utf8)) }
    }

    @Test func valuesOfAPlainEventAreDecoded() {
        let event = SwitchEvent(
            plain: "Event-Name: X\nCaller-Caller-ID-Number: 0901%0D%0AX-Fake%3A%20h\nBad: 1%zz%\nRaw: %8E%52\n")
        #expect(event["Caller-Caller-ID-Number"] == "0901\r\nX-Fake: h")
        #expect(event["Bad"] == "1%zz%" && event["Raw"] == "\u{FFFD}R" && event["X-Fake"] == nil)
    }

    @Test func aPasswordThatIsRefusedEndsTheConnection() {
        var session = SwitchSession(password: "x", nowMs: 0)
        func frame(_ headers: [String: String]) -> SwitchFrame { SwitchFrame(headers: headers, body: [], head: "") }
        guard case .send("auth x\n\n")? = session.handle(frame(["Content-Type": "auth/request"]), nowMs: 0).first
        else {
            Issue.record("no password was sent")
            return
        }
        let steps = session.handle(
            frame(["Content-Type": "command/reply", "Reply-Text": "-ERR invalid"]), nowMs: 1)
        guard case .failed(.refused("-ERR invalid"))? = steps.first else {
            Issue.record("\(steps)")
            return
        }
        #expect(session.tick(nowMs: 100_000).isEmpty)
    }

    @Test func silenceEndsTheConnection() {
        var session = SwitchSession(password: "x", nowMs: 0)
        #expect(session.tick(nowMs: SwitchSession.silentAfterMs - 1).isEmpty)
        guard case .failed(.silent)? = session.tick(nowMs: SwitchSession.silentAfterMs).first else {
            Issue.record("it waits on")
            return
        }
    }

    @Test(arguments: [
        ("[leg_timeout=5]user/103@default", "user/103@default", "103"),
        ("{a=b}[c=d]sofia/internal/104@192.0.2.1", "sofia/internal/104@192.0.2.1", "104"),
        ("loopback/105/default/XML", "loopback/105/default/XML", "105"), ("user/106@x", "user/106@x", "106"),
    ]) func aContactNamesThePhone(contact: String, device: String, phone: String) {
        #expect(Agent.device(ofContact: contact) == device && Agent.phone(ofDevice: device) == phone)
    }

    @Test func whoseALegIsIsAskedInOrder() {
        func whose(_ profile: String, _ user: String, _ more: (inout LegRules.Facts) -> Void = { _ in }) -> String? {
            var facts = LegRules.Facts(profile: profile, user: user, isIncoming: true, context: "internal")
            more(&facts)
            return LegRules(trunks: ["internal/7771234", "carrier*"], phones: ["external/201"]).phone(
                facts, isKnown: { $0 == "reception" })
        }
        #expect(whose("internal", "101") == "101" && whose("external", "101") == nil)
        #expect(whose("internal", "7771234") == nil && whose("external", "201") == "201")
        #expect(whose("internal", "09012345678") == nil && whose("internal", "reception") == "reception")
        #expect(whose("internal", "someone") == nil)
        #expect(whose("internal", "someone") { $0.directoryUser = "101" } == "101")
        #expect(whose("internal", "101") { $0.gateway = "carrier1" } == nil)
        #expect(whose("internal", "101") { $0.context = "public" } == nil)
        #expect(whose("internal", "10\n1") == nil)
    }
}
