import CallCenter
import EventWire
import Foundation
import Testing

@testable import Intake
@testable import Settings

/// The mappings that are shipped, by requests in the shape that public documents describe.
@Suite struct IntakePresetTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("config/intake")

    static func settings(_ toml: String) throws -> Settings {
        let path = NSTemporaryDirectory() + "intake-\(UUID().uuidString).toml"
        try toml.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try Settings.load(file: path, environment: [:], flags: .init())
    }

    static func preset(_ name: String) throws -> Settings.Intake {
        let all = try settings("[intake.x]\npreset = \"\(name)\"\ntoken_file = \"/t\"\nurl = \"https://a.example/x\"")
        return try #require(all.intakes["x"])
    }

    @Test func theProgramHasTheFilesThatAreShipped() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(Set(names.map { $0.replacing(".toml", with: "") }) == Set(IntakePresets.all.keys))
        for (name, text) in IntakePresets.all {
            let file = try String(contentsOf: Self.folder.appendingPathComponent(name + ".toml"), encoding: .utf8)
            #expect(text + "\n" == file, "config/intake/\(name).toml")
        }
    }

    struct Sent: Sendable {
        var preset, request: String
        var becomes: [String]

        init(_ preset: String, _ request: String, _ becomes: String...) {
            self.preset = preset
            self.request = request
            self.becomes = becomes
        }
    }

    static let sent: [Sent] = [
        Sent(
            "sipgate",
            "event=newCall&from=4921100000101&to=4921100000000&direction=in&callId=123&user[]=Alice&userId[]=w0&"
                + "fullUserId[]=1w0",
            "event type=call.offered call=123 from=+4921100000101 to=+4921100000000"),
        Sent(
            "sipgate", "event=newCall&from=anonymous&to=4921100000000&direction=in&callId=124",
            "event type=call.offered call=124 from=anonymous to=+4921100000000"),
        Sent(
            "sipgate", "event=newCall&from=4921100000000&to=4921100000101&direction=out&callId=125&userId%5B%5D=w0",
            "event type=call.dialed call=125 operator=w0 to=+4921100000101"),
        Sent(
            "sipgate",
            "event=answer&callId=123&user=Alice&userId=w0&fullUserId=1w0&from=4921100000101&to=4921100000000&"
                + "direction=in&answeringNumber=4921100000001",
            "event type=call.answered call=123 operator=w0"),
        Sent("sipgate", "event=answer&callId=125&userId=w0&direction=out", "event type=call.answered call=125"),
        Sent(
            "sipgate", "event=hangup&cause=normalClearing&callId=123&direction=in",
            "event type=call.ended call=123 cause=normalClearing"),
        Sent("sipgate", "event=dtmf&dtmf=1&callId=123", "passed over"),
        Sent(
            "3cx",
            #"{"call_type":"Inbound","number":"+81300000101","agent":"101","start":"2026-11-26T01:00:00Z","#
                + #""established":"2026-11-26T01:00:12Z","end":"2026-11-26T01:03:00Z"}"#,
            "event type=call.offered call=2026-11-26T01:00:00Z +81300000101 101 "
                + "id=2026-11-26T01:00:00Z +81300000101 101 offered time=2026-11-26T01:00:00Z from=+81300000101",
            "event type=call.answered call=2026-11-26T01:00:00Z +81300000101 101 "
                + "id=2026-11-26T01:00:00Z +81300000101 101 answered time=2026-11-26T01:00:12Z operator=101",
            "event type=call.ended call=2026-11-26T01:00:00Z +81300000101 101 "
                + "id=2026-11-26T01:00:00Z +81300000101 101 ended time=2026-11-26T01:03:00Z"),
        Sent(
            "3cx",
            #"{"call_type":"Missed","number":"+81300000101","agent":"800","start":"2026-11-26T01:00:00Z","#
                + #""established":"","end":"2026-11-26T01:00:09Z"}"#,
            "event type=call.offered call=2026-11-26T01:00:00Z +81300000101 800 "
                + "id=2026-11-26T01:00:00Z +81300000101 800 offered time=2026-11-26T01:00:00Z from=+81300000101",
            "event type=call.ended call=2026-11-26T01:00:00Z +81300000101 800 "
                + "id=2026-11-26T01:00:00Z +81300000101 800 ended time=2026-11-26T01:00:09Z"),
        Sent("3cx", #"{"call_type":"Chat","number":"1","agent":"2"}"#, "passed over"),
        Sent(
            "amazon_connect",
            #"{"id":"e1","detail-type":"Amazon Connect Contact Event","time":"2026-11-26T01:00:00Z","detail":{"#
                + #""eventType":"INITIATED","contactId":"c1","channel":"VOICE","initiationMethod":"INBOUND"}}"#,
            "event type=call.offered call=c1 id=e1 time=2026-11-26T01:00:00Z"),
        Sent(
            "amazon_connect",
            #"{"id":"e2","time":"2026-11-26T01:00:01Z","detail":{"eventType":"CONTACT_DATA_UPDATED","#
                + #""contactId":"c1","channel":"VOICE","tags":{"caller":"+81300000101"}}}"#,
            "event type=call.identified call=c1 from=+81300000101 id=e2 time=2026-11-26T01:00:01Z"),
        Sent(
            "amazon_connect",
            #"{"id":"e3","time":"2026-11-26T01:00:03Z","detail":{"eventType":"QUEUED","contactId":"c1","#
                + #""channel":"VOICE","queueInfo":{"queueType":"STANDARD","queueArn":"arn:aws:connect:eu:1:"#
                + #"instance/i/queue/q7","enqueueTimestamp":"2026-11-26T01:00:02.500Z"}}}"#,
            "event type=call.queued call=c1 queue=q7 id=e3 time=2026-11-26T01:00:02.500Z"),
        Sent(
            "amazon_connect",
            #"{"id":"e4","time":"2026-11-26T01:00:09Z","detail":{"EventType":"CONNECTED_TO_AGENT","#
                + #""ContactId":"c1","Channel":"VOICE","AgentInfo":{"AgentArn":"arn:aws:connect:eu:1:instance/i/"#
                + #"agent/a5","ConnectedToAgentTimestamp":"2026-11-26T01:00:08.000Z"}}}"#,
            "event type=call.answered call=c1 operator=a5 id=e4 time=2026-11-26T01:00:08.000Z"),
        Sent(
            "amazon_connect",
            #"{"id":"e5","time":"2026-11-26T01:05:00Z","detail":{"eventType":"DISCONNECTED","contactId":"c1","#
                + #""channel":"VOICE"}}"#,
            "event type=call.ended call=c1 id=e5 time=2026-11-26T01:05:00Z"),
        Sent(
            "amazon_connect",
            #"{"id":"e6","time":"2026-11-26T01:05:00Z","detail":{"eventType":"QUEUED","contactId":"c2","#
                + #""channel":"CHAT"}}"#,
            "passed over"),
        Sent(
            "zammad", "event=newCall&from=4930000101&to=4930000000&direction=in&callId=a1&user[]=Alice",
            "event type=call.offered call=a1 from=+4930000101 to=+4930000000"),
        Sent(
            "zammad", #"{"event":"newCall","from":"4930000101","to":"4930000000","direction":"in","call_id":"a2","#
                + #""queue":"support"}"#,
            "event type=call.offered call=a2 from=+4930000101 to=+4930000000 queue=support"),
        Sent(
            "zammad", #"{"event":"newCall","from":"101","to":"4930000101","direction":"out","callId":"a3"}"#,
            "event type=call.dialed call=a3 operator=101 to=+4930000101"),
        Sent(
            "zammad", #"{"event":"answer","direction":"in","callId":"a1","user":["Bob"],"answeringNumber":"101"}"#,
            "event type=call.answered call=a1 operator=101"),
        Sent(
            "zammad", #"{"event":"answer","direction":"in","callId":"a1","user":["102"]}"#,
            "event type=call.answered call=a1 operator=102"),
        Sent("zammad", "event=answer&direction=out&callId=a3", "event type=call.answered call=a3"),
        Sent("zammad", "event=hangup&cause=busy&direction=in&callId=a1", "event type=call.ended call=a1 cause=busy"),
        Sent(
            "yeastar",
            #"{"type":30011,"sn":"3631A2000000","msg":"{\"call_id\":\"17.1\",\"members\":[{\"inbound\":{\"from\":"#
                + #"\"0300000101\",\"to\":\"0300000000\",\"trunk_name\":\"t\",\"channel_id\":\"c1\",\"member_status\":"#
                + #"\"ALERT\"}},{\"extension\":{\"number\":\"1000\",\"channel_id\":\"c2\","#
                + #"\"member_status\":\"RING\"}}]}"}"#,
            "event type=call.offered call=17.1 from=0300000101 to=0300000000",
            "event type=call.ringing call=17.1 operator=1000"),
        Sent(
            "yeastar",
            #"{"type":30011,"msg":{"call_id":"17.1","members":[{"extension":{"number":"1000","member_status":"#
                + #""ANSWER"}},{"inbound":{"from":"0300000101","to":"0300000000","member_status":"ANSWERED"}}]}}"#,
            "event type=call.answered call=17.1 operator=1000", "passed over"),
        Sent(
            "yeastar", #"{"type":30011,"msg":{"call_id":"17.1","members":[{"inbound":{"from":"0300000101","#
                + #""member_status":"BYE"}},{"extension":{"number":"1000","member_status":"BYE"}}]}}"#,
            "event type=call.ended call=17.1", "passed over"),
        Sent(
            "yeastar",
            #"{"type":30011,"msg":{"call_id":"17.2","members":[{"extension":{"number":"1001","member_status":"#
                + #""ALERT"}},{"outbound":{"from":"1001","to":"0300000102","member_status":"RING"}}]}}"#,
            "event type=call.dialed call=17.2 operator=1001 to=0300000102", "passed over"),
        Sent(
            "yeastar",
            #"{"type":30011,"msg":{"call_id":"17.3","members":[{"extension":{"number":"1001","member_status":"#
                + #""ALERT"}},{"extension":{"number":"1002","member_status":"RING"}}]}}"#,
            "passed over", "passed over"),
        Sent(
            "twilio",
            "EventType=task.created&TaskSid=WT1&Sid=EV1&Timestamp=1795654800&"
                + "TaskAttributes=%7B%22from%22%3A%22%2B15550000101%22%2C%22to%22%3A%22%2B15550000000%22%7D",
            "event type=call.offered call=WT1 from=+15550000101 to=+15550000000 id=EV1 time=2026-11-26T01:00:00.000Z"),
        Sent(
            "twilio", "EventType=task-queue.entered&TaskSid=WT1&TaskQueueName=support&Sid=EV2&Timestamp=1795654801",
            "event type=call.queued call=WT1 queue=support id=EV2 time=2026-11-26T01:00:01.000Z"),
        Sent(
            "twilio", "EventType=reservation.created&TaskSid=WT1&WorkerName=101&Sid=EV3&Timestamp=1795654802",
            "event type=call.ringing call=WT1 operator=101 id=EV3 time=2026-11-26T01:00:02.000Z"),
        Sent(
            "twilio", "EventType=reservation.rejected&TaskSid=WT1&WorkerName=101&Sid=EV4&Timestamp=1795654803",
            "event type=call.unanswered call=WT1 operator=101 reason=rejected id=EV4 time=2026-11-26T01:00:03.000Z"),
        Sent(
            "twilio", "EventType=reservation.rescinded&TaskSid=WT1&WorkerName=101&Sid=EV5&Timestamp=1795654803",
            "event type=call.unanswered call=WT1 operator=101 reason=elsewhere id=EV5 time=2026-11-26T01:00:03.000Z"),
        Sent(
            "twilio", "EventType=reservation.accepted&TaskSid=WT1&WorkerName=102&Sid=EV6&Timestamp=1795654804",
            "event type=call.answered call=WT1 operator=102 id=EV6 time=2026-11-26T01:00:04.000Z"),
        Sent(
            "twilio", "EventType=task.completed&TaskSid=WT1&TaskCompletedReason=done&Sid=EV7&Timestamp=1795654805",
            "event type=call.ended call=WT1 cause=done id=EV7 time=2026-11-26T01:00:05.000Z"),
        Sent("twilio", "EventType=workflow.target-matched&TaskSid=WT1", "passed over"),
        Sent(
            "twilio", "MessageSid=SM1&From=%2B15550000101&To=%2B15550000000&Body=Call+me+back&NumMedia=0",
            "contact id=SM1 channel=sms phone=+15550000101 text=Call me back"),
        Sent(
            "didww",
            #"{"type":"incoming-call-start-event","id":"10-1","attributes":{"time_start":"#
                + #""2026-11-26T01:00:00.879559+00:00","did_number":"15550000000","src_number":"15550000101"}}"#,
            "event type=call.offered call=10-1 id=10-1 offered time=2026-11-26T01:00:00.879559+00:00 "
                + "from=+15550000101 to=+15550000000",
            "event type=call.ringing call=10-1 id=10-1 ringing time=2026-11-26T01:00:00.879559+00:00 "
                + "operator=15550000000"),
        Sent(
            "didww",
            #"{"type":"incoming-call-connect-event","id":"10-1","attributes":{"time_start":"#
                + #""2026-11-26T01:00:00.879559+00:00","time_connect":"2026-11-26T01:00:05.879559+00:00","#
                + #""did_number":"15550000000","src_number":"15550000101","call_id":"26-1"}}"#,
            "event type=call.answered call=10-1 id=10-1 answered time=2026-11-26T01:00:05.879559+00:00 "
                + "operator=15550000000"),
        Sent(
            "didww",
            #"{"type":"incoming-call-end-event","id":"10-1","attributes":{"time_start":"#
                + #""2026-11-26T01:00:00.879559+00:00","time_end":"2026-11-26T01:00:25.879559+00:00","duration":20}}"#,
            "event type=call.ended call=10-1 id=10-1 ended time=2026-11-26T01:00:25.879559+00:00"),
        Sent(
            "didww",
            #"{"type":"outbound-call-start-event","id":"10-2","attributes":{"source_ip":"192.0.2.4","call_id":"3e","#
                + #""time_start":"2026-11-26T01:00:00.1+00:00","original_src_number":"101","src_number":"15550000000","#
                + #""dst_number":"15550000102","trunk_name":"Trunk 1"}}"#,
            "event type=call.dialed call=10-2 id=10-2 dialed time=2026-11-26T01:00:00.1+00:00 operator=101 "
                + "from=+15550000000 to=+15550000102"),
        Sent(
            "didww",
            #"{"type":"outbound-call-connect-event","id":"10-2","attributes":{"time_connect":"#
                + #""2026-11-26T01:00:05.1+00:00"}}"#,
            "event type=call.answered call=10-2 id=10-2 answered time=2026-11-26T01:00:05.1+00:00"),
        Sent("didww", #"{"type":"incoming-cdr","id":"10-3","attributes":{}}"#, "passed over"),
        Sent("line", #"{"destination":"U0","events":[]}"#),
        Sent(
            "line",
            #"{"destination":"U0","events":[{"type":"message","mode":"active","timestamp":1795654800000,"#
                + #""source":{"type":"user","userId":"U1"},"webhookEventId":"01A","deliveryContext":{"#
                + #""isRedelivery":false},"replyToken":"r","message":{"id":"900","type":"text","text":"届きません"}},"#
                + #"{"type":"follow","source":{"type":"user","userId":"U1"}},{"type":"message","#
                + #""timestamp":1795654800001,"source":{"type":"user","userId":"U2"},"#
                + #""message":{"id":"901","type":"image"}}]}"#,
            "contact id=900 channel=line service=line account=U1 text=届きません at=2026-11-26T01:00:00.000Z",
            "passed over",
            "contact id=901 channel=line service=line account=U2 text=[image] at=2026-11-26T01:00:00.001Z"),
    ]

    @Test(arguments: sent) func aRequestBecomes(_ one: Sent) throws {
        let intake = try Self.preset(one.preset)
        let results = try intake.mapping.results(of: IntakeRequest(pasted: one.request), zone: .utc)
        #expect(IntakeMappingTests.text(results) == one.becomes)
    }

    /// What a rule says is what the daemon's decoder takes.
    @Test func everyAttributeOfARuleIsOneOfTheProtocol() throws {
        for (type, known) in IntakeFields.events {
            for name in known.all {
                #expect(Self.attributes.contains(name), "\(type) has \(name)")
            }
        }
        for (name, _) in IntakePresets.all { #expect(try !Self.preset(name).mapping.rules.isEmpty, "\(name)") }
    }

    static let attributes: Set = [
        "call", "from", "to", "queue", "name", "presentation", "operator", "customer", "external_id", "account",
        "email", "position", "priority", "device", "reason", "slot", "kind", "by", "cause", "queues",
    ]

    @Test func theRepliesAreThoseOfTheDocuments() throws {
        let intake = try Self.preset("sipgate"), request = IntakeRequest(body: Array("event=newCall".utf8))
        let reply = try #require(intake.reply).reply(
            to: request, more: ["url": intake.url], type: intake.replyType, zone: .utc)
        #expect(reply.contains(#"<Response onAnswer="https://a.example/x" onHangup="https://a.example/x"/>"#))
        #expect(intake.replyType == "application/xml")
        let zammad = try Self.preset("zammad")
        #expect(zammad.reply?.reply(to: request, more: [:], type: zammad.replyType, zone: .utc) == "{}")
        let line = try Self.preset("line")
        #expect(line.signatureHeader == "X-Line-Signature" && line.signatureEncoding == .base64)
    }

    // MARK: The configuration

    @Test(arguments: [
        (
            "preset = \"siemens\"\ntoken_file = \"/t\"",
            "known are 3cx, amazon_connect, didww, line, sipgate, twilio, yeastar, zammad"
        ),
        ("preset = \"sipgate\"", "token_file or signature_file"), ("token_file = \"/t\"", "maps nothing"),
        ("token_file = \"/t\"\n[[intake.x.rule]]\nwhen = { a = \"b\" }", "either event or contact"),
        (
            "token_file = \"/t\"\n[[intake.x.rule]]\nevent = { type = \"call.offered\", cal = \"{id}\" }",
            "call.offered has no \"cal\""
        ),
        ("token_file = \"/t\"\n[[intake.x.rule]]\nif = 1\ncontact = { channel = \"web\" }", "a rule has when"),
        ("preset = \"sipgate\"\ntoken_file = \"/t\"\nreply = \"{\"", "has no }"),
        ("preset = \"sipgate\"\ntoken_file = \"/t\"\ntimezone = \"Tokyo\"", "timezone"),
    ]) func whatIsWrongStopsTheStart(_ text: String, _ sentence: String) throws {
        do {
            _ = try Self.settings("[intake.x]\n" + text)
            Issue.record("\(text) is taken")
        } catch let error as SettingsError { #expect("\(error)".contains(sentence), "\(error)") }
    }

    @Test func rulesOfTheFileAreInsteadOfThoseOfThePreset() throws {
        let all = try Self.settings(
            """
            [intake.mine]
            preset = "sipgate"
            signature_file = "/k"
            reply_type = "text/xml"
            [[intake.mine.rule]]
            when = { event = ["hangup", "bye"] }
            [intake.mine.rule.event]
            type = "call.ended"
            call = "{callId}"
            """)
        let one = try #require(all.intakes["mine"])
        #expect(one.mapping.rules.count == 1 && one.source == "mine" && one.replyType == "text/xml")
        #expect(one.reply != nil, "what the file does not say is the preset's")
    }
}
