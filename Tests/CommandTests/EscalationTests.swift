import Foundation
import Testing

@testable import Command

/// `screenpop escalations`: what rules say, and how a file of rules is tried.
@Suite struct EscalationTests {
    private static let rules = #"""
        {"items":[{"name":"late\u001b[31m","when":"overdue","after_ms":3600000,"kind":"promise","phase":null,
        "priority":"urgent","owner":"900","alarm":true,"webhook":false},
        {"name":"slow","when":"no_progress","after_ms":0,"kind":null,"phase":"調査","priority":null,"owner":null,
        "alarm":false,"webhook":true,"fired":14,"firings":[{"at":"2026-11-24T01:00:00.000Z","case":5}]}]}
        """#

    @Test func aTableSaysWhenAndWhat() throws {
        let answer: Escalations.Answer = try APIClient.decode(Data(Self.rules.utf8))
        #expect(answer.items[1].fired == 14 && answer.items[1].firings?.first?.case == 5)
        let english = Escalations.table(answer.items, .en).text(on: plain)
        for part in ["overdue", "1:00:00", "promise", "priority urgent, owner 900, alarm", "no progress", "webhook"] {
            #expect(english.contains(part), "\(english)")
        }
        #expect(!english.contains("\u{1b}"), "a name of a file moves no cursor")
        let japanese = Escalations.table(answer.items, .ja).text(on: plain)
        #expect(japanese.contains("期限切れ") && japanese.contains("進展なし") && japanese.contains("通知"))
    }

    @Test func aFileIsAskedRuleByRule() throws {
        let file = NSTemporaryDirectory() + "screenpop-rules-\(UUID().uuidString).toml"
        defer { try? FileManager.default.removeItem(atPath: file) }
        try """
        [[escalation]]
        name = "late"
        when = "overdue"
        after = "1h"
        kind = "promise"
        alarm = true

        [[escalation]]
        name = "slow"
        when = "no_progress"
        after = "2d"
        priority = "high"
        """.write(toFile: file, atomically: true, encoding: .utf8)
        let queries = try Escalations.Try.parse([file, "--days", "30"]).queries()
        #expect(queries.count == 2)
        let first = Dictionary(queries[0].map { ($0.0, $0.1 ?? "") }, uniquingKeysWith: { one, _ in one })
        #expect(first["days"] == "30" && first["name"] == "late" && first["when"] == "overdue")
        #expect(first["after_ms"] == "3600000" && first["kind"] == "promise" && first["phase"] == "")
        // Those in force are one question.
        let own = try Escalations.Try.parse([]).queries()
        #expect(own.count == 1 && own[0].map(\.0) == ["days"])
        try "nonsense".write(toFile: file, atomically: true, encoding: .utf8)
        #expect(throws: ClientError.self) { try Escalations.Try.parse([file]).queries() }
    }
}
