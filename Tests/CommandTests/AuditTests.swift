import ArgumentParser
import Foundation
import Testing

@testable import Command

@Suite struct AuditTests {
    static let lines = #"""
        {"items":[
          {"at":"2026-11-24T01:00:00.000Z","kind":"view","by":"0123456789ab","by_kind":"token","by_name":"nightly",
           "through":"export","customer":null,"everybody":true},
          {"at":"2026-11-24T00:59:00.000Z","kind":"change","by":"101","through":"desk","customer":17,"version":3,
           "fields":["name","tier"]},
          {"at":"2026-11-24T00:58:00.000Z","kind":"view","by":"101","by_kind":"operator","by_name":"山田",
           "through":"pop","customer":17,"everybody":false},
          {"at":"2026-11-24T00:57:00.000Z","kind":"view","by":"\u001b[31m","by_kind":"token","by_name":null,
           "through":"telepathy","customer":18,"everybody":false}],
         "next":null}
        """#

    func table(_ language: Language) throws -> [String] {
        let answer: AuditAnswer = try APIClient.decode(Data(Self.lines.utf8))
        return AuditBoard(language: language, clock: tokyo).table(answer.items).text(on: plain)
            .components(separatedBy: "\n").map { $0.replacing(#/ +$/#, with: "") }
    }

    @Test func whoSawAndWhoChangedWhom() throws {
        #expect(
            try table(.en) == [
                "at                   by            name     what     through    customer  changed",
                "2026-11-24 10:00:00  0123456789ab  nightly  saw      export          all",
                "2026-11-24 09:59:00  101                    changed  desk             17  v3 name, tier",
                "2026-11-24 09:58:00  101           山田     saw      pop              17",
                "2026-11-24 09:57:00  \u{FFFD}[31m                  saw      telepathy        18",
            ])
        let japanese = try table(.ja)
        #expect(japanese[0].contains("手段") && japanese[1].contains("書き出し") && japanese[1].contains("全員"))
        #expect(japanese[2].contains("変更") && japanese[3].contains("閲覧"))
    }

    static func verdict(_ faults: String, entries: Int = 12) throws -> AuditVerdict {
        let text = """
            {"intact":\(faults.isEmpty),"entries":\(entries),"views":11,"first":1,"last":12,\
            "first_at":"2026-11-24T00:00:00.000Z","last_at":"2026-11-24T01:00:00.000Z","hash":"ab01",\
            "faults":[\(faults)]}
            """
        return try APIClient.decode(Data(text.utf8))
    }

    @Test func aLogThatIsIntactIsSaidToBe() throws {
        let board = AuditBoard(language: .en, clock: tokyo)
        #expect(
            board.text(try Self.verdict(""), expected: "ab01") == """
                The view log is as it was written.
                11 views in the entries 1 to 12, from 2026-11-24 09:00:00 to 2026-11-24 10:00:00 (Asia/Tokyo)
                The expected hash is in the chain.
                newest hash: ab01
                """)
        #expect(board.text(try Self.verdict("", entries: 0), expected: nil).contains("There are no entries."))
    }

    @Test(arguments: [
        ("changed", "7", "9", "entries 7–9, or what was before them, were changed"),
        ("missing", "7", "7", "entries 7 are missing"), ("inserted", "7", "9", "entries 7–9 were inserted"),
        ("cut_off", "7", "9", "the newest entries, 7–9, were removed"),
        ("begins", "null", "6", "the oldest entries, up to 6, were removed, and not by the retention"),
        ("index", "null", "null", "the index by customers does not fit: some views may not be listed"),
        ("expected", "null", "null", "the expected hash is not in the chain: entries were removed or written again"),
        ("sung", "1", "2", "sung 1–2"),
    ]) func whatIsWrongIsASentence(kind: String, from: String, to: String, says: String) throws {
        let verdict = try Self.verdict(#"{"kind":"\#(kind)","from":\#(from),"to":\#(to)}"#)
        let text = AuditBoard(language: .en, clock: tokyo).text(verdict, expected: "ab01")
        #expect(text.hasPrefix("The view log is not as it was written.\n  \(says)"), "\(text)")
        #expect(text.contains("is in the chain.") == (kind != "expected"))
        let japanese = AuditBoard(language: .ja, clock: tokyo).text(verdict, expected: nil)
        #expect(japanese.hasPrefix("閲覧記録は書かれたままではありません。\n  "))
    }

    @Test(arguments: [
        ["--from", "soon"], ["--limit", "0"], ["--limit", "100001"], ["--kind", "look"], ["verify", "--expect", "abc"],
        ["verify", "--expect", "zzzzzzzzzzzzzzzzz"], ["--customer", "x"],
    ]) func whatIsNoneIsWrongUsage(arguments: [String]) {
        #expect(throws: (any Error).self) { _ = try Screenpop.parseAsRoot(["audit"] + arguments) }
    }

    @Test func theListIsWhatIsAskedForWithoutAVerb() throws {
        let list = try #require(try Screenpop.parseAsRoot(["audit", "--customer", "17"]) as? Audit.List)
        #expect(list.customer == 17 && list.limit == 100 && list.by == nil)
        let expected = String(repeating: "aF", count: 32)
        let verify = try #require(
            try Screenpop.parseAsRoot(["audit", "verify", "--expect", expected]) as? Audit.Verify)
        #expect(verify.expect == expected)
    }
}
