import BridgeCore
import CallCenter
import EventWire
import Testing

@testable import AMI
@testable import AsteriskBridge

/// The live state after a gap in the connection.
@Suite struct ResyncTests {
    static let now = Timestamp(ms: 1_800_000_000_000)

    static func frame(_ lines: String...) -> AMIFrame {
        var parser = AMIParser(), found: [AMIFrame] = []
        parser.feed(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)) { part, _ in
            if case .frame(let frame) = part { found.append(frame) }
        }
        return found[0]
    }
    static func channel(
        _ id: String, _ name: String, linked: String? = nil, context: String = "from-agents", bridge: String = "",
        more: String...
    ) -> AMIFrame {
        var lines = [
            "Event: Status", "Privilege: Call", "Channel: \(name)", "ChannelState: 6", "ChannelStateDesc: Up",
            "CallerIDNum: 09012345678", "CallerIDName: Yamada",
        ]
        lines += [
            "ConnectedLineNum: <unknown>", "ConnectedLineName: <unknown>", "Context: \(context)", "Exten: 5000",
            "Priority: 1", "Uniqueid: \(id)",
        ]
        lines += ["Linkedid: \(linked ?? id)", "BridgeID: \(bridge)", "Seconds: 12"]
        var parser = AMIParser(), found: [AMIFrame] = []
        parser.feed(Array(((lines + more).joined(separator: "\r\n") + "\r\n\r\n").utf8)) { part, _ in
            if case .frame(let frame) = part { found.append(frame) }
        }
        return found[0]
    }
    static func member(_ who: String, _ queue: String, paused: Bool = false) -> AMIFrame {
        frame(
            "Event: QueueMember", "Queue: \(queue)", "Name: Agent \(who)", "Location: PJSIP/\(who)",
            "StateInterface: PJSIP/\(who)", "Paused: \(paused ? 1 : 0)",
            "PausedReason: \(paused ? "lunch" : "")")
    }
    static func live() -> Translator {
        var options = Translator.Options(endpointRules: EndpointRulesTests.rules())
        options.isLive = true
        options.run = ".r"
        return Translator(options: options)
    }
    static func lists(_ frames: [AMIFrame]) -> AMILists {
        var lists = AMILists()
        for frame in frames { lists.add(frame) }
        return lists
    }
    static func lines(_ events: [BridgeEvent]) -> [String] {
        events.map { event in
            var out = ByteBuilder()
            event.write(source: "pbx", into: &out)
            return out.text
        }
    }
    static let alive = [
        channel(
            "1.1", "PJSIP/trunk-00000001", context: "from-trunk", bridge: "b1",
            more: "Variable: CALLERID(pres)=prohib_passed_screen", "Variable: CTI_DID=", "DNID: 5000",
            "Application: Queue", "Data: support,tT,,,300"),
        channel("1.2", "PJSIP/101-00000002", linked: "1.1", bridge: "b1"),
        channel("1.3", "PJSIP/trunk-00000003", context: "from-trunk"),
        channel("1.4", "PJSIP/102-00000004"),
        frame(
            "Event: QueueEntry", "Queue: support", "Position: 1", "Uniqueid: 1.3", "Wait: 7", "CallerIDNum: 09012345678"
        ),
        member("101", "support"), member("102", "support", paused: true), member("102", "sales"),
    ]

    @Test func aBridgeThatBeginsInTheMiddleTellsWhatIsAlive() throws {
        var translator = Self.live()
        let events = translator.resync(Self.lists(Self.alive), arrivedAt: Self.now), lines = Self.lines(events)
        #expect(events.map(\.type) == ["pbx.connected", "pbx.snapshot"])
        let snapshot = try #require(lines.last)
        #expect(
            snapshot.contains(
                #"{"call":"1.1","state":"answered","operator":"101","queue":"support","presentation":"restricted","#
                    + #""to":"5000"}"#
            ), "\(snapshot)")
        #expect(
            snapshot.contains(
                #"{"call":"1.3","state":"queued","queue":"support","since":"2027-01-15T07:59:53.000Z","#
                    + #""from":"09012345678","name":"Yamada"}"#
            ), "\(snapshot)")
        // An operator's own call does not pop, and one who is paused in one queue of two is not away.
        #expect(!snapshot.contains(#""1.4""#) && !snapshot.contains("paused"))
        #expect(
            snapshot.contains(
                #""operator":"102","device":"PJSIP/102","queues":["sales","support"],"name":"Agent "#
                    + #"102","state":"available""#
            ), "\(snapshot)")
        let decoded = try Array(snapshot.utf8.dropLast()).withUnsafeBytes {
            try EventDecoder.decode($0, defaultSource: "pbx", readAt: Self.now)
        }
        guard case .snapshot(let found) = decoded.event.body else { Issue.record("no snapshot"); return }
        #expect(found.calls.count == 2 && found.operators.count == 2)
    }

    /// Facts that the lists had and later events repeat are sent once; new events continue from there.
    @Test func eventsBehindTheListsGoOnFromThere() {
        var translator = Self.live()
        _ = translator.resync(Self.lists(Self.alive), arrivedAt: Self.now)
        func translate(_ lines: String...) -> [String] {
            let block = [
                "Privilege: call", "Channel: PJSIP/trunk-00000003", "ChannelState: 6", "ChannelStateDesc: Up",
                "CallerIDNum: 09012345678", "CallerIDName: Yamada",
                "ConnectedLineNum: <unknown>", "ConnectedLineName: <unknown>", "Context: from-trunk", "Exten: 5000",
                "Priority: 1", "Uniqueid: 1.3", "Linkedid: 1.3",
            ]
            var parser = AMIParser(), events: [BridgeEvent] = []
            parser.feed(Array(((lines + block).joined(separator: "\r\n") + "\r\n\r\n").utf8)) { part, _ in
                events += translator.translate(part, arrivedAt: Self.now + 1_000)
            }
            return events.map { "\($0.type) \($0.id)" }
        }
        #expect(translate("Event: QueueCallerJoin", "Queue: support", "Position: 1") == [])
        #expect(translate("Event: HangupRequest") == [])
        #expect(translate("Event: QueueCallerAbandon", "Queue: support", "Position: 1") == [])
        #expect(translate("Event: Hangup", "Cause: 16") == ["call.ended 1.3.ended.0.r"])
    }

    /// A call that ended unseen is in no list, and its end is not made up.
    @Test func whatIsGoneIsNotListed() {
        var translator = Self.live()
        _ = translator.resync(Self.lists(Self.alive), arrivedAt: Self.now)
        #expect(translator.linkLost(at: Self.now + 1_000).map(\.type) == ["pbx.disconnected"])
        let events = translator.resync(Self.lists([Self.member("101", "support")]), arrivedAt: Self.now + 2_000)
        #expect(events.map(\.type) == ["pbx.connected", "pbx.snapshot"])
        let snapshot = Self.lines(events).last ?? ""
        #expect(snapshot.contains(#""calls":[]"#) && !snapshot.contains(#""102""#))
    }

    /// Found in the middle: a call that 101 dialed and is reached, one that still rings outside, and a caller who talks
    /// with 102 behind a Local channel.
    @Test func dialedCallsAndLocalChannelsAreFoundInTheMiddle() throws {
        var translator = Self.live()
        var lists = [
            Self.channel(
                "1.1", "PJSIP/101-00000001", context: "macro-dialout-trunk", bridge: "b1", more: "Application: Dial",
                "Data: PJSIP/09012345678@trunk,300,T", "DNID: 909012345678"),
            Self.channel(
                "1.2", "PJSIP/trunk-00000002", linked: "1.1", context: "from-trunk", bridge: "b1",
                more: "Application: AppDial", "Data: (Outgoing Line)"),
            Self.channel(
                "3.1", "PJSIP/trunk-00000003", context: "from-trunk", bridge: "b2", more: "Application: Queue",
                "Data: support,tT", "DNID: 5000"),
            Self.channel(
                "3.2", "Local/102@from-queue-00000001;1", linked: "3.1", context: "from-queue", bridge: "b2",
                more: "Application: AppQueue"),
            Self.channel(
                "3.3", "Local/102@from-queue-00000001;2", linked: "3.1", context: "from-internal", bridge: "b3",
                more: "Application: Dial", "Data: PJSIP/102,20"),
            Self.channel("3.4", "PJSIP/102-00000004", linked: "3.1", bridge: "b3", more: "Application: AppDial"),
        ]
        let ringing = Self.frame(
            "Event: Status", "Privilege: Call", "Channel: PJSIP/trunk-00000006", "ChannelState: 5",
            "ChannelStateDesc: Ringing", "CallerIDNum: 09087654321", "CallerIDName: ",
            "Context: from-trunk", "Exten: s", "Uniqueid: 5.2", "Linkedid: 5.1", "BridgeID: ", "Application: AppDial",
            "Seconds: 2")
        lists += [
            Self.channel(
                "5.1", "PJSIP/103-00000005", context: "from-internal", more: "Application: Dial",
                "Data: PJSIP/09087654321@trunk,300", "DNID: 09087654321"), ringing,
        ]
        let snapshot = try #require(Self.lines(translator.resync(Self.lists(lists), arrivedAt: Self.now)).last)
        #expect(
            snapshot.contains(
                #"{"call":"1.1","state":"answered","operator":"101","direction":"outbound","to":"09012345678"}"#),
            "\(snapshot)")
        #expect(
            snapshot.contains(
                #"{"call":"5.1","state":"dialing","operator":"103","direction":"outbound","to":"09087654321"}"#),
            "\(snapshot)")
        #expect(
            snapshot.contains(#"{"call":"3.1","state":"answered","operator":"102","queue":"support""#), "\(snapshot)")
    }

    /// A snapshot has as many lines as needed: none is longer than the protocol allows, and no call and no operator is
    /// left out.
    @Test(arguments: [10, 450, 3_000]) func aCentreOfAnySizeIsToldWhole(calls: Int) throws {
        var translator = Self.live(), frames = (1...1_000).map { Self.member("\(10_000 + $0)", "support") }
        frames += (0..<calls).map { Self.channel("1800000000.\($0)", "PJSIP/trunk-\($0)", context: "from-trunk") }
        let events = translator.resync(Self.lists(frames), arrivedAt: Self.now).filter { $0.type == "pbx.snapshot" }
        var found = 0, operators = 0
        for (i, event) in events.enumerated() {
            let line = try #require(Self.lines([event]).first)
            #expect(line.utf8.count <= 65_536)
            #expect(line.contains("\"part\":\(i + 1),\"parts\":\(events.count)") || events.count == 1)
            let decoded = try Array(line.utf8.dropLast()).withUnsafeBytes {
                try EventDecoder.decode($0, defaultSource: "pbx", readAt: Self.now)
            }
            guard case .snapshot(let part) = decoded.event.body else { Issue.record("no snapshot"); continue }
            found += part.calls.count
            operators += part.operators.count
        }
        #expect(found == calls && operators == 1_000)
        #expect(Set(events.map(\.id)).count == events.count && Set(events.map(\.time)).count == 1)
    }

    /// A list with numbers that no clock has is read as one with long times: a bridge that ends misses every call.
    @Test(arguments: ["9223372036854775807", "-9223372036854775808", "9223372036854776", "99999999999999999999", ""])
    func noNumberInAListEndsTheBridge(number: String) throws {
        let frames = [
            Self.frame(
                "Event: Status", "Privilege: Call", "Channel: PJSIP/trunk-00000003", "ChannelState: 6",
                "ChannelStateDesc: Up", "CallerIDNum: 09012345678", "Context: from-trunk", "Exten: 5000",
                "Uniqueid: 1.3", "Linkedid: 1.3", "BridgeID: ", "Seconds: \(number)"),
            Self.frame(
                "Event: QueueEntry", "Queue: support", "Position: 1", "Uniqueid: 1.3", "Wait: \(number)",
                "CallerIDNum: 09012345678"),
        ]
        var translator = Self.live()
        let told = Self.lines(translator.resync(Self.lists(frames), arrivedAt: Self.now))
        #expect(told.contains { $0.contains(#""call":"1.3""#) })
    }
}
