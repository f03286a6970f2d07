import Foundation
import Testing

@testable import Command

@Suite struct ReportTests {
    static func row(_ from: String, _ to: String, _ key: String = "", offered: Int, answered: Int, abandoned: Int = 0)
        -> String
    {
        let level = answered > 0 ? "0.75" : "null", wait = answered > 0 ? "12000" : "null"
        return #"""
            {"from":"2026-11-\#(from)T15:00:00.000Z","to":"2026-11-\#(to)T15:00:00.000Z"\#(key),"offered":\#(offered),\#
            "answered":\#(answered),"abandoned":\#(abandoned),
            "short_abandoned":0,"overflowed":0,"callback":0,"blocked":0,"unknown":0,"asa_ms":\#(wait),\#
            "wait_p50_ms":\#(wait),"wait_p90_ms":\#(wait),"wait_p99_ms":\#(wait),
            "max_wait_ms":\#(wait),"abandon_rate":null,"aht_ms":\#(wait),"incomplete":false,
            "service_level":{"threshold_ms":20000,"variant":"negative","negative":\#(level),"ignore":null,\#
            "positive":null,"answered":null,"short":null}}
            """#
    }

    static func intervals(_ rows: [String], by: String = "centre", step: String = "1d") throws -> Intervals {
        try APIClient.decode(
            Data(
                #"""
                {"from":"2026-11-20T15:00:00.000Z","to":"2026-11-23T15:00:00.000Z","timezone":"Asia/Tokyo",\#
                "step":"\#(step)","by":"\#(by)","intervals":[\#(rows.joined(separator: ","))]}
                """#.utf8))
    }

    @Test func aTableOfDaysByTheCentresClock() throws {
        let days = try Self.intervals([
            Self.row("20", "21", offered: 4, answered: 3, abandoned: 1), Self.row("21", "22", offered: 0, answered: 0),
            Self.row("22", "23", offered: 1, answered: 1),
        ])
        let lines = ReportTable(terminal: plain, language: .en).text(days).components(separatedBy: "\n")
        #expect(lines[0] == "2026-11-21 – 2026-11-24  Asia/Tokyo")
        // What nothing happened in is left out.
        #expect(lines.count == 4)
        #expect(lines[2].hasPrefix("2026-11-21        4         3          1"))
        #expect(lines[2].contains("75.0 %") && lines[2].contains("0:12"))
        #expect(lines[3].hasPrefix("2026-11-23        1         1          0"))
    }

    @Test func waitsAreShownAsADistribution() throws {
        let row = Self.row("20", "21", #","waits_up_to":[3,5]"#, offered: 9, answered: 7)
        let days: Intervals = try APIClient.decode(
            Data(
                #"""
                {"from":"2026-11-20T15:00:00.000Z","to":"2026-11-21T15:00:00.000Z","timezone":"Asia/Tokyo",\#
                "step":"1d","by":"centre","wait_bounds_ms":[10000,60000],"intervals":[\#(row)]}
                """#.utf8))
        let page = ReportPage(language: .en, steps: days, parts: days, hours: days).text
        let drawing = try #require(
            page.components(separatedBy: "<figcaption>How long the answered waited</figcaption>").dropFirst().first?
                .components(separatedBy: "</svg>").first)
        // Three within ten seconds, two within a minute, two longer.
        #expect(drawing.components(separatedBy: "<rect").count == 4)
        #expect(drawing.matches(of: /middle">(\d+)<\/text>/).map { String($0.1) } == ["3", "2", "2"])
        #expect(drawing.contains("≤ 0:10") && drawing.contains("&gt; 1:00"))
    }

    @Test func whyFiguresMayBeWrongIsSaidBelowThem() throws {
        let mark =
            #"{"kind":"clock_skew","source":"pbx","from":"2026-11-21T01:00:00.000Z","to":null,"text":"The clock <was> "#
                + #"off."}"#
        let days = try Self.intervals([
            Self.row("20", "21", #","marks":[\#(mark)]"#, offered: 4, answered: 3),
            Self.row("21", "22", #","marks":[\#(mark)]"#, offered: 1, answered: 1),
        ])
        let lines = ReportTable(terminal: plain, language: .en).text(days).components(separatedBy: "\n")
        #expect(lines[2].hasPrefix("2026-11-21 (!) "))
        #expect(lines.last == "! The clock <was> off. (2026-11-21 10:00:00 – )")
        #expect(lines.count { $0.hasPrefix("!") } == 1)
        let page = ReportPage(language: .en, steps: days, parts: days, hours: days).text
        #expect(page.contains("<li>⚑ The clock &lt;was&gt; off. (2026-11-21 10:00:00 – )</li>"))
    }

    @Test func theShareOfComplaintsIsAColumnOfEachQueue() throws {
        let rows = [(#"support"#, "0.125"), (#"sales"#, "null")].map { queue, rate in
            Self.row("20", "21", #","queue":"\#(queue)","complaint_rate":\#(rate)"#, offered: 9, answered: 8)
        }
        let queues = try Self.intervals(rows, by: "queue")
        let lines = ReportTable(terminal: plain, language: .en).text(queues).components(separatedBy: "\n")
        #expect(lines[1].hasSuffix("complaints"))
        #expect(lines[2].hasSuffix("12.5 %") && !lines[3].contains("12.5 %"), "\(lines)")
        let page = ReportPage(language: .ja, steps: queues, parts: queues, hours: queues).text
        #expect(page.contains("苦情率") && page.contains("<td>12.5 %</td>"))
    }

    @Test func whatOperatorsDialedIsInTheirReport() throws {
        let row = #"""
            {"from":"2026-11-20T15:00:00.000Z","to":"2026-11-21T15:00:00.000Z","operator":"101","answered":2,\#
            "unanswered":0,"talk_ms":60000,"hold_ms":0,
            "wrap_up_ms":0,"paused_ms":0,"logged_in_ms":600000,"average_handle_ms":30000,"occupancy":0.5,
            "outbound":{"dialed":4,"reached":3,"talk_ms":125000,"dialing_ms":9000}}
            """#
        let lines = ReportTable(terminal: plain, language: .en).text(try Self.intervals([row], by: "operator"))
            .components(separatedBy: "\n")
        #expect(lines[1].hasSuffix("occupancy  dialed  reached  talk out"))
        #expect(lines[2].hasSuffix("   50.0 %       4        3      2:05"))
    }

    @Test func anEmptyReportSaysSo() throws {
        let nothing = try Self.intervals([Self.row("20", "21", offered: 0, answered: 0)])
        #expect(ReportTable(terminal: plain, language: .en).text(nothing).hasSuffix("Nothing happened in this time."))
        let page = ReportPage(language: .ja, steps: nothing, parts: nothing, hours: nothing).text
        #expect(page.contains("この期間の記録はありません。"))
        #expect(!page.contains("<svg"))
    }

    @Test(arguments: [Language.ja, .en]) func aPageThatNeedsNothingButItself(language: Language) throws {
        let days = try Self.intervals([
            Self.row("20", "21", offered: 4, answered: 3, abandoned: 1), Self.row("22", "23", offered: 1, answered: 1),
        ])
        let queues = try Self.intervals(
            [Self.row("20", "23", #","queue":"<img src=x onerror=alert(1)>""#, offered: 5, answered: 4)], by: "queue",
            step: "1mo")
        let page = ReportPage(language: language, steps: days, parts: queues, hours: days).text
        #expect(page.hasPrefix("<!doctype html>"))
        #expect(page.contains(#"<html lang="\#(language.rawValue)">"#))
        #expect(page.components(separatedBy: "<svg").count == 4)
        #expect(page.contains("<dd>5</dd>") && page.contains("<dd>4</dd>"))
        #expect(page.contains("&lt;img src=x onerror=alert(1)&gt;") && !page.contains("<img"))
        for outside in ["http://", "https://", "<script", "@import", "url("] {
            #expect(!page.contains(outside), "\(outside)")
        }
        // Each chart is one stop of the Tab key, and each of its steps has its values.
        for chart in ["volume", "level", "waits"] {
            #expect(page.components(separatedBy: "type=\"radio\" name=\"\(chart)\"").count == 3, "\(chart)")
        }
        // Midnight of Saturday, November 21 and of Monday, November 23, in Tokyo.
        let rows = page.components(separatedBy: "<table class=\"heat\">")[1].components(separatedBy: "<tr>")
        #expect(rows[2].contains(">1</td>"), "Monday")
        #expect(rows[7].contains(">4</td>"), "Saturday")
    }
}
