import Foundation
import Testing

@testable import Command

@Suite struct TopScreenTests {
    static func set(_ waiting: Int, vip: Int = 0, offered: Int = 0, level: String = "null") -> String {
        #"{"offered":\#(offered),"answered":0,"abandoned":0,"short_abandoned":0,"overflowed":0,"callback":0,"#
            + #""blocked":0,"unknown":0,"waiting":\#(waiting),"waiting_ringing":0,"waiting_vip":\#(vip),"#
            + #""longest_wait_ms":\#(waiting * 1_000),"asa_ms":null,"aht_ms":null,"wait_p90_ms":null,"#
            + #""abandon_rate":null,"service_level":{"threshold_ms":20000,"variant":"negative","negative":\#(level),"#
            + #""ignore":null,"positive":null,"answered":null,"short":null},"callbacks_due":0,"incomplete":false}"#
    }

    static func call(_ id: String, queue: String = "support", since: Int, vip: Bool = false) -> String {
        #"{"call":"\#(id)","source":"pbx","from":{"display":"090-0000-0001","kind":"number"},"to":null,"#
            + #""customer":{"id":1,"name":"山田 太郎","tier":"\#(vip ? "gold" : "regular")"},"queue":"\#(queue)","#
            + #""state":"waiting","outcome":null,"partial":false,"offered_at":null,"answered_at":null,"ended_at":null,"#
            + #""waiting_since":"2026-11-24T00:00:\#(since < 10 ? "0" : "")\#(since).000Z","wait_ms":0,"talk_ms":0,"#
            + #""operator":null}"#
    }

    static func screen(
        calls: [String] = [], queues: [String: String]? = nil, operators: Int = 0, language: Language = .en
    ) throws -> TopScreen {
        let queues =
            queues ?? ["support": set(2, vip: 1, offered: 9, level: "0.9"), "sales": set(0, offered: 3, level: "0.5")]
        let people = (0..<operators).map {
            #""\#(101 + $0)":{"name":"佐藤","state":"\#($0 % 2 == 0 ? "available" : "talking")","#
                + #""since":"2026-11-24T00:00:00.000Z","answered":1,"unanswered":0,"talk_ms":0,"hold_ms":0,"#
                + #""wrap_up_ms":0,"occupancy":0.5}"#
        }
        let figures: Figures = try APIClient.decode(
            Data(
                #"""
                {"at":"2026-11-24T00:01:00.000Z","from":"2026-11-23T15:00:00.000Z",\#
                "centre":\#(set(2, vip: 1, offered: 12)),"tiers":{},
                "queues":{\#(queues.map { "\"\($0)\":\($1)" }.joined(separator: ","))},\#
                "operators":{\#(people.joined(separator: ","))}}
                """#.utf8))
        let page: CallPage = try APIClient.decode(
            Data(#"{"calls":[\#(calls.joined(separator: ","))],"next":null}"#.utf8))
        // A minute after the calls began to come.
        return TopScreen(
            figures: figures, calls: page.calls, now: 1_795_478_460, language: language, terminal: plain, clock: tokyo,
            vipTiers: ["gold"])
    }

    @Test(arguments: [Language.ja, .en], [(80, 24), (40, 10), (200, 60)]) func fillsTheTerminalAndNoMore(
        language: Language, size: (Int, Int)
    ) throws {
        var screen = try Self.screen(
            calls: (0..<50).map { Self.call("c\($0)", since: $0, vip: $0 % 7 == 0) }, operators: 80, language: language)
        screen.alarms = ["support: 9 calls wait (threshold 5)"]
        screen.selected = 40
        let lines = screen.lines(width: size.0, height: size.1)
        #expect(lines.count == size.1)
        for line in lines { #expect(columns(line) <= size.0, "\(line)") }
        #expect(lines.contains { $0.contains(">") }, "the chosen call is in sight")
    }

    @Test func marksAndCallsThatGoOutAreShown() throws {
        var screen = try Self.screen(operators: 1)
        let outbound = #"{"dialed":4,"reached":3,"talk_ms":125000}"#
        screen.figures.centre.outbound = try APIClient.decode(Data(outbound.utf8))
        screen.figures.operators["101"]?.outbound = screen.figures.centre.outbound
        let mark =
            #"[{"kind":"link_gap","source":"pbx","from":"2026-11-23T16:00:00.000Z","to":null,"text":"The link was "#
                + #"down."}]"#
        screen.figures.centre.marks = try APIClient.decode(Data(mark.utf8))
        let lines = screen.lines(width: 120, height: 30)
        #expect(lines[0].hasSuffix("out 4/reached 3"))
        #expect(lines[1].hasPrefix("! The link was down. (2026-11-24 01:00:00"))
        #expect(lines.contains { $0.hasPrefix("101 ") && $0.contains("    1    4     50.0 %") }, "\(lines)")
        screen.queue = "support"
        #expect(
            !screen.lines(width: 120, height: 30).joined().contains("out 4/reached"), "a dialed call is in no queue")
    }

    @Test func vipsComeFirstThenTheLongestWait() throws {
        let screen = try Self.screen(calls: [
            Self.call("a", since: 10), Self.call("b", since: 5), Self.call("v", since: 30, vip: true),
        ])
        #expect(screen.waiting.map(\.call) == ["v", "b", "a"])
        let lines = screen.lines(width: 100, height: 30).filter { $0.contains("090-0000-0001") }
        #expect(lines[0].contains("★") && lines[0].contains("0:30"))
        #expect(lines[1].contains("0:55") && !lines[1].contains("★"))
    }

    @Test func aQueueAloneShowsItsCallsAndFigures() throws {
        var screen = try Self.screen(calls: [Self.call("a", since: 10), Self.call("b", queue: "sales", since: 5)])
        screen.queue = "sales"
        let text = screen.lines(width: 100, height: 30).joined(separator: "\n")
        #expect(screen.waiting.map(\.call) == ["b"])
        #expect(text.contains("[sales]") && !text.contains("support"))
    }

    @Test func queuesAreSortedAsAskedFor() throws {
        var screen = try Self.screen()
        func first() -> Bool {
            let text = screen.lines(width: 100, height: 30).joined(separator: "\n");
            return text.range(of: "sales  ")!.lowerBound < text.range(of: "support  ")!.lowerBound
        }
        #expect(first())
        screen.order = .waiting
        #expect(!first())
        screen.order = .level
        #expect(first(), "the worst level first")
    }

    @Test func anEmptyFloorSaysSo() throws {
        let lines = try Self.screen(queues: [:]).lines(width: 80, height: 24)
        for word in ["No call came today yet.", "Nobody waits.", "No operator is logged in."] {
            #expect(lines.contains(word))
        }
    }

    @Test func keysAreKnownByTheirBytes() {
        #expect(Keyboard.key([0x1B, 0x5B, 0x41]) == .up)
        #expect(Keyboard.key([0x1B, 0x4F, 0x42]) == .down)
        #expect(Keyboard.key([0x1B]) == .escape)
        #expect(Keyboard.key([0x0D]) == .enter)
        #expect(Keyboard.key(Array("q".utf8)) == .letter("q"))
        #expect(Keyboard.key([0x1B, 0x5B, 0x35, 0x7E]) == nil)
        #expect(Keyboard.key([]) == nil)
    }
}
