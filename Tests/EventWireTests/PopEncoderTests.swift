import CallCenter
import Foundation
import Testing

@testable import EventWire

private let bare = Pop(
    id: "p1", call: "c1", source: "pbx1", operator: "101", phase: .ringing, from: .withheld, to: nil, queue: nil,
    waited: 0, transferredFrom: nil, customer: nil,
    candidates: [], alerts: [], brief: [], history: [], cases: [], noteDraft: nil, url: nil, reason: nil, vip: false)

private func full() -> Pop {
    var pop = bare
    pop.phase = .transferred
    pop.from = CallerNumber(
        kind: .number, raw: "+819012345678", e164: "+819012345678", display: "090-1234-5678", region: "JP", place: "日本")
    pop.to = "+81312345678"
    pop.queue = "support"
    pop.waited = 4_210
    pop.answeredAt = readAt
    pop.hold = 5_000
    pop.heldSince = readAt
    pop.transferredFrom = "102"
    pop.customer = CustomerCard(
        id: 17, externalID: "K-17", name: "山田 太郎", kana: "やまだ たろう", company: "株式会社「例」", email: "t@example.jp",
        tier: "vip", owner: "101", tags: ["a", "b"],
        cautions: ["line\nbreak"], doNotPair: ["105"], custom: ["z": "1", "a\"": "2"])
    pop.candidates = [CustomerCard(id: 18, name: "山田 花子")]
    pop.alerts = [Alert(kind: .repeatCaller, text: "3回目")]
    pop.brief = ["一", "二", "三"]
    pop.card = [CardLine(.offer, "保守", because: "機械")]
    pop.history = [
        Touchpoint(
            at: readAt, channel: "phone", direction: .inbound, operator: "101", line: "+81312345678", summary: "見積もり",
            duration: 61_000, outcome: "answered", tier: "vip"),
        Touchpoint(at: readAt - 1, channel: "email"),
    ]
    pop.cases = [
        OpenCase(id: 5, kind: .promise, title: "折返し", owner: "101", due: readAt),
        OpenCase(id: 6, kind: .case, title: "故障"),
    ]
    pop.incidents = [OpenIncident(id: 3, title: "断線", openedAt: readAt, queues: ["support"], customers: [17])]
    pop.noteDraft = "note\u{2028}"
    pop.url = "https://crm.example/customers/K-17?call=c1"
    pop.reason = .assignedOperator
    pop.vip = true
    return pop
}

@Suite struct PopEncoderTests {
    @Test func whatIsNotKnownIsNull() {
        #expect(
            written { PopEncoder.pop(bare, into: &$0) }
                == [
                    #"{"pop":"p1","call":"c1","phase":"ringing","from":{"e164":null,"display":"","region":null,"#,
                    #""place":null,"kind":"withheld"},"#,
                    #""to":null,"queue":null,"waited_ms":0,"answered_at":null,"hold_ms":0,"held_since":null,"#,
                    #""transferred_from":null,"customer":null,"#,
                    #""identified":false,"#,
                    #""candidates":[],"alerts":[],"brief":[],"card":[],"#,
                    #""history":[],"cases":[],"incidents":[],"note_draft":null,"notes":[],"url":null,"reason":null,"#,
                    #""direction":"inbound","vip":false,"source":"pbx1","operator":"101"}"#,
                ].joined())
    }

    @Test func everythingIsSaid() throws {
        let json = written { PopEncoder.pop(full(), into: &$0) }
        #expect(
            json
                == [
                    #"{"pop":"p1","call":"c1","phase":"transferred","from":{"e164":"+819012345678","#,
                    #""display":"090-1234-5678","region":"JP","place":"日本","kind":"number"},"#,
                    #""to":"+81312345678","queue":"support","waited_ms":4210,"#,
                    #""answered_at":"2026-01-31T00:00:00.000Z","hold_ms":5000,"#,
                    #""held_since":"2026-01-31T00:00:00.000Z","transferred_from":"102","#,
                    #""customer":{"id":17,"external_id":"K-17","name":"山田 太郎","kana":"やまだ "#,
                    #"たろう","company":"株式会社「例」","email":"t@example.jp","tier":"vip","owner":"101","tags":["a","#,
                    #""b"],"cautions":["line\nbreak"],"custom":{"a\"":"2","z":"1"}},"#,
                    #""identified":false,"candidates":[{"id":18,"external_id":null,"name":"山田 "#,
                    #"花子","kana":null,"company":null,"email":null,"tier":"regular","owner":null,"tags":[],"#,
                    #""cautions":[],"custom":{}}],"#,
                    #""alerts":[{"kind":"repeat_caller","text":"3回目"}],"brief":["一","二","三"],"#,
                    #""card":[{"kind":"offer","text":"保守","reason":"機械"}],"#,
                    #""history":[{"at":"2026-01-31T00:00:00.000Z","channel":"phone","direction":"inbound","#,
                    #""operator":"101","line":"+81312345678","summary":"見積もり","duration_ms":61000,"#,
                    #""outcome":"answered","tier":"vip"},"#,
                    #"{"at":"2026-01-30T23:59:59.999Z","channel":"email","direction":null,"operator":null,"#,
                    #""line":null,"#,
                    #""summary":"","duration_ms":null,"outcome":null,"tier":null}],"#,
                    #""cases":[{"id":5,"kind":"promise","title":"折返し","owner":"101","#,
                    #""due":"2026-01-31T00:00:00.000Z"},"#,
                    #"{"id":6,"kind":"case","title":"故障","owner":null,"due":null}],"#,
                    #""incidents":[{"id":3,"title":"断線","opened_at":"2026-01-31T00:00:00.000Z"}],"#,
                    #""note_draft":"note\u2028","notes":[],"url":"https://crm.example/customers/K-17?call=c1","#,
                    #""reason":"assigned_operator","direction":"inbound","vip":true,"source":"pbx1","#,
                    #""operator":"101"}"#,
                ].joined())
        #expect((try parsed(json) as? [String: Any])?["note_draft"] as? String == "note\u{2028}")
    }

    @Test func aFrameIsOneEvent() {
        let frame = written { out in
            SSEFrame.event("pop", id: "7\n-1\r\u{0}", into: &out) { PopEncoder.pop(bare, into: &$0) }
            SSEFrame.comment(into: &out)
            SSEFrame.event("reset", id: nil, into: &out) { $0.object { _ in } }
            SSEFrame.retry(2_000, into: &out)
        }
        let json = written { PopEncoder.pop(bare, into: &$0) }
        #expect(frame == "id: 7-1\nevent: pop\ndata: \(json)\n\n: \n\nevent: reset\ndata: {}\n\nretry: 2000\n\n")
    }
}
