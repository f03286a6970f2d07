import ArgumentParser
import Foundation
import Testing

@testable import Command

/// `screenpop report before-after`.
@Suite struct BeforeAfterTests {
    @Test func thePeriodsAreDays() throws {
        let parsed = try Screenpop.parseAsRoot([
            "report", "before-after", "--before", "2026-10-01..2026-10-31", "--after", "2026-11-01..2026-11-26",
        ])
        #expect((parsed as? BeforeAfterReport)?.after == "2026-11-01..2026-11-26")
        let days = try #require(BeforeAfterReport.days("2026-10-01..2026-10-31"))
        #expect(days.from == "2026-10-01" && days.to == "2026-10-31")
    }

    @Test(arguments: [
        ["--before", "2026-10-01", "--after", "2026-11-01..2026-11-26"],
        ["--before", "2026-10-01..soon", "--after", "2026-11-01..2026-11-26"],
        ["--before", "2026-10-01..2026-10-02"],
        ["--before", "2026-10-01..2026-10-02", "--after", "2026-11-01..2026-11-02", "--operator", "1", "--queue", "q"],
    ]) func otherPeriodsAreRefused(arguments: [String]) {
        #expect(throws: (any Error).self) { try Screenpop.parseAsRoot(["report", "before-after"] + arguments) }
    }

    private static let answer = """
        {"items":[
        {"figure":"answered_calls","unit":"count","before":120,"after":90,"difference":-30,"share_before":null,
         "share_after":null},
        {"figure":"complaint_rate","unit":"ratio","before":0.125,"after":0.05,"difference":-0.075,"share_before":null,
         "share_after":null},
        {"figure":"documented_rate","unit":"ratio","before":null,"after":1,"difference":null,"share_before":null,
         "share_after":null},
        {"figure":"disposition:resolved","unit":"count","before":0,"after":4,"difference":4,"share_before":null,
         "share_after":0.5}],
        "lists":[{"list":"winback","result":"reached","before":1,"after":1,"difference":0}]}
        """

    @Test func differencesHaveSigns() throws {
        let found: BeforeAfterLines = try APIClient.decode(Data(Self.answer.utf8))
        let lines = BeforeAfterTable(language: .en).text(found, on: plain).components(separatedBy: "\n")
        #expect(lines[1].hasPrefix("answered calls") && lines[1].hasSuffix("−30"))
        #expect(lines[2].contains("12.5 %") && lines[2].hasSuffix("−7.5 points"))
        #expect(lines[3].hasSuffix("–") && lines[3].contains("100.0 %"))
        #expect(lines[4].contains("4 (50.0 %)") && lines[4].hasSuffix("+4"))
        #expect(lines[5].isEmpty && lines[7].hasPrefix("winback") && lines[7].hasSuffix("±0"))
        #expect(BeforeAfterTable(language: .ja).text(found, on: plain).contains("−7.5 ポイント"))
    }
}
