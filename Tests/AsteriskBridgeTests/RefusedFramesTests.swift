import BridgeCore
import CallCenter
import EventWire
import Testing

@testable import AMI
@testable import AsteriskBridge

/// A call with refused frames ends `unknown`: whether the caller hung up cannot be known.
@Suite struct RefusedFramesTests {
    /// The events of a stream of frames; `number` is in every frame of the first caller.
    struct Stream {
        var translator = Translator(options: .init(endpointRules: EndpointRulesTests.rules()))
        var parser = AMIParser()
        var events: [BridgeEvent] = []
        var now = Timestamp(ms: 1_795_623_183_000)

        mutating func send(
            _ event: String, _ id: String, linked: String? = nil, channel: String = "PJSIP/trunk-00000001",
            number: String = "0902", state: String = "Up", _ more: String...
        ) {
            now = now + 100
            let lines =
                [
                    "Event: \(event)", "Privilege: call,all", "Channel: \(channel)", "ChannelState: 6",
                    "ChannelStateDesc: \(state)", "CallerIDNum: \(number)", "CallerIDName: <unknown>",
                ]
                + [
                    "ConnectedLineNum: <unknown>", "ConnectedLineName: <unknown>", "Language: en", "AccountCode: ",
                    "Context: \(channel.contains("trunk") ? "from-trunk" : "from-internal")", "Exten: 5000",
                    "Priority: 1",
                ]
                + ["Uniqueid: \(id)", "Linkedid: \(linked ?? id)"] + more
            parser.feed(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)) { part, _ in
                events += translator.translate(part, arrivedAt: now)
            }
        }
    }
    /// A number with a line end, which forges a header.
    static let forged = "0902\r\nUniqueid: 7.7"

    @Test func isMissingAmongWhatIsAliveWhenItGaveUp() {
        var stream = Stream()
        stream.send("Newchannel", "1.1", state: "Ring")
        stream.send("Newchannel", "2.1", channel: "PJSIP/trunk-00000002", number: "0903", state: "Ring")
        for id in ["1.1", "2.1"] { stream.send("QueueCallerJoin", id, "Queue: support", "Position: 1", "Count: 1") }
        stream.send("NewConnectedLine", "1.1", number: Self.forged)
        for id in ["1.1", "2.1"] {
            stream.send("HangupRequest", id)
            stream.send("QueueCallerAbandon", id, "Queue: support", "Position: 1", "OriginalPosition: 1", "HoldTime: 1")
        }
        stream.send("Hangup", "1.1", "Cause: 16")
        stream.send("Hangup", "2.1", "Cause: 16")
        #expect(stream.events.filter { $0.type == "call.ended" }.map(\.call) == ["2.1"])
        let snapshot = ResyncTests.lines(stream.events.filter { $0.type == "pbx.snapshot" })
        #expect(
            snapshot.count == 1 && snapshot[0].contains(#""call":"2.1""#) && !snapshot[0].contains("1.1\"")
                && snapshot[0].contains(#""operators":[]"#), "\(snapshot)")
        #expect(!stream.events.contains { $0.call == "7.7" })
    }

    /// The dialplan cleans the number first: all but the first frame are whole.
    @Test func isKnownFromItsFirstWholeFrameOn() {
        var stream = Stream()
        stream.send("Newchannel", "1.1", number: Self.forged, state: "Ring")
        #expect(stream.translator.counts.refused == 1)
        stream.send("Newchannel", "1.2", linked: "1.1", channel: "PJSIP/101-00000002", number: "101", state: "Down")
        stream.send("Newstate", "1.1")
        stream.send("DialBegin", "1.1", "DestUniqueid: 1.2", "DialString: 101")
        stream.send("Newstate", "1.2", linked: "1.1", channel: "PJSIP/101-00000002", number: "101", state: "Ringing")
        stream.send("HangupRequest", "1.1")
        stream.send(
            "Hangup", "1.2", linked: "1.1", channel: "PJSIP/101-00000002", number: "101", state: "Ringing", "Cause: 16")
        stream.send("Hangup", "1.1", "Cause: 127")
        #expect(stream.events.map(\.type) == ["call.offered", "call.ringing", "pbx.snapshot"])
    }

    /// Even the end had to be refused: it ends all the same.
    @Test func endsWhenItsEndIsRefused() {
        var stream = Stream()
        stream.send("Newchannel", "1.1", state: "Ring")
        stream.send("QueueCallerJoin", "1.1", "Queue: support", "Position: 1", "Count: 1")
        stream.send("Hangup", "1.1", number: Self.forged, "Cause: 16")
        #expect(stream.events.map(\.type) == ["call.offered", "call.queued", "pbx.snapshot"])
        #expect(stream.translator.calls.isEmpty && stream.translator.channels.isEmpty)
    }

    /// Who was seen to be answered was: nothing is unknown about that.
    @Test func isAnsweredAllTheSameWhenThatWasSeen() {
        var stream = Stream()
        stream.send("Newchannel", "1.1", number: Self.forged, state: "Ring")
        stream.send("QueueCallerJoin", "1.1", "Queue: support", "Position: 1", "Count: 1")
        stream.send(
            "AgentConnect", "1.1", "Queue: support", "Interface: PJSIP/101", "MemberName: A", "HoldTime: 1",
            "RingTime: 1", "DestUniqueid: 1.2")
        stream.send("HangupRequest", "1.1")
        stream.send("Newstate", "1.1")
        stream.now = stream.now + 2_000
        stream.send("Hangup", "1.1", "Cause: 16")
        #expect(
            stream.events.filter { $0.type.hasPrefix("call.") }.map(\.type) == [
                "call.offered", "call.queued", "call.answered", "call.ended",
            ])
    }
}

