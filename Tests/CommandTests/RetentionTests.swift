import Foundation
import Testing

@testable import Command

@Suite struct RetentionTests {
    @Test func itSaysWhatGoesNext() throws {
        let answer: Retention.Answer = try APIClient.decode(
            Data(
                """
                {"at":"2026-11-27T00:00:00.000Z","items":[
                {"kind":"deleted","keeps_ms":34560000000,"before":"2025-10-23T00:00:00.000Z","count":3,"due":1,
                 "oldest":"2025-10-01T00:00:00.000Z","next":"2026-11-05T03:00:00.000Z"},
                {"kind":"events","keeps_ms":7776000000,"before":"2026-08-29T00:00:00.000Z","count":null,"due":null,
                 "oldest":null,"next":null}]}
                """.utf8))
        let lines = Retention.table(answer, .en, tokyo).text(on: plain).split(separator: "\n")
        #expect(lines.count >= 3)
        let cells = lines.suffix(2).map { $0.split(separator: " ", omittingEmptySubsequences: true).map(String.init) }
        #expect(cells[0].starts(with: ["deleted", "customers", "400", "3", "1"]), "\(lines)")
        #expect(cells[1].starts(with: ["events", "90", "–", "–", "–"]), "\(lines)")
        #expect(try Screenpop.parseAsRoot(["retention", "--json"]) is Retention)
    }
}
