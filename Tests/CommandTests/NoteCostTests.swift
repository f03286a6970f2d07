import ArgumentParser
import Foundation
import Testing

@testable import Command

/// `screenpop report note-cost`.
@Suite struct NoteCostTests {
    @Test func itIsAPartOfTheReports() throws {
        let parsed = try Screenpop.parseAsRoot([
            "report", "note-cost", "--from", "2026-11-01", "--by", "operator", "--operator", "101",
        ])
        let report = try #require(parsed as? NoteCostReport)
        #expect(report.from == "2026-11-01" && report.by == .operator && report.operatorID == "101")
        let figures = try Screenpop.parseAsRoot(["report", "--from", "2026-11-01", "--by", "queue"])
        #expect((figures as? FiguresOfATime)?.from == "2026-11-01")
        #expect(throws: (any Error).self) { try Screenpop.parseAsRoot(["report", "note-cost", "--from", "soon"]) }
    }

    private static let answer = """
        {"from":"2026-11-26T15:00:00.000Z","to":"2026-11-27T15:00:00.000Z","by":"queue","items":[
        {"queue":"support","field":"note","filled":12,"timed":10,"unknown":2,"spent_ms":125000,"average_ms":12500,
         "share":0.625,"shown":20,"opened":4,"reads_per_filled":2,"costly":false},
        {"queue":null,"field":"persona","filled":1,"timed":0,"unknown":1,"spent_ms":null,"average_ms":null,
         "share":null,"shown":0,"opened":0,"reads_per_filled":0,"costly":true}],"next":null}
        """

    @Test func theTableSaysWhatIsUnknown() throws {
        let costs: FieldCosts = try APIClient.decode(Data(Self.answer.utf8))
        let lines = NoteCostTable(language: .en).text(costs, on: plain).components(separatedBy: "\n")
        #expect(lines.count == 4 && lines[0].hasPrefix("queue") && lines[0].hasSuffix("read/written"))
        #expect(lines[1].contains("12.5 s") && lines[1].contains("2:05") && lines[1].contains("62.5 %"))
        #expect(lines[1].hasSuffix("2.0"))
        #expect(lines[2].contains("persona *") && lines[2].contains("–") && !lines[2].contains("0:00"))
        #expect(lines[3] == "* much work, seldom read")
        #expect(NoteCostTable(language: .ja).text(costs, on: plain).contains("12.5 秒"))
        let nothing = FieldCosts(by: "field", items: [])
        #expect(NoteCostTable(language: .en).text(nothing, on: plain) == "Nothing was written or read in this time.")
    }
}
