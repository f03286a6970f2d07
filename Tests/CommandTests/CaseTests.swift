import Foundation
import Testing

@testable import Command

@Suite struct CaseTests {
    @Test func fieldsAreReadAsTheyAreTyped() throws {
        let body = try CaseFields.body(["phase=調査", "progress=30", "waiting=true", "due=", "next_step=a=b", "case=5"])
        #expect(body["phase"] == .text("調査") && body["progress"] == .number(30) && body["waiting"] == .flag(true))
        #expect(body["case"] == .number(5) && body["due"] == .null && body["next_step"] == .text("a=b"))
        let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(body)) as? [String: Any]
        #expect(json?["progress"] as? Int == 30 && json?["due"] is NSNull && json?["waiting"] as? Bool == true)
        for wrong in ["phase", "=x", "progress=much", "waiting=maybe"] {
            #expect(throws: ClientError.self) { try CaseFields.body([wrong]) }
        }
    }

    @Test func aTableSaysWhatIsLateAndWhoseItIs() throws {
        let json = #"""
            {"items":[{"id":5,"customer_name":"山田 太郎","kind":"case","title":"水漏れ\u001b[31m","priority":"urgent",
            "phase":"調査","owner":null,"due":"2026-11-24T01:00:00.000Z","next_step":null,"claimed_by":"102",
            "progress":30,"open_parts":2,"overdue":true,"at_risk":false,"stalled":true,"waiting":false,
            "handover":{"to":"103"}}],
            "next":null}
            """#
        let answer: CaseLines = try APIClient.decode(Data(json.utf8))
        func text(_ language: Language) -> String {
            CaseBoard(language: language, clock: tokyo).table(answer.items).text(on: plain)
        }
        let states = "overdue, stalled, nobody's, 2 promises and tasks open, 102 works on it, handed to 103"
        for part in [states, "urgent", "10:00", "調査"] {
            #expect(text(.en).contains(part), "\(text(.en))")
        }
        #expect(text(.ja).contains("遅れ, 停滞, 担当なし") && text(.ja).contains("至急"))
        #expect(!text(.en).contains("\u{1b}"), "what a customer's record says moves no cursor")
    }
}
