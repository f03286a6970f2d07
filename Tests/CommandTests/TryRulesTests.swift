import ArgumentParser
import Foundation
import Shadow
import Testing

@testable import Command

@Suite struct TryRulesTests {
    static let figures = """
        {"offered":10,"answered":8,"abandoned":2,"shortAbandoned":0,"overflowed":0,"callback":0,"blocked":0,"unknown":0,
        "serviceLevel":0.5,"serviceLevelPart":5,"serviceLevelWhole":10,"asaMs":12000,"averageWaitMs":14000,
        "maxWaitMs":60000,"afterCallMs":21000}
        """

    /// A report as the trial makes it.
    static func report(rules: String = "") throws -> TrialReport {
        let short = figures.replacing(#""abandoned":2,"shortAbandoned":0"#, with: #""abandoned":1,"shortAbandoned":1"#)
        let document = """
            {"from":"2026-11-25T15:00:00.000Z","to":"2026-11-26T15:00:00.000Z","timezone":"Asia/Tokyo",
            "log":{"begins":"2026-11-01T00:00:00.000Z","ends":"2026-11-26T12:00:00.000Z","whole":true,"events":420},
            "rules":[\(rules)],"rulesChanged":1,
            "decisions":{"made":10,"alike":8,"destination":1,"wait":0,"priority":1,"reason":1,"changes":[
              {"from":{"action":"operator","reason":"assigned_operator"},
               "to":{"action":"queue","reason":"vip_queue"},"decisions":1}]},
            "vips":{"real":{"calls":4,"sent":{"real":3,"new":2},"reached":2,"reachedStands":1,"unknown":1},
              "new":{"calls":0,"sent":{"real":0,"new":0},"reached":0,"reachedStands":0,"unknown":0}},
            "operators":[{"operator":"101","alone":{"real":3,"new":2},"inGroup":{"real":0,"new":0}},
              {"operator":"102","alone":{"real":3,"new":3},"inGroup":{"real":1,"new":1}}],
            "queues":[{"queue":"support","decisions":10,"atOnce":{"real":7,"new":8}}],
            "warnings":[{"kind":"repeat_caller","calls":{"real":1,"new":2},"supervisors":{"real":0,"new":0}}],
            "centre":{"name":"centre","real":\(figures),"new":\(short),"standing":\(figures)},
            "figures":[{"name":"support","real":\(figures),"new":\(figures),"standing":\(figures)}],
            "differing":[{"call":"c1","source":"pbx","at":"2026-11-26T00:30:00.000Z","queue":"support",
              "customer":{"id":7,"name":"山田\\u001b[2J"},"tier":"vip","differs":["destination","reason"],
              "real":{"action":"operator","operator":"101","waitS":20,"priority":10,"reason":"assigned_operator",
                "vip":true,"steps":["Waits."]},
              "new":{"action":"queue","queue":"support","priority":10,"reason":"vip_queue","vip":true,
                "steps":["Not waited for.","To the queue."]}}],
            "leftOff":1,"cannotKnow":[{"about":"people","text":"What people would have done."}]}
            """
        return try JSONDecoder().decode(TrialReport.self, from: Data(document.utf8))
    }

    static func text(_ report: TrialReport, _ language: Language = .en, list: Bool = false) -> String {
        TryRulesText(file: "new.toml", report: report, clock: tokyo, language: language, terminal: plain)
            .text(list: list)
    }

    @Test func theReportIsRead() throws {
        let key = #"{"key":"routing.vip_wait_for_operator","real":"\"20s\"","new":"\"0s\""}"#
        let lines = try Self.text(Self.report(rules: key)).split(separator: "\n").map(String.init)
        #expect(lines[0] == "new.toml  2026-11-26 00:00:00 – 2026-11-27 00:00:00  Asia/Tokyo")
        #expect(lines.contains { $0.hasPrefix("  routing.vip_wait_for_operator  \"20s\"  \"0s\"") })
        #expect(lines.contains("  10 in all: 8 alike, 2 differ."))
        let kinds = "  They differ in: where the call goes 1, priority 1, the reason that the PBX is told 1"
        #expect(lines.contains(kinds))
        #expect(lines.contains("  operator (assigned_operator)  queue (vip_queue)          1"))
        #expect(lines.contains { $0.contains("4  3 (75.0 %)  2 (50.0 %)  2 (50.0 %)") })
        #expect(lines.contains { $0.contains("101") && $0.contains("-1") })
        #expect(lines.contains("  As many as before: 1 operator.") && !lines.contains { $0.hasPrefix("  102") })
        #expect(lines.contains { $0.contains("centre") && $0.contains("50.0 %") && $0.contains("0:12") })
        #expect(lines.contains { $0.contains("new thresholds") } && lines.contains { $0.contains("calls alike") })
        #expect(lines.contains { $0.contains("rules changed once") })
        #expect(lines.last == "  - What people would have done.")
        #expect(!lines.joined().contains("c1") && !lines.joined().contains("\u{1B}"))
    }

    @Test func decisionsAreListedWithBothReasonings() throws {
        let text = try Self.text(Self.report(), list: true)
        #expect(text.contains("  c1  (pbx)  2026-11-26 09:30:00  support  山田\u{FFFD}[2J [VIP]"))
        #expect(text.contains("    then: operator → 101, up to 20 s  (assigned_operator, priority 10)\n      Waits."))
        #expect(text.contains("    new: queue → support  (vip_queue, priority 10)\n      Not waited for.\n"))
        #expect(text.contains("There are 1 more") && !text.contains("\u{1B}"))
        #expect(text.contains("Nothing: these are the rules at the end of that time."))
    }

    @Test func inJapanese() throws {
        let text = try Self.text(Self.report(), .ja, list: true)
        for word in ["判断", "優良顧客", "異なる判断", "分からないこと", "10件のうち8件は同じ", "新しい条件"] {
            #expect(text.contains(word), "\(word)")
        }
        #expect(!text.contains("Decisions"))
    }

    @Test func coloursAreForATerminal() throws {
        let terminal = Terminal(isTerminal: true, hasColour: true, width: 120)
        let text = TryRulesText(
            file: "new.toml", report: try Self.report(), clock: tokyo, language: .en, terminal: terminal
        ).text(list: true)
        #expect(text.contains("\u{1B}[1mDecisions\u{1B}[0m"))
    }

    @Test func theDocumentHasTheNamesOfTheInterface() throws {
        let document = try TryRules.document(Self.report())
        for name in [#""cannot_know":["#, #""reached_stands":1"#, #""at_once":{"#, #""after_call_ms":21000"#] {
            #expect(document.contains(name), "\(name)")
        }
        #expect(!document.contains("\n"))
    }

    @Test func cellsAreQuoted() {
        let row = TryRules.row(["a", "b,c", #"say "x""#, "two\r\nlines", ""])
        #expect(row == #"a,"b,c","say ""x""","# + "\"two\r\nlines\",")
    }

    @Test func whatIsWrongIsSaid() {
        let cut = TryRules.sentence(.tooEarly(firstDay: "2026-11-03", isCut: true), .en)
        #expect(cut.contains("The first day that can be tried is 2026-11-03: --from 2026-11-03"))
        #expect(TryRules.sentence(.notAllowed(directory: "/var/lib/screenpop"), .en).contains("sudo -u screenpop"))
        #expect(TryRules.sentence(.noLog(directory: "/x"), .ja).contains("--state-dir"))
        #expect(TryRules.exitStatus(.notAllowed(directory: "")) == 77)
        #expect(TryRules.exitStatus(.noLog(directory: "")) == 64)
        #expect(TryRules.exitStatus(.tooLate(logEnds: "")) == 1)
    }

    @Test(arguments: [
        ["try-rules"], ["try-rules", "x.toml", "--from", "yesterday"], ["try-rules", "x.toml", "--limit", "0"],
        ["try-rules", "x.toml", "--csv", "--json"], ["try-rules", "x.toml", "--csv", "--list"], ["try-rules", ""],
    ]) func wrongUsageIsRefused(arguments: [String]) {
        do {
            _ = try Screenpop.parseAsRoot(arguments)
            Issue.record("\(arguments) was taken")
        } catch { #expect(Screenpop.exitCode(for: error) == .validationFailure) }
    }
}
