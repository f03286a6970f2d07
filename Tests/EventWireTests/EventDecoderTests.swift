import CallCenter
import Testing

@testable import EventWire

/// Beside each line, the body it is read as.
private let bodies: [(line: String, body: Event.Body)] = [
    (#"{"type":"ping"}"#, .ping),
    (
        #"{"type":"call.offered","call":"c","from":"+819012345678","to":"0312345678"}"#,
        .call("c", .offered(.init(from: "+819012345678", to: "0312345678")))
    ),
    (
        #"{"type":"call.offered","call":"c","from":"090","to":"03","queue":"support","name":"山田 "#
            + #"太郎","presentation":"allowed"}"#,
        .call("c", .offered(.init(from: "090", to: "03", queue: "support", name: "山田 太郎")))
    ),
    (
        #"{"type":"call.offered","call":"c","from":"a\u0062\/\"\\","to":"😀\ud83d\ude00"}"#,
        .call("c", .offered(.init(from: #"ab/"\"#, to: "😀😀")))
    ),
    (#"{"type":"call.offered","call":"c","from":null,"to":""}"#, .call("c", .offered(.init(from: nil)))),
    (
        #"{"type":"call.offered","call":"c","from":"","to":null,"queue":null,"name":""}"#,
        .call("c", .offered(.init(from: nil)))
    ),
    (
        #"{"type":"call.offered","call":"c","to":"03","presentation":"restricted"}"#,
        .call("c", .offered(.init(from: nil, to: "03", presentation: .restricted)))
    ),
    (
        #"{"type":"call.offered","call":"c","to":"03","presentation":"unavailable"}"#,
        .call("c", .offered(.init(from: nil, to: "03", presentation: .unavailable)))
    ),
    (
        #"{"type":"call.offered","call":"c","from":"090","to":"03","presentation":"restricted"}"#,
        .call("c", .offered(.init(from: "090", to: "03", presentation: .restricted)))
    ),
    (#"{"type":"call.identified","call":"c","customer":17,"pin":"ok","x":{}}"#, .call("c", .identified(.customer(17)))),
    (#"{"type":"call.identified","call":"c","customer":"0017"}"#, .call("c", .identified(.customer(17)))),
    (
        #"{"type":"call.identified","call":"c","customer":9223372036854775807}"#,
        .call("c", .identified(.customer(.max)))
    ),
    (#"{"type":"call.identified","call":"c","from":"090","customer":""}"#, .call("c", .identified(.from("090")))),
    (
        #"{"type":"call.queued","call":"c","queue":"support"}"#,
        .call("c", .queued(queue: "support", position: nil, priority: nil))
    ),
    (
        #"{"type":"call.queued","call":"c","queue":"support","position":0,"priority":-5}"#,
        .call("c", .queued(queue: "support", position: 0, priority: -5))
    ),
    (
        #"{"type":"call.queued","call":"c","queue":"サポート","position":null,"priority":-0}"#,
        .call("c", .queued(queue: "サポート", position: nil, priority: 0))
    ),
    (#"{"type":"call.ringing","call":"c","operator":"101"}"#, .call("c", .ringing(operator: "101", device: nil))),
    (
        #"{"type":"call.unanswered","call":"c","operator":"101"}"#,
        .call("c", .unanswered(operator: "101", device: nil, reason: nil))
    ),
    (
        #"{"type":"call.unanswered","call":"c","operator":"101","reason":"unreachable"}"#,
        .call("c", .unanswered(operator: "101", device: nil, reason: .unreachable))
    ),
    (
        #"{"type":"call.identified","call":"c","external_id":"K-17","from":"090"}"#,
        .call("c", .identified(.externalID("K-17")))
    ),
    (#"{"type":"call.identified","call":"c","account":"line:1"}"#, .call("c", .identified(.account("line:1")))),
    (#"{"type":"call.identified","call":"c","email":"t@example.jp"}"#, .call("c", .identified(.email("t@example.jp")))),
    (
        #"{"type":"call.dialed","call":"c","operator":"101","to":"090","from":"03"}"#,
        .call("c", .dialed(.init(operator: "101", to: "090", from: "03")))
    ),
    (
        #"{"type":"call.ringing","call":"c","operator":"101","device":"PJSIP/101b"}"#,
        .call("c", .ringing(operator: "101", device: "PJSIP/101b"))
    ),
    (
        #"{"type":"call.unanswered","call":"c","operator":"101","device":"PJSIP/101b","reason":"elsewhere"}"#,
        .call("c", .unanswered(operator: "101", device: "PJSIP/101b", reason: .elsewhere))
    ),
    (#"{"type":"call.answered","call":"c"}"#, .call("c", .answered(operator: nil))),
    (#"{"type":"call.answered","call":"c","operator":null}"#, .call("c", .answered(operator: nil))),
    (
        #"{"type":"call.parked","call":"c","operator":"101","slot":"701"}"#,
        .call("c", .parked(operator: "101", slot: "701"))
    ),
    (#"{"type":"call.retrieved","call":"c","operator":"102"}"#, .call("c", .retrieved(operator: "102", slot: nil))),
    (
        #"{"type":"operator.busy","operator":"101","reason":"consultation"}"#,
        .operator("101", .busy(reason: "consultation"))
    ),
    (#"{"type":"operator.free","operator":"101"}"#, .operator("101", .free)),
    (
        #"{"type":"pbx.snapshot","calls":[{"call":"a","state":"dialing","operator":"101","to":"090"}],"#
            + #""operators":[{"operator":"101","state":"busy"}],"part":1,"parts":2}"#,
        .snapshot(
            .init(
                calls: [.init(call: "a", state: .dialing, offered: .init(from: nil, to: "090"), operator: "101")],
                operators: [.init(operator: "101", state: .busy)], part: .init(number: 1, of: 2)))
    ),
    (#"{"type":"call.answered","call":"c","operator":"101"}"#, .call("c", .answered(operator: "101"))),
    (#"{"type":"call.held","call":"c"}"#, .call("c", .held)),
    (#"{"type":"call.resumed","call":"c"}"#, .call("c", .resumed)),
    (
        #"{"type":"call.transferred","call":"c","operator":"102"}"#,
        .call("c", .transferred(to: .operator("102"), kind: .blind))
    ),
    (
        #"{"type":"call.transferred","call":"c","queue":"sales","kind":"attended"}"#,
        .call("c", .transferred(to: .queue("sales"), kind: .attended))
    ),
    (
        #"{"type":"call.transferred","call":"c","to":"0312345678","kind":null}"#,
        .call("c", .transferred(to: .number("0312345678"), kind: .blind))
    ),
    (
        #"{"type":"call.transferred","call":"c","to":"03","queue":"sales","operator":"102"}"#,
        .call("c", .transferred(to: .operator("102"), kind: .blind))
    ),
    (
        #"{"type":"call.transferred","call":"c","to":"03","queue":"sales","operator":""}"#,
        .call("c", .transferred(to: .queue("sales"), kind: .blind))
    ),
    (
        #"{"type":"call.dequeued","call":"c","queue":"support"}"#,
        .call("c", .dequeued(queue: "support", reason: .overflow))
    ),
    (
        #"{"type":"call.dequeued","call":"c","queue":"support","reason":"callback"}"#,
        .call("c", .dequeued(queue: "support", reason: .callback))
    ),
    (#"{"type":"call.ended","call":"c"}"#, .call("c", .ended(by: nil, cause: nil))),
    (#"{"type":"call.ended","call":"c","by":"caller","cause":"16"}"#, .call("c", .ended(by: .caller, cause: "16"))),
    (#"{"type":"operator.login","operator":"101"}"#, .operator("101", .login(name: nil, device: nil, queues: nil))),
    (
        #"{"type":"operator.login","operator":"101","name":"佐藤","device":"PJSIP/101","queues":[ "support" , "sales" "#
            + #"]}"#,
        .operator("101", .login(name: "佐藤", device: "PJSIP/101", queues: ["support", "sales"]))
    ),
    (
        #"{"type":"operator.login","operator":"101","queues":[]}"#,
        .operator("101", .login(name: nil, device: nil, queues: []))
    ),
    (
        #"{"type":"operator.login","operator":"101","queues":null}"#,
        .operator("101", .login(name: nil, device: nil, queues: nil))
    ),
    (#"{"type":"operator.logout","operator":"101"}"#, .operator("101", .logout)),
    (#"{"type":"operator.paused","operator":"101","reason":"昼休み"}"#, .operator("101", .paused(reason: "昼休み"))),
    (#"{"type":"operator.resumed","operator":"101","reason":"back"}"#, .operator("101", .resumed)),
    (#"{"type":"operator.ready","operator":"101"}"#, .operator("101", .ready)),
    (#"{"type":"pbx.connected"}"#, .pbxConnected),
    (#"{"type":"pbx.disconnected"}"#, .pbxDisconnected),
    (#"{"type":"pbx.snapshot","calls":[],"operators":[ ]}"#, .snapshot(.init(calls: [], operators: []))),
    (
        #"""
        {"type":"pbx.snapshot","operators":[{"operator":"101","state":"paused","name":"佐藤","device":"PJSIP/101",\#
        "queues":["support"],"reason":"lunch","since":"2026-01-30T23:00:00Z"},{"operator":"102"}, \#
        {"operator":"103","state":"logged_out"}],
         "calls":[{"call":"a","state":"queued","from":"090","to":"03","queue":"support",\#
        "since":"2026-01-31T08:59:30+09:00","x":[1]} , {"call":"b","state":"held","operator":"101",\#
        "presentation":"restricted"}]}
        """#,
        .snapshot(
            .init(
                calls: [
                    .init(
                        call: "a", state: .queued, offered: .init(from: "090", to: "03", queue: "support"),
                        queue: "support", since: readAt - 30_000),
                    .init(
                        call: "b", state: .held, offered: .init(from: nil, presentation: .restricted), operator: "101"),
                ],
                operators: [
                    .init(
                        operator: "101", state: .paused, name: "佐藤", device: "PJSIP/101", queues: ["support"],
                        reason: "lunch", since: readAt - 3_600_000),
                    .init(operator: "102", state: .available), .init(operator: "103", state: .loggedOut),
                ]))
    ),
    (
        #"{"type":"touchpoint.recorded","customer":17,"channel":"email","summary":"見積もり"}"#,
        .touchpoint(.init(who: .customer(17), channel: "email", summary: "見積もり"))
    ),
    (
        #"{"type":"touchpoint.recorded","from":"090","channel":"phone","summary":"s","direction":"outbound","#
            + #""operator":"101","duration":61000}"#,
        .touchpoint(
            .init(
                who: .from("090"), channel: "phone", summary: "s", direction: .outbound, operator: "101",
                duration: 61_000))
    ),
    (
        #"{"type":"touchpoint.recorded","email":"a@b.example","channel":"x-own","summary":"s"}"#,
        .touchpoint(.init(who: .email("a@b.example"), channel: "x-own", summary: "s"))
    ),
    (
        #"{"type":"touchpoint.recorded","account":"U1","from":"","channel":"line","summary":"s"}"#,
        .touchpoint(.init(who: .account("U1"), channel: "line", summary: "s"))
    ),
    (
        #"{"type":"touchpoint.recorded","account":"U1","email":"e","from":"090","customer":"5","channel":"web","#
            + #""summary":"s"}"#,
        .touchpoint(.init(who: .customer(5), channel: "web", summary: "s"))
    ),
]

@Suite struct EventDecoderTests {
    @Test(arguments: bodies.indices) func readsTheBody(_ index: Int) throws {
        let decoded = try decode(bodies[index].line)
        #expect(decoded.event == Event(source: "default", time: readAt, timeIsGiven: false, body: bodies[index].body))
    }

    @Test func readsTheCommonAttributes() throws {
        let decoded = try decode(
            #"{"id":"e1","source":"pbx1","time":"2026-01-31T08:59:59.5+09:00","type":"call.held","call":"c"}"#)
        #expect(
            decoded
                == DecodedEvent(
                    event: Event(id: "e1", source: "pbx1", time: readAt - 500, body: .call("c", .held)), call: "c"))
        let bare = try decode(#"{"type":"call.held","call":"c","id":null,"source":null,"time":null}"#)
        #expect(bare.event == Event(source: "default", time: readAt, timeIsGiven: false, body: .call("c", .held)))
    }

    @Test func cloudEventsAreEvents() throws {
        let decoded = try decode(
            #"{"specversion":"1.0","type":"call.ringing","source":"/pbx/1","id":"A234","time":"2026-01-31T00:00:00Z","#
                + #""subject":"x","datacontenttype":"application/json","data":{"a":[1,null]},"call":"c","#
                + #""operator":"101"}"#
        )
        #expect(
            decoded.event
                == Event(
                    id: "A234", source: "/pbx/1", time: readAt, body: .call("c", .ringing(operator: "101", device: nil))
                ))
    }

    @Test func echoesTheCallOfAnyType() throws {
        #expect(try decode(#"{"type":"operator.paused","operator":"101","call":"c7"}"#).call == "c7")
        #expect(try decode(#"{"type":"ping","id":"1"}"#).event.id == "1")
    }

    @Test func boundsAreInclusive() throws {
        let id = String(repeating: "é", count: 64)
        let text = String(repeating: "漢", count: 341) + "x"
        let number = String(repeating: "9", count: 500)
        let decoded = try decode(
            #"{"type":"call.offered","id":"\#(id)","source":"\#(id)","call":"\#(id)","queue":"\#(id)","#
                + #""from":"\#(number)","to":"\#(text)"}"#
        )
        #expect(decoded.event.source == id)
        #expect(decoded.event.body == .call(id, .offered(.init(from: number, to: text, queue: id))))
        let escaped = String(repeating: #"\u0041"#, count: 128)
        #expect(try decode(#"{"type":"ping","id":"\#(escaped)"}"#).event.id == String(repeating: "A", count: 128))
        #expect(flaw(#"{"type":"ping","id":"\#(escaped)A"}"#)?.field == "id")
        let queues = (0..<256).map { #""q\#($0)""# }.joined(separator: ",")
        #expect(flaw(#"{"type":"operator.login","operator":"1","queues":[\#(queues)]}"#) == nil)
        #expect(flaw(#"{"type":"operator.login","operator":"1","queues":[\#(queues),"more"]}"#)?.field == "queues")
    }

    @Test func aLineMayFillItsBound() throws {
        let empty = #"{"type":"ping","x":""}"#
        let room = WireLimits.lineBytesMax - empty.utf8.count
        #expect(flaw(empty.replacing("\"\"", with: "\"" + String(repeating: "x", count: room) + "\"")) == nil)
        let over = flaw(empty.replacing("\"\"", with: "\"" + String(repeating: "x", count: room + 1) + "\""))
        #expect(over == .lineTooLong)
    }

    @Test func onlyTheHouseSaysThatAPopWasSeen() throws {
        let line = #"{"type":"screenpop.pop.seen","pop":"p1","operator":"101"}"#
        #expect(flaw(line)?.code == .unknownType)
        #expect(flaw(line.replacing("screenpop", with: #"\u0073creenpop"#))?.code == .unknownType)
        #expect(try decode(line, allowInternal: true).event.body == .popSeen(pop: "p1", operator: "101"))
        #expect(throws: WireError.self) {
            try decode(#"{"type":"screenpop.pop.seen","operator":"101"}"#, allowInternal: true)
        }
    }

    @Test func onlyTheHouseWritesOfCallsAndCallbacks() throws {
        let note = #"{"type":"screenpop.call.note","call":"a","operator":"101","text":"一行目\n二行目"}"#
        #expect(flaw(note)?.code == .unknownType)
        #expect(
            try decode(note, allowInternal: true).event.body
                == .remark(call: "a", RemarkEvent(by: "101", what: .final(.note("一行目\n二行目")))))
        let draft = #"{"type":"screenpop.call.note_draft","call":"a","text":""}"#
        #expect(
            try decode(draft, allowInternal: true).event.body
                == .remark(call: "a", RemarkEvent(by: nil, what: .draft(nil))))
        let word = #"{"type":"screenpop.call.disposition","call":"a","reason":"resolved","duration":4200}"#
        #expect(
            try decode(word, allowInternal: true).event.body
                == .remark(call: "a", RemarkEvent(by: nil, what: .final(.disposition("resolved")), spent: 4_200)))
        let done = #"{"type":"screenpop.callback.done","from":"+819000000001","operator":"101","text":"reached"}"#
        #expect(
            try decode(done, allowInternal: true).event.body
                == .callbackDone(CallbackDone(from: "+819000000001", by: "101", note: "reached")))
    }

    @Test(arguments: [
        #"{"type":"screenpop.call.note","call":"a","text":"bell \u0007"}"#,
        #"{"type":"screenpop.call.note","call":"a"}"#, #"{"type":"screenpop.call.note","text":"x"}"#,
        #"{"type":"screenpop.call.note","call":"a","text":7}"#,
    ])
    func aNoteIsProse(_ line: String) { #expect(throws: WireError.self) { try decode(line, allowInternal: true) } }

    @Test func aNoteMayBeSomePagesLong() throws {
        func note(_ count: Int) -> String {
            #"{"type":"screenpop.call.note","call":"a","text":"\#(String(repeating: "x", count: count))"}"#
        }
        #expect(throws: Never.self) { try decode(note(WireLimits.noteBytesMax), allowInternal: true) }
        #expect(throws: WireError.self) { try decode(note(WireLimits.noteBytesMax + 1), allowInternal: true) }
    }

    /// Every type is found by its bytes and by its name alike.
    @Test func everyTypeHasOneName() throws {
        let names = [
            "call.offered", "call.identified", "call.queued", "call.ringing", "call.unanswered", "call.answered",
            "call.held", "call.resumed", "call.transferred",
            "call.dequeued", "call.ended", "operator.login", "operator.logout", "operator.paused", "operator.resumed",
            "operator.ready", "pbx.snapshot",
            "pbx.disconnected", "pbx.connected", "touchpoint.recorded", "ping",
        ]
        for name in names {
            #expect(flaw(#"{"type":"\#(name)"}"#)?.code != .unknownType, "\(name)")
            #expect(
                flaw(#"{"type":"\u00\#(String(name.utf8.first!, radix: 16))\#(name.dropFirst())"}"#)?.code
                    != .unknownType, "\(name)")
            #expect(flaw(#"{"type":"\#(name)x"}"#)?.code == .unknownType, "\(name)")
            #expect(flaw(#"{"type":"\#(name.uppercased())"}"#)?.code == .unknownType, "\(name)")
        }
    }

    /// Every attribute is found by its name, and no other name is one.
    @Test func everyAttributeIsKnown() {
        for index in 0..<Attribute.count {
            let name = Attribute(rawValue: index)!.name
            let bytes = Array(name.utf8)
            bytes.withUnsafeBytes { raw in
                let text = JSONScanner(raw.baseAddress!, from: 0, to: raw.count)
                #expect(Attribute.named(by: text, 0, raw.count)?.rawValue == index, "\(name)")
                let shorter = Attribute.named(by: text, 0, raw.count - 1)?.name
                #expect(shorter == nil || shorter! == name.dropLast(), "\(name)")
            }
        }
    }

    /// A start reads the ids of events that it does not apply.
    @Test(arguments: [
        #"{"type":"ping"}"#, #"{"type":"ping","id":"a"}"#,
        #"{"id":"山田\u0041","source":"other","type":"call.ended"}"#,
        #"{"type":"call.ended","id":"e.1","call":"c","by":"caller","time":"2026-11-20T10:00:00Z"}"#,
        #"{"type":"call.offered","id":"1.2.3","source":"load","call":"1","from":"+8190","unknown":[{"id":"b"}]}"#,
    ]) func theIdentityIsThatOfTheWholeEvent(line: String) throws {
        let found = Array(line.utf8).withUnsafeBytes { EventDecoder.identity($0, defaultSource: "default") }
        let whole = try? Array(line.utf8).withUnsafeBytes {
            try EventDecoder.decode($0, defaultSource: "default", readAt: Timestamp(ms: 1_795_392_000_000))
        }
        let first = line.firstMatch(of: #/"id":"([^"]+)"/#)?.1
        #expect((found == nil) == (first == nil))
        if let event = whole?.event {
            #expect(found?.id == event.id && (found?.source ?? event.source) == event.source)
        }
    }

    @Test(arguments: ["", "{", "[1]", #"{"id":7}"#, #"{"id":""}"#, #"{"id":"a""#, "\u{0}"])
    func whatIsNoEventHasNoIdentity(line: String) {
        #expect(Array(line.utf8).withUnsafeBytes { EventDecoder.identity($0, defaultSource: "x") } == nil)
    }
}
