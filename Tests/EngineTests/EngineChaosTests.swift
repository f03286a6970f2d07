import CallCenter
import Foundation
import Testing

@testable import Engine

/// The engine over a log that fails at any point, and daemons that are killed: after a PBX has resent all
/// unacknowledged events, the log has each event once, and figures and screens are as without failures.
///
/// `SCREENPOP_CHAOS_SEEDS` is the number of seeds: `make test-chaos` tries 10,000. `SCREENPOP_SEED` repeats one.
@Suite struct EngineChaosTests {
    static let seeds: [UInt64] = {
        let environment = ProcessInfo.processInfo.environment
        if let one = environment["SCREENPOP_SEED"].flatMap(UInt64.init) { return [one] }
        return Array(0..<(environment["SCREENPOP_CHAOS_SEEDS"].flatMap(UInt64.init) ?? 100))
    }()

    @Test func nothingAnsweredIsLostAndNothingIsDoubled() throws {
        var refused = 0, killed = 0
        for seed in Self.seeds {
            var random = Seeded(seed: seed)
            let lines = Self.day(using: &random)
            var bench = try Bench(), answered = 0
            var attempts = 0
            while answered < lines.count {
                attempts += 1
                try #require(attempts < 10_000, "seed \(seed): no event is taken any more")
                let isBad = attempts < 200
                bench.log.refusesCommits = isBad && Int.random(in: 0..<4, using: &random) == 0
                bench.log.refusesAppends = isBad && Int.random(in: 0..<8, using: &random) == 0
                bench.log.refusesReplay = isBad && Int.random(in: 0..<4, using: &random) == 0
                // Some of what was answered already comes again: its answer may have been lost.
                let first = max(0, answered - Int.random(in: 0...3, using: &random))
                let sent = Array(lines[first..<min(lines.count, answered + Int.random(in: 1...6, using: &random))])
                let replies = bench.send(sent)
                try #require(replies.count == sent.count)
                let taken = replies.prefix { $0.hasPrefix(#"{"ok":true"#) }.count
                refused += replies.count - taken
                answered = max(answered, first + taken)
                if isBad, Int.random(in: 0..<12, using: &random) == 0 {
                    killed += 1
                    bench.log.rollback()
                    bench.log.heal()
                    bench = try Bench(log: bench.log)
                }
            }
            bench.log.heal()
            let ids = bench.log.lines.compactMap { $0.line.event?.id }
            #expect(ids.count == lines.count && Set(ids).count == ids.count, "seed \(seed)")
            var straight = try Bench()
            for line in lines { straight.send(line) }
            let now = morning + 600_000
            #expect(bench.snapshot(at: now) == straight.snapshot(at: now), "seed \(seed)")
            #expect(
                try Bench(log: bench.log).snapshot(at: now) == straight.snapshot(at: now),
                "seed \(seed), after a replay")
        }
        if Self.seeds.count >= 100 { #expect(refused > 1_000 && killed > 50) }
    }

    /// Some calls at once, each answered, given up or handed on.
    private static func day(using random: inout Seeded) -> [String] {
        var events: [(at: Int64, line: String)] = []
        for who in ["101", "102"] {
            events.append((0, #"{"type":"operator.login","id":"l\#(who)","operator":"\#(who)","time":"\#(time(0))"}"#))
        }
        for n in 0..<Int.random(in: 2...8, using: &random) {
            var at = Int64.random(in: 1...60_000, using: &random), step = 0
            func add(_ type: String, _ more: String = "") {
                step += 1
                let id = "\(n).\(step)"
                events.append((at, #"{"type":"\#(type)","id":"\#(id)","call":"c\#(n)"\#(more),"time":"\#(time(at))"}"#))
                at += Int64.random(in: 50...9_000, using: &random)
            }
            add("call.offered", #","from":"+8150000000\#(10 + n % 5)","to":null,"queue":"support""#)
            add("call.queued", #","queue":"support""#)
            let who = Bool.random(using: &random) ? "101" : "102"
            if Int.random(in: 0..<4, using: &random) > 0 {
                add("call.ringing", #","operator":"\#(who)""#)
                add("call.answered", #","operator":"\#(who)""#)
                if Bool.random(using: &random) {
                    add("call.held")
                    add("call.resumed")
                }
                if Bool.random(using: &random) { add("call.transferred", #","queue":"sales","kind":"blind""#) }
            }
            add("call.ended", #","by":"caller""#)
        }
        return events.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(
            \.element.line)
    }
}
