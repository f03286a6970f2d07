import CallCenter
import Testing

@testable import EventWire

/// What a caller or an outsider typed never makes an event refused (protocol.md, An event).
@Suite struct TypedTextTests {
    private func decoded(_ line: String) throws -> DecodedEvent {
        var line = line
        return try line.withUTF8 {
            try EventDecoder.decode(
                UnsafeRawBufferPointer($0), defaultSource: "pbx", readAt: Timestamp(ms: 1_795_392_000_000))
        }
    }

    private func offered(name: String) throws -> CallEvent.Offered {
        let line = #"{"type":"call.offered","call":"c","from":"090","to":"03","name":""# + name + #""}"#
        guard case .call(_, .offered(let offered)) = try decoded(line).event.body else { throw Unexpected() }
        return offered
    }

    private struct Unexpected: Error {}

    @Test(
        "control characters become spaces",
        arguments: [
            #"a\nb"#, #"a\u0000b"#, #"a\u2028b"#, "a\u{2028}b", "a\u{2029}b", #"a\u0085b"#, "a\u{7F}b", "a\u{9F}b",
        ]) func controls(_ name: String) throws
    {
        #expect(try offered(name: name).name == "a b")
    }

    @Test(
        "half a surrogate pair becomes a replacement character",
        arguments: [
            (#"a\ud800b"#, "a\u{FFFD}b"), (#"\udc00"#, "\u{FFFD}"), (#"\ud83dx\ude00"#, "\u{FFFD}x\u{FFFD}"),
            (#"\ud83d\ud83d\ude00"#, "\u{FFFD}😀"),
        ]) func surrogates(_ written: String, _ read: String) throws
    {
        #expect(try offered(name: written).name == read)
    }

    @Test("joined characters stay whole") func joiners() throws {
        #expect(try offered(name: "👩\u{200D}👩\u{200D}👧").name == "👩\u{200D}👩\u{200D}👧")
    }

    @Test("what is too long is cut between characters") func cut() throws {
        #expect(try offered(name: String(repeating: "x", count: 5_000)).name?.utf8.count == 1_024)
        let name = try #require(try offered(name: String(repeating: "漢", count: 1_000)).name)
        #expect(name.utf8.count == 1_023 && name.allSatisfy { $0 == "漢" })
        let summary = String(repeating: "é", count: 2_000)
        let line = #"{"type":"touchpoint.recorded","email":"e","channel":"web","summary":""# + summary + #""}"#
        guard case .touchpoint(let touchpoint) = try decoded(line).event.body else { throw Unexpected() }
        #expect(touchpoint.summary == String(repeating: "é", count: 512))
    }

    @Test("numbers in any text, and a pause's reason") func others() throws {
        let line = #"{"type":"call.offered","call":"c","from":"\u2028090\n","to":"\ud8003"}"#
        guard case .call(_, .offered(let offered)) = try decoded(line).event.body else { throw Unexpected() }
        #expect(offered.from == " 090 " && offered.to == "\u{FFFD}3")
        let paused = try decoded(#"{"type":"operator.paused","operator":"101","reason":"a\tb"}"#)
        #expect(paused.event.body == .operator("101", .paused(reason: "a b")))
        let live = try decoded(
            #"{"type":"pbx.snapshot","calls":[{"call":"a","state":"held","name":"\ud800"}],"operators":[]}"#)
        guard case .snapshot(let snapshot) = live.event.body else { throw Unexpected() }
        #expect(snapshot.calls.first?.offered.name == "\u{FFFD}")
    }

    @Test(
        "attributes that nobody knows are named, each once",
        arguments: [
            (#"{"type":"ping","phse":1}"#, ["phse"]),
            (#"{"type":"ping","b":1,"a":{"c":1},"b":2}"#, ["b", "a"]),
            (#"{"type":"ping","specversion":"1.0","datacontenttype":"x","dataschema":"y","subject":"z"}"#, []),
            // Known, though it means nothing here.
            (#"{"type":"call.held","call":"c","queue":"q"}"#, []),
            // The daemon's own, in its own log alone.
            (#"{"type":"ping","text":"x","pop":"y"}"#, ["pop", "text"]),
            (
                #"{"type":"pbx.snapshot","calls":[{"call":"a","state":"held","sate":1},{"call":"b","state":"held","#
                    + #""sate":1}],"operators":[]}"#,
                ["calls[].sate"]
            ),
        ]) func ignored(_ line: String, _ names: [String]) throws
    {
        #expect(try decoded(line).ignored == names)
    }
}
