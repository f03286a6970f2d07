import Foundation
import Testing

@testable import Command

@Suite struct DoctorTests {
    static func answer() throws -> DoctorAnswer {
        try APIClient.decode(
            Data(
                #"""
                {"severity":"problem","findings":[
                  {"severity":"ok","check":"log","what":"The log can be written.","do":null},
                  {"severity":"warning","check":"clock","what":"The clock follows no time server.","do":"Set it."},
                  {"severity":"problem","check":"standby","what":"No standby\u001b[31m.","do":"Start one."}]}
                """#.utf8))
    }

    @Test func problemsComeFirstWithWhatToDo() throws {
        #expect(
            DoctorBoard(language: .en, terminal: plain).text(try Self.answer(), quiet: false) == """
                ✗ No standby\u{FFFD}[31m.
                  → Start one.
                ! The clock follows no time server.
                  → Set it.
                ✓ The log can be written.
                1 problem, 1 warning.
                """)
    }

    @Test func quietLeavesOutWhatIsWell() throws {
        let text = DoctorBoard(language: .ja, terminal: plain).text(try Self.answer(), quiet: true)
        #expect(text.hasPrefix("✗ No standby") && text.hasSuffix("→ Set it."))
        let well = DoctorAnswer(severity: "ok", findings: [])
        #expect(DoctorBoard(language: .ja, terminal: plain).text(well, quiet: true) == "")
        #expect(DoctorBoard(language: .ja, terminal: plain).text(well, quiet: false) == "全て正常です。")
    }
}
