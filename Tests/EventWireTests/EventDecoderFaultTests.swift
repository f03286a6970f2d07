import CallCenter
import Testing

@testable import EventWire

private typealias Fault = (line: String, code: WireError.Code, field: String?)

/// Beside each line, what is wrong with it: the code, then the field.
private let faults: [Fault] = [
    (#"{}"#, .missingField, "type"),
    (#"{"type":null}"#, .missingField, "type"),
    (#"{"Type":"ping"}"#, .missingField, "type"),
    (#"{"type":""}"#, .invalidField, "type"),
    (#"{"type":5}"#, .invalidField, "type"),
    (#"{"type":["ping"]}"#, .invalidField, "type"),
    (#"{"type":"ping\u0000"}"#, .invalidField, "type"),
    (#"{"type":"ping","type":"ping"}"#, .invalidField, "type"),
    (#"{"type":"pong"}"#, .unknownType, "type"),
    (#"{"type":"Ping"}"#, .unknownType, "type"),
    (#"{"type":" ping"}"#, .unknownType, "type"),
    (#"{"type":"call.shelved","call":"c"}"#, .unknownType, "type"),
    (#"{"type":"screenpop.pop.seen","pop":"p","operator":"101"}"#, .unknownType, "type"),

    (#"{"type":"ping","id":5}"#, .invalidField, "id"),
    (#"{"type":"ping","id":""}"#, .invalidField, "id"),
    (#"{"type":"ping","id":true}"#, .invalidField, "id"),
    (#"{"type":"ping","id":"a\tb"}"#, .invalidField, "id"),
    (#"{"type":"ping","id":"a","id":"a"}"#, .invalidField, "id"),
    (#"{"type":"ping","source":""}"#, .invalidField, "source"),
    (#"{"type":"ping","source":{}}"#, .invalidField, "source"),
    (#"{"type":"ping","call":7}"#, .invalidField, "call"),
    (#"{"type":"ping","time":1769817600}"#, .invalidField, "time"),
    (#"{"type":"ping","time":""}"#, .invalidField, "time"),
    (#"{"type":"ping","time":"now"}"#, .invalidField, "time"),
    (#"{"type":"ping","time":"2026-01-31T09:00:00"}"#, .invalidField, "time"),
    (#"{"type":"ping","time":"2026-01-31 09:00:00Z"}"#, .invalidField, "time"),
    (#"{"type":"ping","time":"1970-01-01T00:00:00Z"}"#, .invalidField, "time"),
    (#"{"type":"ping","time":"1999-12-31T23:59:59.999Z"}"#, .invalidField, "time"),
    (#"{"type":"ping","time":"2027-02-01T00:00:00.001Z"}"#, .invalidField, "time"),
    (#"{"type":"ping","time":"9999-12-31T23:59:59Z"}"#, .invalidField, "time"),

    (#"{"type":"call.held"}"#, .missingField, "call"),
    (#"{"type":"call.held","call":null}"#, .missingField, "call"),
    (#"{"type":"call.held","call":""}"#, .invalidField, "call"),
    (#"{"type":"call.held","call":17}"#, .invalidField, "call"),
    (#"{"type":"call.held","call":"a\u0085"}"#, .invalidField, "call"),
    (#"{"type":"call.held","call":"a\#u{85}"}"#, .invalidField, "call"),
    (#"{"type":"call.held","call":"a\#u{7F}"}"#, .invalidField, "call"),
    (#"{"type":"call.held","call":"a\u007fb"}"#, .invalidField, "call"),
    (#"{"type":"call.held","call":"a\u0000"}"#, .invalidField, "call"),

    (#"{"type":"call.offered","call":"c","to":"03"}"#, .missingField, "from"),
    (#"{"type":"call.offered","call":"c","to":"03","presentation":"allowed"}"#, .missingField, "from"),
    (#"{"type":"call.offered","call":"c","from":"090"}"#, .missingField, "to"),
    (#"{"type":"call.offered","call":"c"}"#, .missingField, "from"),
    (#"{"type":"call.offered","from":"090","to":"03"}"#, .missingField, "call"),
    (#"{"type":"call.offered","call":"c","from":819012345678,"to":"03"}"#, .invalidField, "from"),
    (#"{"type":"call.offered","call":"c","from":"090","to":[]}"#, .invalidField, "to"),
    (#"{"type":"call.offered","call":"c","from":"090","to":"03","queue":false}"#, .invalidField, "queue"),
    (
        #"{"type":"call.offered","call":"c","from":"090","to":"03","presentation":"hidden"}"#, .invalidField,
        "presentation"
    ),
    (#"{"type":"call.offered","call":"c","from":"090","to":"03","presentation":""}"#, .invalidField, "presentation"),
    (#"{"type":"call.offered","call":"c","from":"090","to":"03","presentation":1}"#, .invalidField, "presentation"),
    (#"{"type":"call.identified","call":"c","customer":0}"#, .invalidField, "customer"),
    (#"{"type":"call.identified","call":"c","customer":-1}"#, .invalidField, "customer"),
    (#"{"type":"call.identified","call":"c","customer":1.0}"#, .invalidField, "customer"),
    (#"{"type":"call.identified","call":"c","customer":"K-17"}"#, .invalidField, "customer"),
    (#"{"type":"call.identified","call":"c","customer":"-"}"#, .invalidField, "customer"),
    (#"{"type":"call.identified","call":"c","customer":9223372036854775808}"#, .invalidField, "customer"),
    (#"{"type":"call.identified","call":"c","customer":{"id":1}}"#, .invalidField, "customer"),
    (#"{"type":"call.queued","call":"c"}"#, .missingField, "queue"),
    (#"{"type":"call.queued","call":"c","queue":""}"#, .invalidField, "queue"),
    (#"{"type":"call.queued","call":"c","queue":"q","position":-1}"#, .invalidField, "position"),
    (#"{"type":"call.queued","call":"c","queue":"q","position":1.5}"#, .invalidField, "position"),
    (#"{"type":"call.queued","call":"c","queue":"q","position":"1"}"#, .invalidField, "position"),
    (#"{"type":"call.queued","call":"c","queue":"q","position":1e2}"#, .invalidField, "position"),
    (#"{"type":"call.queued","call":"c","queue":"q","position":1000001}"#, .invalidField, "position"),
    (#"{"type":"call.queued","call":"c","queue":"q","priority":99999999999999999999}"#, .invalidField, "priority"),
    (#"{"type":"call.queued","call":"c","queue":"q","priority":-9223372036854775808}"#, .invalidField, "priority"),
    (#"{"type":"call.queued","call":"c","queue":"q","priority":true}"#, .invalidField, "priority"),
    (#"{"type":"call.ringing","call":"c"}"#, .missingField, "operator"),
    (#"{"type":"call.ringing","call":"c","operator":101}"#, .invalidField, "operator"),
    (#"{"type":"call.ringing","call":"c","operator":""}"#, .invalidField, "operator"),
    (#"{"type":"call.ringing","call":"c","operator":["101"]}"#, .invalidField, "operator"),
    (#"{"type":"call.unanswered","call":"c"}"#, .missingField, "operator"),
    (#"{"type":"call.unanswered","call":"c","operator":"101","reason":"lazy"}"#, .invalidField, "reason"),
    (#"{"type":"call.unanswered","call":"c","operator":"101","reason":"Busy"}"#, .invalidField, "reason"),
    (#"{"type":"call.answered","call":"c","operator":""}"#, .invalidField, "operator"),
    (#"{"type":"call.dialed","call":"c","to":"090"}"#, .missingField, "operator"),
    (#"{"type":"call.dialed","call":"c","operator":"101"}"#, .missingField, "to"),
    (#"{"type":"call.dialed","call":"c","operator":"101","to":""}"#, .missingField, "to"),
    (#"{"type":"call.parked","call":"c"}"#, .missingField, "operator"),
    (#"{"type":"call.retrieved","call":"c","slot":"701"}"#, .missingField, "operator"),
    (#"{"type":"call.identified","call":"c","language":"en"}"#, .missingField, "customer"),
    (#"{"type":"call.identified","call":"c","external_id":17}"#, .invalidField, "external_id"),
    (#"{"type":"call.ringing","call":"c","operator":"101\u2028"}"#, .invalidField, "operator"),
    (#"{"type":"operator.busy"}"#, .missingField, "operator"),
    (#"{"type":"pbx.snapshot","calls":[],"operators":[],"part":1}"#, .missingField, "parts"),
    (#"{"type":"pbx.snapshot","calls":[],"operators":[],"parts":2}"#, .missingField, "part"),
    (#"{"type":"pbx.snapshot","calls":[],"operators":[],"part":3,"parts":2}"#, .invalidField, "part"),
    (#"{"type":"pbx.snapshot","calls":[],"operators":[],"part":0,"parts":2}"#, .invalidField, "part"),
    (#"{"type":"call.transferred","call":"c"}"#, .missingField, "operator"),
    (#"{"type":"call.transferred","call":"c","to":"","queue":null}"#, .missingField, "operator"),
    (#"{"type":"call.transferred","call":"c","operator":"102","kind":"warm"}"#, .invalidField, "kind"),
    (#"{"type":"call.dequeued","call":"c"}"#, .missingField, "queue"),
    (#"{"type":"call.dequeued","call":"c","queue":"q","reason":"bored"}"#, .invalidField, "reason"),
    (#"{"type":"call.ended","call":"c","by":"robot"}"#, .invalidField, "by"),
    (#"{"type":"call.ended","call":"c","cause":16}"#, .invalidField, "cause"),

    (#"{"type":"operator.login"}"#, .missingField, "operator"),
    (#"{"type":"operator.login","operator":101}"#, .invalidField, "operator"),
    (#"{"type":"operator.login","operator":"101","queues":"support"}"#, .invalidField, "queues"),
    (#"{"type":"operator.login","operator":"101","queues":["support",5]}"#, .invalidField, "queues"),
    (#"{"type":"operator.login","operator":"101","queues":[""]}"#, .invalidField, "queues"),
    (#"{"type":"operator.login","operator":"101","queues":[null]}"#, .invalidField, "queues"),
    (#"{"type":"operator.login","operator":"101","device":101}"#, .invalidField, "device"),
    (#"{"type":"operator.paused"}"#, .missingField, "operator"),
    (#"{"type":"operator.paused","operator":"101","reason":5}"#, .invalidField, "reason"),

    (#"{"type":"pbx.snapshot"}"#, .missingField, "calls"),
    (#"{"type":"pbx.snapshot","calls":[]}"#, .missingField, "operators"),
    (#"{"type":"pbx.snapshot","calls":null,"operators":[]}"#, .missingField, "calls"),
    (#"{"type":"pbx.snapshot","calls":{},"operators":[]}"#, .invalidField, "calls"),
    (#"{"type":"pbx.snapshot","calls":[],"operators":"101"}"#, .invalidField, "operators"),
    (#"{"type":"pbx.snapshot","calls":["c"],"operators":[]}"#, .invalidField, "calls[0]"),
    (
        #"{"type":"pbx.snapshot","calls":[{"call":"a","state":"held"},{"state":"held"}],"operators":[]}"#,
        .missingField, "calls[1].call"
    ),
    (#"{"type":"pbx.snapshot","calls":[{"call":"a"}],"operators":[]}"#, .missingField, "calls[0].state"),
    (#"{"type":"pbx.snapshot","calls":[{"call":"a","state":"up"}],"operators":[]}"#, .invalidField, "calls[0].state"),
    (
        #"{"type":"pbx.snapshot","calls":[{"call":"a","state":"held","since":"yesterday"}],"operators":[]}"#,
        .invalidField, "calls[0].since"
    ),
    (
        #"{"type":"pbx.snapshot","calls":[{"call":"a","state":"held","from":5}],"operators":[]}"#, .invalidField,
        "calls[0].from"
    ),
    (
        #"{"type":"pbx.snapshot","calls":[{"call":"a","call":"b","state":"held"}],"operators":[]}"#, .invalidField,
        "calls[0].call"
    ),
    (
        #"{"type":"pbx.snapshot","calls":[],"operators":[{"operator":"101","state":"asleep"}]}"#, .invalidField,
        "operators[0].state"
    ),
    (
        #"{"type":"pbx.snapshot","calls":[],"operators":[{"operator":"101"},{}]}"#, .missingField,
        "operators[1].operator"
    ),
    (
        #"{"type":"pbx.snapshot","calls":[],"operators":[{"operator":"101","queues":[1]}]}"#, .invalidField,
        "operators[0].queues"
    ),

    (#"{"type":"touchpoint.recorded","channel":"email","summary":"s"}"#, .missingField, "customer"),
    (#"{"type":"touchpoint.recorded","customer":17,"summary":"s"}"#, .missingField, "channel"),
    (#"{"type":"touchpoint.recorded","customer":17,"channel":"email"}"#, .missingField, "summary"),
    (#"{"type":"touchpoint.recorded","customer":17,"channel":"","summary":"s"}"#, .invalidField, "channel"),
    (
        #"{"type":"touchpoint.recorded","customer":17,"channel":"email","summary":"s","direction":"up"}"#,
        .invalidField, "direction"
    ),
    (
        #"{"type":"touchpoint.recorded","customer":17,"channel":"email","summary":"s","duration":-1}"#, .invalidField,
        "duration"
    ),
    (
        #"{"type":"touchpoint.recorded","customer":17,"channel":"email","summary":"s","duration":"5s"}"#, .invalidField,
        "duration"
    ),
    (
        #"{"type":"touchpoint.recorded","customer":17,"channel":"email","summary":"s","duration":31622400001}"#,
        .invalidField, "duration"
    ),
]

@Suite struct EventDecoderFaultTests {
    @Test(arguments: faults.indices) func isTold(_ index: Int) {
        let (line, code, field) = faults[index]
        let error = flaw(line)
        #expect(error?.code == code, "\(line)")
        #expect(error?.field == field, "\(line)")
        #expect(
            error?.message.hasSuffix(".") == true && error?.message.contains(field ?? "") == true,
            "\(line): \(error?.message ?? "")")
    }

    @Test(arguments: ["id", "source", "call", "operator", "queue"]) func idsHave128Bytes(_ name: String) {
        for (id, isTaken) in [
            (String(repeating: "x", count: 128), true), (String(repeating: "x", count: 129), false),
            (String(repeating: "漢", count: 43), false),
        ] {
            var attributes = ["type": "call.queued", "call": "c", "queue": "q"]
            if name == "operator" { attributes = ["type": "call.ringing", "call": "c"] }
            attributes[name] = id
            let line = "{" + attributes.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ",") + "}"
            #expect(flaw(line)?.field == (isTaken ? nil : name))
            #expect(flaw(line)?.code == (isTaken ? nil : .invalidField))
        }
    }

    @Test func textsHave1024Bytes() {
        let line = #"{"type":"touchpoint.recorded","email":"e","channel":"web","summary":"?"}"#
        #expect(flaw(line.replacing("?", with: String(repeating: "x", count: 1_024))) == nil)
        #expect(
            flaw(line.replacing("summary", with: "device").replacing("?", with: String(repeating: "x", count: 1_025)))
                != nil)
        #expect(flaw(#"{"type":"ping","whatever":"\#(String(repeating: "x", count: 5_000))"}"#) == nil)
    }

    /// Where no outsider types, half a character is no JSON to us.
    @Test func halfASurrogateIsMalformedInIDs() {
        #expect(flaw(#"{"type":"call.ringing","call":"c","operator":"101\ud800"}"#)?.code == .malformed)
        #expect(flaw(#"{"type":"ping","x":["\ud800"]}"#)?.code == .malformed)
    }

    @Test func theFirstFaultIsTold() {
        #expect(flaw(#"{"type":"nonsense","id":5,"id":6"#)?.code == .malformed)
        #expect(flaw(#"{"type":"nonsense","id":5,"id":6}"#)?.code == .unknownType)
        #expect(flaw(#"{"type":"call.held","id":5,"time":5,"time":6}"#)?.field == "time")
        #expect(flaw(#"{"type":"call.held","id":5}"#)?.field == "id")
    }

    @Test func idAndCallAreEchoedWhenValid() {
        let error = flaw(#"{"type":"call.ringing","id":"e1","call":"c1"}"#)
        #expect(error?.id == "e1" && error?.call == "c1")
        let unknown = flaw(#"{"type":"nonsense","call":"c1","id":5}"#)
        #expect(unknown?.id == nil && unknown?.call == "c1")
        let twice = flaw(#"{"type":"ping","id":"a","id":"b","call":""}"#)
        #expect(twice?.id == nil && twice?.call == nil)
        #expect(flaw(#"{"type":"ping","id":"a""#)?.id == nil)
    }

    @Test func aWordsErrorListsTheWords() {
        let error = flaw(#"{"type":"call.dequeued","call":"c","queue":"q","reason":"bored"}"#)
        #expect(error?.message == "reason must be one of overflow, timeout, voicemail, callback, key.")
        #expect(
            flaw(#"{"type":"call.ringing","call":"c","operator":101}"#)?.message
                == #"operator must be the operator's id as a string, such as "101"."#)
    }

    /// Whatever is wrong with a line, the caller's number in it is not told.
    @Test func noMessageTellsTheNumber() {
        let number = "+819087654321"
        for line in [
            #"{"type":"call.offered","call":"c","from":"N","to":5}"#,
            #"{"type":"call.offered","call":"c","from":["N"],"to":"5"}"#,
            #"{"type":"call.dialed","call":"c","from":"N"}"#,
            #"{"type":"N","call":"c"}"#, #"{"type":"ping","time":"N"}"#,
            #"{"type":"call.offered","call":"c","from":"x","to":"N","presentation":"N"}"#,
            #"{"type":"call.offered","from":"N"#,
            #"{"type":"call.identified","call":"c","customer":"N"}"#,
            #"{"type":"call.identified","call":"c","from":"N","from":"N"}"#,
        ] {
            let message = flaw(line.replacing("N", with: number))?.message
            #expect(message != nil && message?.contains("87654321") == false, "\(line)")
        }
    }
}
