import Foundation
import Testing

@testable import Command

/// `screenpop customers search`.
@Suite struct SearchContactsTests {
    @Test(arguments: [
        ("台所の水漏れ", "水漏れ", "台所の水漏れ"),
        ("A LEAK", "leak", "A LEAK"),
        (String(repeating: "あ", count: 100) + "水漏れ" + String(repeating: "い", count: 100), "水漏れ",
            "…" + String(repeating: "あ", count: 24) + "水漏れ" + String(repeating: "い", count: 48) + "…"),
        ("first\nsecond", "second", "first / second"),
        (String(repeating: "あ", count: 60), "ん", String(repeating: "あ", count: 48) + "…"),
        ("", "x", ""),
    ]) func theWordsAroundTheMatchAreShown(summary: String, text: String, shown: String) {
        #expect(ContactBoard(language: .en, text: text).excerpt(summary) == shown)
    }

    @Test func aLineSaysWhoseItIs() throws {
        let answer = """
            {"items":[{"customer":17,"customer_name":"山田 花子","kind":"note","at":"2026-11-20T00:00:00.000Z","id":3,
              "channel":"note","call":null,"direction":null,"operator":"101","operator_name":"佐藤","summary":"水漏れ",
              "outcome":null}],"next":null}
            """
        let lines: ContactLines = try APIClient.decode(Data(answer.utf8))
        let table = ContactBoard(language: .en, text: "水漏れ").table(lines.items) { String($0.prefix(10)) }
        let text = table.text(on: plain)
        #expect(text.contains("2026-11-20") && text.contains("17") && text.contains("山田 花子"))
        #expect(text.contains("佐藤") && text.contains("水漏れ"))
    }
}
