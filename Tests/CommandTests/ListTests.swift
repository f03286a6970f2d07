import Foundation
import Testing

@testable import Command

@Suite struct ListTests {
    @Test func fieldsAreReadAsTheyAreTyped() throws {
        let body = try ListFields.body(["tier=vip", "days=30", "assigned_to=101, 102", "tag=", "title=a=b"])
        #expect(body["tier"] == .text("vip") && body["days"] == .number(30) && body["tag"] == .null)
        #expect(body["assigned_to"] == .list(["101", "102"]) && body["title"] == .text("a=b"))
        let none = try ListFields.body(["assigned_to=", "days="])
        #expect(none["assigned_to"] == .list([]) && none["days"] == .null)
        for wrong in ["tier", "=x", "days=many"] {
            #expect(throws: ClientError.self) { try ListFields.body([wrong]) }
        }
    }

    @Test func aTableSaysWhyAndWhoHasIt() throws {
        let json = #"""
            {"items":[{"customer":5,"customer_name":"山田 太郎\u001b[31m","tier":"vip","owner":null,"figure":"300",
            "reasons":[{"kind":"best","text":"3 purchases, 300 JPY"}],"claimed_by":"102","result":null,"note":null,
            "worked_by":null},{"customer":6,"customer_name":"B","tier":"regular","owner":"101","figure":"2",
            "reasons":[],"claimed_by":null,"result":"not_reached","note":"a\nb","worked_by":"101"}],
            "next":"300.5","behind":0}
            """#
        let answer: ListEntryLines = try APIClient.decode(Data(json.utf8))
        func text(_ language: Language) -> String {
            ListBoard(language: language).table(answer.items).text(on: plain)
        }
        for part in ["3 purchases, 300 JPY", "102 works on it", "not reached (101): a / b"] {
            #expect(text(.en).contains(part), "\(text(.en))")
        }
        #expect(text(.ja).contains("不在 (101)") && text(.ja).contains("102 が対応中"))
        #expect(!text(.en).contains("\u{1b}"), "what a customer's record says moves no cursor")
    }

    @Test func aListSaysHowFarItIs() throws {
        let json = #"""
            {"items":[{"name":"dormant","title":"Dormant customers","kind":"builtin","assigned_to":[],"open":10000,
            "more":true,"done":3,"claimed":1}],"next":null}
            """#
        let answer: ListLines = try APIClient.decode(Data(json.utf8))
        let text = ListBoard(language: .en).table(answer.items).text(on: plain)
        #expect(text.contains("10000+") && text.contains("Dormant customers"))
    }
}
