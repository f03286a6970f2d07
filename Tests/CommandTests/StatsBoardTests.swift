import Foundation
import Testing

@testable import Command

@Suite struct StatsBoardTests {
    static func set(_ offered: Int, waiting: Int = 0, incomplete: Bool = false) -> String {
        #"{"offered":\#(offered),"answered":\#(offered / 2),"abandoned":1,"short_abandoned":1,"overflowed":2,"#
            + #""callback":1,"blocked":0,"unknown":0,"waiting":\#(waiting),"waiting_ringing":0,"waiting_vip":1,"#
            + #""longest_wait_ms":65000,"asa_ms":7000,"aht_ms":null,"wait_p90_ms":null,"abandon_rate":0.2,"#
            + #""service_level":{"threshold_ms":20000,"variant":"positive","negative":0.1,"ignore":null,"#
            + #""positive":0.811,"answered":null,"short":null},"callbacks_due":3,"incomplete":\#(incomplete),"#
            + #""later_figure":1}"#
    }
    static let figures = #"""
        {"at":"2026-11-23T01:02:03.000Z","from":"2026-11-22T15:00:00.000Z","to":"2026-11-23T15:00:00.000Z",\#
        "centre":\#(set(10, waiting: 2).dropLast()),"outbound":{"dialed":4,"reached":3,"talk_ms":125000,\#
        "dialing_ms":9000}},
        "queues":{"support":\#(set(8)),"営業":\#(set(2, waiting: 2, incomplete: true))},"tiers":{"vip":\#(set(4)),\#
        "prospect":\#(set(0))},
        "operators":{"101":{"name":"佐藤","state":"talking","since":"2026-11-23T01:00:00.000Z","reason":null,\#
        "answered":5,"unanswered":1,"talk_ms":600000,"hold_ms":5000,"wrap_up_ms":30000,"occupancy":0.75,\#
        "outbound":{"dialed":4,"reached":3,"talk_ms":125000,"dialing_ms":9000}},
        "102":{"name":null,"state":"paused","since":null,"reason":"昼\u0007食","answered":0,"unanswered":0,"talk_ms":0,\#
        "hold_ms":0,"wrap_up_ms":0,"occupancy":null}}}
        """#

    func board(_ language: Language, _ data: String = figures) throws -> [String] {
        let figures: Figures = try APIClient.decode(Data(data.utf8))
        return StatsBoard(terminal: plain, language: language, clock: tokyo).text(figures).components(separatedBy: "\n")
    }

    @Test func inEnglish() throws {
        let lines = try board(.en)
        #expect(lines[0] == "2026-11-23 10:02:03  today, since 2026-11-23 00:00:00  Asia/Tokyo")
        #expect(
            lines.dropFirst().map { $0.replacing(#/ +$/#, with: "") } == [
                "queue              waiting  VIP  longest  offered  answered  abandoned  short  overflow  abandon      "
                    + "SL   ASA  AHT  callbacks",
                "support                  0    1     1:05        8         4          1      1         3   20.0 %  "
                    + "81.1 %  0:07    –          3",
                "営業 (incomplete)        2    1     1:05        2         1          1      1         3   20.0 %  81.1 "
                    + "%  0:07    –          3",
                "centre                   2    1     1:05       10         5          1      1         3   20.0 %  "
                    + "81.1 %  0:07    –          3",
                "  VIP                    0    1     1:05        4         2          1      1         3   20.0 %  "
                    + "81.1 %  0:07    –          3",
                "outbound: dialed 4, reached 3, talk 2:05",
                "",
                "operator  name  state    answered  unanswered   talk  hold  wrap-up  dialed  reached  occupancy  "
                    + "reason",
                "101       佐藤  talking         5           1  10:00  0:05     0:30       4        3     75.0 %",
                "102             paused          0           0   0:00  0:00     0:00       0        0          –  "
                    + "昼\u{FFFD}食",
            ])
    }

    @Test func inJapanese() throws {
        #expect(
            try board(.ja).dropFirst().map { $0.replacing(#/ +$/#, with: "") } == [
                "キュー         待ち  VIP  最長  着信  応答  放棄  短時間放棄  あふれ  放棄率  サービスレベル   ASA  AHT  "
                    + "要折返し",
                "support           0    1  1:05     8     4     1           1       3  20.0 %  "
                    + "        81.1 %  0:07    –         3",
                "営業 (不完全)     2    1  1:05     2     1     1           1       3  20.0 %  "
                    + "        81.1 %  0:07    –         3",
                "全体              2    1  1:05    10     5     1           1       3  20.0 %  "
                    + "        81.1 %  0:07    –         3",
                "  優良            0    1  1:05     4     2     1           1       3  20.0 %  "
                    + "        81.1 %  0:07    –         3",
                "発信 4  応答あり 3  通話 2:05",
                "",
                "オペレーター  名前  状態    応答  不応答   通話  保留  後処理  発信  応答あり  稼働率  理由",
                "101           佐藤  通話中     5       1  10:00  0:05    0:30     4         3  75.0 %",
                "102                 離席中     0       0   0:00  0:00    0:00     0         0       –  昼\u{FFFD}食",
            ])
    }

    @Test func anEmptyDayInvites() throws {
        let lines = try board(
            .en, Self.figures.replacing(Self.set(10, waiting: 2).dropLast(), with: Self.set(0).dropLast()))
        // What it proposes is an event that the daemon takes: the protocol wants `to`.
        let hint = try #require(lines.first { $0.contains("screenpop send") })
        #expect(hint.contains("--to ") && hint.contains("--from ") && hint.contains("--call "))
    }

    @Test func theLevelShownIsTheOneThatTheCentreChose() throws {
        for (variant, shown) in [("negative", 0.1), ("positive", 0.811), ("ignore", nil), ("other", 0.1)]
            as [(String, Double?)]
        {
            let level: Figures.Set.Level = try APIClient.decode(
                Data(#"{"threshold_ms":1,"variant":"\#(variant)","negative":0.1,"positive":0.811}"#.utf8))
            #expect(level.chosen == shown)
        }
    }
}