/// Flows without a recording.
@Suite struct WayTests {
    /// An agent outside, as FreePBX has them: Local/09087654321@from-internal/n.
    @Test func aMemberOutsideIsTheOperator() {
        var stream = RefusedFramesTests.Stream()
        stream.send("Newchannel", "1.1", state: "Ring")
        stream.send("QueueCallerJoin", "1.1", "Queue: support", "Position: 1", "Count: 1")
        for half in ["1", "2"] {
            stream.send(
                "Newchannel", "1.\(half)0", linked: "1.1", channel: "Local/09087654321@from-internal-00000001;\(half)",
                number: "<unknown>", state: half == "1" ? "Down" : "Ring")
        }
        stream.send(
            "AgentCalled", "1.1", "Queue: support", "Interface: Local/09087654321@from-internal/n", "MemberName: Sato",
            "DestUniqueid: 1.10")
        stream.send("DialBegin", "1.1", "DestUniqueid: 1.10", "DialString: Local/09087654321@from-internal/n")
        stream.send(
            "Newchannel", "1.3", linked: "1.1", channel: "PJSIP/trunk-00000003", number: "<unknown>", state: "Down")
        stream.send(
            "DialBegin", "1.20", linked: "1.1", channel: "Local/09087654321@from-internal-00000001;2",
            "DestUniqueid: 1.3", "DialString: 09087654321@trunk")
        stream.send("Newstate", "1.3", linked: "1.1", channel: "PJSIP/trunk-00000003", state: "Ringing")
        stream.send("Newstate", "1.3", linked: "1.1", channel: "PJSIP/trunk-00000003", state: "Up")
        for (id, channel, bridge) in [
            ("1.3", "PJSIP/trunk-00000003", "b"), ("1.20", "Local/09087654321@from-internal-00000001;2", "b"),
            ("1.10", "Local/09087654321@from-internal-00000001;1", "a"), ("1.1", "PJSIP/trunk-00000001", "a"),
        ] {
            stream.send(
                "BridgeEnter", id, linked: "1.1", channel: channel, "BridgeUniqueid: \(bridge)",
                "BridgeTechnology: simple_bridge")
        }
        let told = stream.events.filter { $0.type.hasPrefix("call.") }
        #expect(told.map(\.type) == ["call.offered", "call.queued", "call.ringing", "call.answered"])
        #expect(
            told.suffix(2).allSatisfy { event in
                event.fields.contains { $0.name == "operator" && $0.value == .text("09087654321") }
            })
    }

    /// 101 calls 103, who is forwarded to a mobile: nobody dialed a customer.
    @Test(arguments: [("103", false), ("909087654321", true), ("09087654321", true), ("119", true)])
    func onlyWhatWasMeantForOutsideIsDialed(typed: String, isDialed: Bool) {
        var stream = RefusedFramesTests.Stream()
        stream.send("Newchannel", "1.1", channel: "PJSIP/101-00000001", number: "101", state: "Ring")
        stream.translator.channels["1.1"]?.exten = typed
        stream.send(
            "Newchannel", "1.2", linked: "1.1", channel: "PJSIP/trunk-00000002", number: "<unknown>", state: "Down")
        stream.send(
            "DialBegin", "1.1", channel: "PJSIP/101-00000001", number: "101", "DestUniqueid: 1.2",
            "DialString: \(typed == "119" ? "119" : "09087654321")@trunk")
        #expect(stream.events.contains { $0.type == "call.dialed" } == isDialed)
    }

    /// A queue connects the two and the phone hangs up before their bridge stands: it was answered.
    @Test func aTalkWithoutABridgeIsATalk() {
        var stream = RefusedFramesTests.Stream()
        stream.send("Newchannel", "1.1", state: "Ring")
        stream.send("QueueCallerJoin", "1.1", "Queue: support", "Position: 1", "Count: 1")
        stream.send("QueueCallerLeave", "1.1", "Queue: support", "Position: 1", "Count: 0")
        stream.send(
            "AgentConnect", "1.1", "Queue: support", "Interface: PJSIP/101", "MemberName: A", "DestUniqueid: 1.2")
        stream.send("Hangup", "1.1", "Cause: 16")
        let told = stream.events.filter { $0.type.hasPrefix("call.") }
        #expect(told.map(\.type) == ["call.offered", "call.queued", "call.answered", "call.ended"])
    }
}
