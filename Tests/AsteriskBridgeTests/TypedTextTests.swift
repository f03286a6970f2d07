import BridgeCore
import CallCenter
import EventWire
import Testing

@testable import AMI
@testable import AsteriskBridge

/// Nothing that a caller writes stops an event.
@Suite struct TypedTextTests {
    static func offered(number: String, name: String) -> [String] {
        var translator = Translator(options: .init(endpointRules: EndpointRulesTests.rules()))
        let text =
            [
                "Event: Newchannel", "Privilege: call,all", "Timestamp: 1795623183.100000",
                "Channel: PJSIP/trunk-00000001", "ChannelState: 4", "ChannelStateDesc: Ring",
                "CallerIDNum: \(number)", "CallerIDName: \(name)", "ConnectedLineNum: <unknown>",
                "ConnectedLineName: <unknown>", "Language: en", "AccountCode: ",
                "Context: from-trunk", "Exten: 5000", "Priority: 1", "Uniqueid: 1.1", "Linkedid: 1.1",
            ].joined(separator: "\r\n") + "\r\n\r\n"
        var parser = AMIParser(), events: [BridgeEvent] = []
        parser.feed(Array(text.utf8)) { part, _ in
            events += translator.translate(part, arrivedAt: Timestamp(ms: 1_795_623_183_100))
        }
        events += translator.settle(Timestamp(ms: 1_795_623_190_000))
        return ResyncTests.lines(events)
    }

    @Test(arguments: [
        "Sato\u{2028}Jiro", "Sato\u{2029}", "\u{85}Sato", String(repeating: "あ", count: 1_000),
        String(repeating: "x", count: 60_000), "\u{FFFD}\u{FFFD}", "a\\\"b", "\u{7F}",
        "👩‍👩‍👧‍👦" + String(repeating: "👨‍🚒", count: 200),
    ]) func everyNameIsTaken(name: String) throws {
        for line in Self.offered(number: "09012345678", name: name) + Self.offered(number: name, name: "x") {
            let decoded = try Array(line.utf8.dropLast()).withUnsafeBytes {
                try EventDecoder.decode($0, defaultSource: "pbx", readAt: Timestamp(ms: 1_795_623_190_000))
            }
            guard case .call("1.1", .offered(let offer)) = decoded.event.body else {
                Issue.record("\(line)")
                continue
            }
            #expect((offer.name ?? "").utf8.count <= 1_024 && (offer.from ?? "").utf8.count <= 1_024)
        }
    }
}
