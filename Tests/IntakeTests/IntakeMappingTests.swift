import Testing

@testable import Intake

/// Requests become events and contacts by rules.
@Suite struct IntakeMappingTests {
    static func rule(
        _ when: [String: [String]], _ kind: IntakeMapping.Rule.Kind, _ fields: [(name: String, text: String)]
    ) throws -> IntakeMapping.Rule {
        try IntakeMapping.Rule(
            when: when.sorted { $0.key < $1.key }.map { .init(path: $0.key, texts: $0.value) }, kind: kind,
            fields: fields)
    }

    static func mapping(_ rules: IntakeMapping.Rule..., each: [String] = []) -> IntakeMapping {
        var mapping = IntakeMapping()
        mapping.rules = rules
        mapping.each = each
        return mapping
    }

    static func text(_ results: [IntakeMapping.Result]) -> [String] {
        results.map { result in
            switch result {
            case .event(let fields): "event " + fields.map { "\($0.name)=\($0.text)" }.joined(separator: " ")
            case .contact(let fields): "contact " + fields.map { "\($0.name)=\($0.text)" }.joined(separator: " ")
            case .failed(let sentence): "failed " + sentence
            case .passedOver: "passed over"
            }
        }
    }

    static let offered: [(name: String, text: String)] = [
        ("type", "call.offered"), ("call", "{call.id ?? id}"), ("from", "{call.from | plus}"), ("to", "{query.line}"),
        ("name", "{header.x-name}"),
    ]

    @Test func fieldsComeFromBodyQueryAndHeaders() throws {
        let mapping = try Self.mapping(Self.rule(["event": ["new", "ring"]], .event, Self.offered))
        var request = IntakeRequest(
            query: "line=0300&x=1", headers: ["x-name": "Hanako", "content-type": "application/json"],
            body: Array(#"{"event":"new","call":{"id":17,"from":"4900000101"}}"#.utf8))
        #expect(
            try Self.text(mapping.results(of: request, zone: .utc)) == [
                "event type=call.offered call=17 from=+4900000101 to=0300 name=Hanako"
            ])
        request = IntakeRequest(
            headers: ["content-type": "application/x-www-form-urlencoded"],
            body: Array("event=ring&id=a%20b+c&call=%7B%22from%22%3A%22anonymous%22%7D".utf8))
        #expect(
            try Self.text(mapping.results(of: request, zone: .utc)) == [
                "event type=call.offered call=a b c from=anonymous"
            ], "a text that is JSON is entered, and what is not there is left out")
        request.body = Array("event=other".utf8)
        #expect(try Self.text(mapping.results(of: request, zone: .utc)) == ["passed over"])
        request.body = Array("event=new&call_id=5".utf8)
        let failed = try Self.text(mapping.results(of: request, zone: .utc))
        #expect(failed.count == 1 && failed[0].hasPrefix("failed call is \"{call.id ?? id}\""))
        #expect(failed[0].contains("call_id, event"))
    }

    @Test func aListHasOneInEachElement() throws {
        let mapping = try Self.mapping(
            Self.rule(
                ["from": ["*"]], .contact,
                [("channel", "web"), ("email", "{from}"), ("text", "{lines.1} {shop}"), ("id", "{id}")]),
            each: ["data", "messages"])
        let body = #"{"shop":"A","data":{"messages":[{"id":1,"from":"a@b","lines":["x","y"]},{"id":2},"#
            + #"{"id":3,"from":"c@d","shop":"B","lines":["x","z"]}]}}"#
        let request = IntakeRequest(body: Array(body.utf8))
        #expect(
            try Self.text(mapping.results(of: request, zone: .utc)) == [
                "contact channel=web email=a@b text=y A id=1", "passed over",
                "contact channel=web email=c@d text=z B id=3",
            ])
        #expect(try mapping.results(of: .init(body: Array(#"{"data":{"messages":[]}}"#.utf8)), zone: .utc) == [])
        #expect(throws: IntakeRequest.Unreadable.self) {
            try mapping.results(of: .init(body: Array(#"{"data":1}"#.utf8)), zone: .utc)
        }
        let many = #"{"data":{"messages":["# + String(repeating: "{},", count: 600) + "{}]}}"
        #expect(throws: IntakeRequest.Unreadable.self) {
            try mapping.results(of: .init(body: Array(many.utf8)), zone: .utc)
        }
    }

