import CallCenter
import Foundation
import Testing

@testable import EventWire

private let offer = OfferAnswer(
    customer: .init(id: 17, name: "山田 太郎", tier: "vip", owner: "101"), candidates: 1, alerts: [.vip, .repeatCaller],
    route: Route(
        action: .operator(
            "101", device: "PJSIP/101", waitS: 20,
            fallback: .group("veterans", operators: ["103", "104"], devices: ["PJSIP/103", "PJSIP/104"])),
        priority: 10, reason: .assignedOperator))

private func answered(_ action: Route.Action, _ reason: Route.Reason = .noMatch) -> String {
    written { out in
        let answer = OfferAnswer(
            customer: nil, candidates: 0, alerts: [], route: Route(action: action, priority: 0, reason: reason))
        ReplyEncoder.ok(seq: 1, answer: answer, into: &out)
    }
}

/// The replies of protocol.md, to the letter.
@Suite struct ReplyEncoderTests {
    @Test func eventsAreAcknowledged() {
        #expect(written { ReplyEncoder.ok(seq: 1042, into: &$0) } == #"{"ok":true,"seq":1042}"# + "\n")
        #expect(
            written { ReplyEncoder.ok(seq: 1043, duplicate: true, into: &$0) }
                == #"{"ok":true,"seq":1043,"duplicate":true}"# + "\n")
        #expect(written { ReplyEncoder.ok(seq: nil, into: &$0) } == #"{"ok":true}"# + "\n")
        #expect(
            written { ReplyEncoder.ok(seq: .max, duplicate: true, id: "e\"1", call: "c\n1", into: &$0) }
                == #"{"ok":true,"seq":9223372036854775807,"duplicate":true,"id":"e\"1","call":"c\n1"}"# + "\n")
    }

    @Test func errorsAreTold() {
        #expect(
            written { ReplyEncoder.error(WireError(.invalidField, field: "from", message: "…"), into: &$0) }
                == #"{"ok":false,"error":{"code":"invalid_field","field":"from","message":"…"}}"# + "\n")
        #expect(
            written { ReplyEncoder.error(WireError(.unavailable, message: "x", id: "e1", call: "c1"), into: &$0) }
                == #"{"ok":false,"id":"e1","call":"c1","error":{"code":"unavailable","message":"x"}}"# + "\n")
        let codes = WireError.Code.allCases.map(\.rawValue)
        #expect(
            codes == [
                "malformed", "too_long", "missing_field", "invalid_field", "unknown_type", "forbidden", "unavailable",
            ])
    }

    @Test func anOfferIsAnswered() {
        let expected = [
            #"{"ok":true,"seq":1044,"call":"1732269600.15","#,
            #""customer":{"id":17,"name":"山田 太郎","tier":"vip","owner":"101"},"#,
            #""alerts":["vip","repeat_caller"],"#,
            #""route":{"action":"operator","operator":"101","device":"PJSIP/101","wait":20,"#,
            #""fallback":{"action":"group","group":"veterans","operators":["103","104"],"devices":["PJSIP/103","#
                + #""PJSIP/104"]},"#,
            #""priority":10,"reason":"assigned_operator"}}"#, "\n",
        ].joined()
        #expect(written { ReplyEncoder.ok(seq: 1044, call: "1732269600.15", answer: offer, into: &$0) } == expected)
        #expect(
            written { ReplyEncoder.ok(seq: 1044, duplicate: true, call: "1732269600.15", answer: offer, into: &$0) }
                == expected.replacing("1044,", with: #"1044,"duplicate":true,"#))
    }

    @Test func severalCandidatesAreCounted() {
        var several = offer
        several.candidates = 3
        several.customer?.owner = nil
        #expect(
            written { ReplyEncoder.ok(seq: 1, answer: several, into: &$0) }.contains(
                #""tier":"vip","owner":null},"candidates":3,"alerts":"#))
    }

    @Test func everyActionIsSaid() {
        let head = #"{"ok":true,"seq":1,"customer":null,"alerts":[],"route":"#
        #expect(answered(.queue(nil)) == head + #"{"action":"queue","priority":0,"reason":"no_match"}}"# + "\n")
        #expect(
            answered(.queue("vip"), .vipQueue) == head
                + #"{"action":"queue","queue":"vip","priority":0,"reason":"vip_queue"}}"# + "\n")
        #expect(answered(.reject, .blocked) == head + #"{"action":"reject","priority":0,"reason":"blocked"}}"# + "\n")
        #expect(
            answered(.operator("101", device: nil, waitS: 0, fallback: nil)) == head
                + #"{"action":"operator","operator":"101","wait":0,"priority":0,"reason":"no_match"}}"# + "\n")
        #expect(
            answered(
                .operator(
                    "101", device: nil, waitS: 5,
                    fallback: .operator("102", device: "SIP/2", waitS: 6, fallback: .queue("q")))) == head
                + #"{"action":"operator","operator":"101","wait":5,"fallback":{"action":"operator","operator":"102","#
                + #""device":"SIP/2","wait":6,"fallback":{"action":"queue","queue":"q"}},"priority":0,"#
                + #""reason":"no_match"}}"#
                + "\n")
        #expect(
            answered(.group("g", operators: ["1"], devices: [])) == head
                + #"{"action":"group","group":"g","operators":["1"],"priority":0,"reason":"no_match"}}"# + "\n")
    }

    @Test func repliesFollowOneAnother() {
        let both = written {
            ReplyEncoder.ok(seq: 1, into: &$0)
            ReplyEncoder.error(.lineTooLong, into: &$0)
            ReplyEncoder.ok(seq: 2, answer: offer, into: &$0)
        }
        #expect(both.split(separator: "\n").count == 3)
        #expect(both.contains("}\n{\"ok\":false,\"error\":{\"code\":\"too_long\""))
    }

    @Test func everyReplyIsJSON() throws {
        for call in [
            "\u{0}\u{1F}\u{7F}\"\\/\u{2028}\u{2029}\r\n\t", "山田😀é", "", String(repeating: "\u{2028}x", count: 100),
        ] {
            var answer = offer
            answer.customer?.name = call
            let object =
                try parsed(written { ReplyEncoder.ok(seq: 7, id: call, call: call, answer: answer, into: &$0) })
                as? [String: Any]
            #expect(object?["id"] as? String == call && object?["call"] as? String == call)
            #expect((object?["customer"] as? [String: Any])?["name"] as? String == call)
        }
    }
}
