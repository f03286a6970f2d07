import CallCenter
import EventWire
import Testing

@testable import AMI
@testable import AsteriskBridge

/// A call of which frames had to be refused ends unknown: nobody can say that it was given up.
@Suite struct RefusedFramesTests {
    /// What a stream of frames means; `number` stands in every frame of the first caller.
    struct Stream {
        var translator = Translator(options: .init(house: HouseTests.house()))
        var parser = AMIParser()
        var events: [BridgeEvent] = []
        var now = Timestamp(ms: 1_795_623_183_000)

        mutating func send(_ event: String, _ id: String, linked: String? = nil, channel: String = "PJSIP/trunk-00000001", number: String = "0902", state: String = "Up", _ more: String...) {
            now = now + 100
            let lines =
                ["Event: \(event)", "Privilege: call,all", "Channel: \(channel)", "ChannelState: 6", "ChannelStateDesc: \(state)", "CallerIDNum: \(number)", "CallerIDName: <unknown>"]
                + ["ConnectedLineNum: <unknown>", "ConnectedLineName: <unknown>", "Language: en", "AccountCode: ", "Context: \(channel.contains("trunk") ? "from-trunk" : "from-internal")", "Exten: 5000", "Priority: 1"]
                + ["Uniqueid: \(id)", "Linkedid: \(linked ?? id)"] + more
            parser.feed(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)) { part, _ in events += translator.take(part, arrivedAt: now) }
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
        #expect(snapshot.count == 1 && snapshot[0].contains(#""call":"2.1""#) && !snapshot[0].contains("1.1\"") && snapshot[0].contains(#""operators":[]"#), "\(snapshot)")
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
        stream.send("Hangup", "1.2", linked: "1.1", channel: "PJSIP/101-00000002", number: "101", state: "Ringing", "Cause: 16")
        stream.send("Hangup", "1.1", "Cause: 127")
        #expect(stream.events.map(\.type) == ["call.offered", "call.ringing", "pbx.snapshot"])
    }

    /// Who was seen to be answered was: nothing is unknown about that.
    @Test func isAnsweredAllTheSameWhenThatWasSeen() {
        var stream = Stream()
        stream.send("Newchannel", "1.1", number: Self.forged, state: "Ring")
        stream.send("QueueCallerJoin", "1.1", "Queue: support", "Position: 1", "Count: 1")
        stream.send("AgentConnect", "1.1", "Queue: support", "Interface: PJSIP/101", "MemberName: A", "HoldTime: 1", "RingTime: 1", "DestUniqueid: 1.2")
        stream.send("HangupRequest", "1.1")
        stream.send("Newstate", "1.1")
        stream.now = stream.now + 2_000
        stream.send("Hangup", "1.1", "Cause: 16")
        #expect(stream.events.filter { $0.type.hasPrefix("call.") }.map(\.type) == ["call.offered", "call.queued", "call.answered", "call.ended"])
    }
}