    @Test(arguments: [
        ("{t | unix}", "1795654800", "2026-11-26T01:00:00.000Z"),
        ("{t | unix_ms}", "1795654800123", "2026-11-26T01:00:00.123Z"),
        ("{t | local}", "2026-11-26 10:00:00", "2026-11-26T01:00:00.000Z"), ("{t | unix}", "soon", "soon"),
        ("{t | user}", "sip:101@pbx.example", "101"), ("{t | lower}", "ABC", "abc"),
        ("{t | words in=inbound, out=outbound}", "out", "outbound"), ("{t | words in=inbound}", "else", "else"),
        ("{t | plus}", "0300000101", "0300000101"), ("{t | plus}", "+4930", "+4930"), ("a{{{t}}}b", "x", "a{x}b"),
    ]) func filtersChangeATextOrLeaveIt(_ template: String, _ value: String, _ expected: String) throws {
        let zone = IntakeZone { _ in 9 * 3_600 }
        #expect(try IntakeTemplate(template).filled(.object(["t": .text(value)]), zone) == expected)
    }

    @Test(arguments: [
        ("{", "has no }"), ("{}", "names no field"), ("{a b}", "names no field"), ("{a.}", "names no field"),
        ("{a ?? }", "names no field"), ("{a | shout}", "there are plus, user"), ("{a | words x}", "in=inbound"),
    ]) func whatIsNoTemplateSaysWhatToWrite(_ text: String, _ sentence: String) {
        do {
            _ = try IntakeTemplate(text)
            Issue.record("\(text) is taken")
        } catch { #expect(error.description.contains(sentence), "\(error)") }
    }

    @Test func aRuleNamesWhatThereIs() {
        func why(_ kind: IntakeMapping.Rule.Kind, _ fields: [(name: String, text: String)]) -> String {
            do {
                _ = try IntakeMapping.Rule(when: [], kind: kind, fields: fields)
                return ""
            } catch { return "\(error)" }
        }
        #expect(why(.event, [("type", "call.offered"), ("cal", "{x}")]).contains("has no \"cal\"; it has type, call,"))
        #expect(why(.event, [("type", "call.offered")]).contains("lacks \"call\""))
        #expect(why(.event, [("type", "call.lost"), ("call", "x")]).contains("there are call.answered"))
        #expect(why(.event, [("type", "{x}"), ("call", "x")]).contains("a type without fields"))
        #expect(why(.contact, [("chanel", "x")]).contains("a contact has no \"chanel\"; it has channel"))
        #expect(why(.contact, [("channel", "x"), ("text", "{a")]).contains("has no }"))
        #expect(why(.contact, [("channel", "x")]) == "")
    }

    @Test func aPastedRequestIsReadWithAndWithoutItsHead() throws {
        let whole = IntakeRequest(
            pasted: "POST /hook?x=1 HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n\r\n{\"a\":\r\n1}\r\n")
        #expect(whole.query == "x=1" && whole.headers["content-type"] == "application/json")
        #expect(String(decoding: whole.body, as: UTF8.self) == "{\"a\":\n1}")
        let bare = IntakeRequest(pasted: "a=1&b=2\n")
        #expect(bare.headers.isEmpty && bare.body == Array("a=1&b=2".utf8))
    }

    @Test func whatCannotBeReadIsRefused() {
        let mapping = IntakeMapping()
        for (type, body) in [
            ("multipart/form-data; boundary=x", "--x"), ("application/json", "{"), ("", "{\"a\":"),
            ("application/json", String(repeating: "[", count: 100_000)),
        ] {
            #expect(throws: IntakeRequest.Unreadable.self, "\(type)") {
                try mapping.results(
                    of: IntakeRequest(headers: ["content-type": type], body: Array(body.utf8)), zone: .utc)
            }
        }
        let bytes = IntakeRequest(body: [0xFF, 0xFE, 0x3D])
        #expect(throws: IntakeRequest.Unreadable.self) { try mapping.results(of: bytes, zone: .utc) }
    }

    @Test func repliesKeepTextsTexts() throws {
        let request = IntakeRequest(body: Array("from=%22%3C%26".utf8)), zone = IntakeZone.utc
        let xml = try IntakeTemplate("<R a=\"{url}\" b=\"{from}\"/>")
        #expect(
            xml.reply(to: request, more: ["url": "https://x/?a=1&b=2"], type: "application/xml", zone: zone)
                == "<R a=\"https://x/?a=1&amp;b=2\" b=\"&quot;&lt;&amp;\"/>")
        let json = try IntakeTemplate("{{\"from\":\"{from}\",\"none\":\"{x}\"}}")
        #expect(
            json.reply(to: request, more: [:], type: "application/json", zone: zone)
                == #"{"from":"\"<&","none":""}"#)
    }
}
