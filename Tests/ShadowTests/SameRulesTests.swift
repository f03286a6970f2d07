import CallCenter
import Engine
import Testing

@testable import Shadow

/// Trying the rules that really applied changes nothing.
@Suite struct SameRulesTests {
    static let rules = Policy.with {
        $0.tiers["gold"] = TierPolicy(rank: 3, vip: true)
        $0.groups["veterans"] = ["101", "103", "105"]
        $0.queueDefault.shortAbandon = 6_000
    }

    /// On every second day the events come late and in another order.
    @Test(arguments: 1...12 as ClosedRange<UInt64>) func nothingDiffers(seed: UInt64) throws {
        let recording = try Recording.simulated(seed: seed, late: seed % 2 == 0 ? 4_000 : 0)
        let tried = recording.trial(Self.rules, real: [(0, Self.rules)])
        #expect(tried.tally.decisions > 100 && tried.tally.alike == tried.tally.decisions, "seed \(seed)")
        #expect(tried.pairs.isEmpty && tried.tally.unknown.isEmpty, "seed \(seed)")
        #expect(tried.tally.vips.real == tried.tally.vips.new && tried.tally.vips.real.calls > 10, "seed \(seed)")
        #expect(
            tried.trial.real.centre.checkpoint == tried.trial.new.checkpoint,
            "seed \(seed): \(tried.trial.real.centre.checkpoint.differences(from: tried.trial.new.checkpoint))")
        let rows = tried.figures.rows(by: .queue)
        #expect(rows.count >= 2, "seed \(seed)")
        for row in rows {
            #expect(row.real == row.new && row.new == row.standing, "seed \(seed): \(row)")
        }
        for both in tried.tally.operators.values { #expect(both.alone.real == both.alone.new, "seed \(seed)") }
        for (kind, both) in tried.tally.supervisors { #expect(both.real == both.new, "seed \(seed): \(kind)") }
        #expect(RuleChange.all(from: Self.rules, to: Self.rules).isEmpty)
    }

    /// The rules that applied first are tried on a time in which others applied, and the other way round: what differs
    /// in one direction differs in the other.
    @Test(arguments: 1...4 as ClosedRange<UInt64>) func bothDirectionsDifferAlike(seed: UInt64) throws {
        let recording = try Recording.simulated(seed: seed), other = Policy.with { $0.routing.unavailableBoost = 9 }
        let there = recording.trial(other, real: [(0, Policy())]), back = recording.trial(Policy(), real: [(0, other)])
        #expect(there.pairs.count == back.pairs.count && !there.pairs.isEmpty)
        for (a, b) in zip(there.pairs, back.pairs) {
            #expect(a.real == b.new && a.new == b.real && a.difference == .priority)
        }
    }

    /// What really happened is not changed by what is tried on it.
    @Test(arguments: 1...4 as ClosedRange<UInt64>) func theRealSideIsThatOfAReplay(seed: UInt64) throws {
        let recording = try Recording.simulated(seed: seed, late: seed % 2 == 0 ? 2_000 : 0)
        let other = Policy.with {
            $0.routing.vipWaitForOperator = 0
            $0.routing.reservation = 60_000
            $0.queueDefault.wrapUpLimit = 2_000
            $0.queueDefault.shortAbandon = 20_000
        }
        let tried = recording.trial(other), same = recording.trial(Policy())
        #expect(!tried.pairs.isEmpty)
        #expect(tried.trial.real.centre.checkpoint == same.trial.real.centre.checkpoint)
        var plain = LogReplay(policies: [(0, Policy())], from: nil, rules: Policy())
        for (i, line) in recording.lines.enumerated() {
            plain.apply(line.event, seq: Int64(i) + 1, readAt: line.readAt, line.lookup)
        }
        _ = plain.tick((recording.lines.last?.readAt ?? morning) + 600_000)
        let differences = plain.centre.checkpoint.differences(from: tried.trial.real.centre.checkpoint)
        #expect(plain.centre.checkpoint == tried.trial.real.centre.checkpoint, "\(differences)")
        #expect(tried.figures.rows(by: .queue).map(\.real) == same.figures.rows(by: .queue).map(\.real))
    }
}
