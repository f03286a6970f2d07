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
        let found = parts(
            "Asterisk Call Manager/11.0.0\r\nResponse: Success\r\nMessage: hello\r\n\r\nEvent: Hangup\r\nUniqueid: "
                + "1.1\r\n\r\n"
        )
        #expect(found.count == 3)
        #expect(found[0] == .banner("Asterisk Call Manager/11.0.0"))
        guard case .frame(let response) = found[1], case .frame(let event) = found[2] else {
            Issue.record("\(found)"); return
        }
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
        ("Event: A\r\nX: 1\r\nX: 2\r\n\r\n", AMIParser.Refusal.repeatedHeader),
        ("Event: A\r\nno header\r\n\r\n", .notAHeader),
        ("Event: A\r\nX: a\nY: b\r\n\r\n", .controlCharacter), ("Event: A\r\nX: a\rb\r\n\r\n", .controlCharacter),
        ("Event: A\r\n: x\r\n\r\n", .notAHeader), ("Event: A\r\nX:y\r\n\r\n", .notAHeader),
    ]) func refusesWhatACallerCouldHaveWritten(text: String, why: AMIParser.Refusal) {
        #expect(parts(text) == [.refused(why)])
    }

    /// Bytes that cannot forge a line do not lose the event: invalid UTF-8, half a surrogate, an escape sequence.
    @Test(
        arguments: [
            ([0x8E, 0x52], "\u{FFFD}R"), ([0xED, 0xA0, 0xBD], "\u{FFFD}\u{FFFD}\u{FFFD}"), ([0x1B, 0x41, 0x09], " A "),
            ([0xE2, 0x80, 0xA8], "\u{2028}"),
        ] as [([UInt8], String)])
    func takesWhatNoLineCanBeMadeOf(bytes: [UInt8], text: String) {
        var parser = AMIParser(), found: [AMIParser.Part] = []
        parser.feed(Array("Event: A\r\nX: ".utf8) + bytes + Array("\r\n\r\nEvent: B\r\n\r\n".utf8)) { part, _ in
            found.append(part)
        }
        guard found.count == 2, case .frame(let frame) = found[0] else { Issue.record("\(found)"); return }
        #expect(frame["X"] == text)
    }

    /// Every event of Asterisk 18 to 22 that carries the snapshot of a channel, with the words before its headers.
    static let snapshots: [(event: String, prefixes: [String])] = {
        let one = [
            "Newchannel", "Newstate", "NewExten", "NewCallerid", "NewConnectedLine", "NewAccountCode", "Hangup",
            "HangupRequest", "SoftHangupRequest", "Hold",
            "Unhold", "MusicOnHoldStart", "MusicOnHoldStop", "DTMFBegin", "DTMFEnd", "Flash", "Wink", "BridgeEnter",
            "BridgeLeave", "QueueCallerJoin",
            "QueueCallerLeave", "QueueCallerAbandon", "UserEvent", "VarSet", "MonitorStart", "MonitorStop",
            "MixMonitorStart", "MixMonitorStop",
            "MixMonitorMute", "AgentLogin", "AgentLogoff", "AsyncAGIStart", "AsyncAGIExec", "AsyncAGIEnd",
            "AGIExecStart", "AGIExecEnd", "ConfbridgeJoin",
            "ConfbridgeLeave", "ConfbridgeMute", "ConfbridgeUnmute", "ConfbridgeTalking", "MeetmeJoin", "MeetmeLeave",
            "MeetmeMute", "MeetmeTalking",
            "MeetmeTalkRequest", "MiniVoiceMail", "FAXStatus", "ReceiveFAX", "SendFAX", "DAHDIChannel", "AOC-D",
            "AOC-E", "AOC-S", "RTCPSent", "RTCPReceived",
            "HangupHandlerPush", "HangupHandlerPop", "HangupHandlerRun", "ChannelTalkingStart", "ChannelTalkingStop",
            "MCID", "Status", "CoreShowChannel",
        ]
        return one.map { ($0, [""]) } + [
            ("DialBegin", ["", "Dest"]), ("DialState", ["", "Dest"]), ("DialEnd", ["", "Dest"]),
            ("AgentCalled", ["", "Dest"]),
            ("AgentConnect", ["", "Dest"]), ("AgentComplete", ["", "Dest"]), ("AgentDump", ["", "Dest"]),
            ("AgentRingNoAnswer", ["", "Dest"]),
            ("BlindTransfer", ["Transferer", "Transferee"]),
            (
                "AttendedTransfer",
                ["OrigTransferer", "SecondTransferer", "Transferee", "TransferTarget", "LocalOne", "LocalTwo"]
            ),
            ("Pickup", ["", "Target"]), ("LocalBridge", ["LocalOne", "LocalTwo"]),
            ("LocalOptimizationBegin", ["LocalOne", "LocalTwo", "Source"]),
            ("LocalOptimizationEnd", ["LocalOne", "LocalTwo"]), ("ParkedCall", ["Parkee", "Parker"]),
            ("ParkedCallTimeOut", ["Parkee", "Parker"]),
            ("ParkedCallGiveUp", ["Parkee", "Parker"]), ("UnParkedCall", ["Parkee", "Parker", "Retriever"]),
            ("ParkedCallSwap", ["Parkee", "Parker"]),
            ("ChanSpyStart", ["Spyer", "Spyee"]), ("ChanSpyStop", ["Spyer", "Spyee"]),
        ]
    }()

    @Test(arguments: snapshots, [2, 3]) func everyChannelBringsItsVariables(
        of one: (event: String, prefixes: [String]), count: Int
    ) {
        let variables = ["CALLERID(pres)=allowed_not_screened", "CTI_DID=5000", "CRM=7"].prefix(count)
        var text = "Event: \(one.event)\r\nPrivilege: call,all\r\n"
        for prefix in one.prefixes {
            text += "\(prefix)Channel: PJSIP/101-00000001\r\n\(prefix)Uniqueid: 1.\(prefix.utf8.count)\r\n"
            for variable in variables { text += "\(prefix)ChanVariable: \(variable)\r\n" }
        }
        guard case .frame(let frame)? = parts(text + "\r\n").first else {
            Issue.record("\(one.event) was refused"); return
        }
        #expect(frame.headers.count { $0.name.hasSuffix("ChanVariable") } == one.prefixes.count * count)
        // A repeated header that is no variable is still forged.
        #expect(parts(text + "\(one.prefixes[0])Uniqueid: 9.9\r\n\r\n").first == .refused(.repeatedHeader))
    }

    /// The outcome of a refused frame's call is unknown, not abandoned. Only text longer than a number can be is
    /// trusted.
    @Test func saysWhichChannelsARefusedFrameWasAbout() {
        let block =
            "Channel: PJSIP/trunk-00000001\r\nChannelState: 4\r\nChannelStateDesc: Ring\r\nCallerIDNum: "
                + "0902\r\nUniqueid: 9.9\r\nCallerIDName: x\r\nConnectedLineNum: <unknown>\r\nConnectedLineName: "
                + "<unknown>\r\nContext: from-trunk\r\nExten: 5000\r\nPriority: 1\r\n"
        #expect(
            parts("Event: Newchannel\r\n\(block)Uniqueid: 1.1\r\nLinkedid: 1.1\r\n\r\n") == [
                .refused(.repeatedHeader), .suspect(["1.1"], isEnd: false),
            ])
        #expect(parts("Event: Hangup\r\nUniqueid: 9.9\r\nUniqueid: 9.8\r\n\r\n") == [.refused(.repeatedHeader)])
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
        #expect(frame("9223372036855.123456").timestampUs == nil)
        #expect(frame("9223372036854775807.123456").timestampUs == nil)
        #expect(frame("x.123456").timestampUs == nil)
    }
}
