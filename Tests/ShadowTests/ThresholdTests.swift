import CallCenter
import Engine
import Testing

@testable import Shadow

/// Thresholds: what a trial counts by the new ones is what a daemon counts that had them from the beginning.
@Suite struct ThresholdTests {
    static let candidates: [Policy] = [
        .with { $0.queueDefault.serviceLevelThreshold = 5_000 },
        .with {
            $0.queueDefault.shortAbandon = 15_000
            $0.queueDefault.excludeShortAbandons = true
        },
        .with { $0.queueDefault.serviceLevelVariant = .positive },
        .with {
            $0.queues["sales"] = QueuePolicy()
            $0.queues["sales"]?.wrapUpLimit = 4_000
            $0.queueDefault.wrapUpLimit = 120_000
        },
        .with {
            $0.tiers["gold"] = TierPolicy(rank: 5, vip: true)
            $0.queueDefault.vipWaitAlert = 3_000
            $0.pop.vipSeenWithin = 1_000
        },
        .with { $0.alerts.off = [.vip, .vipUnseen] },
    ]

    /// A daemon with these rules from the beginning, whose own decisions hold.
    static func daemon(_ rules: Policy, _ recording: Recording) -> (
        rows: [String: VisitFigures], supervisors: [AlertKind: Int]
    ) {
        var centre = Centre(policy: rules), effects: [Effect] = [], past: [PastFigures] = []
        var supervisors: [AlertKind: Int] = [:]
        centre.audience = .operators([])
        var tickedAt = Timestamp(ms: 0)
        func note() {
            for effect in effects {
                if case .alert(let alert) = effect { supervisors[alert.kind, default: 0] += 1 }
                if case .history(.figures(let figures)) = effect { past.append(figures) }
            }
            effects.removeAll()
        }
        for (i, line) in recording.lines.enumerated() {
            if line.readAt - tickedAt >= Trial.tickEvery {
                centre.tick(line.readAt, effects: &effects)
                tickedAt = line.readAt
            }
            _ = centre.apply(
                line.event, seq: Int64(i) + 1, now: line.readAt, lookup: line.lookup, effects: &effects)
            note()
        }
        let end = (recording.lines.last?.readAt ?? morning) + 600_000
        centre.tick(end, effects: &effects)
        note()
        past.append(centre.figuresInMemory(from: day.lowerBound, to: day.upperBound, now: end))
        var report = FiguresReport(
            policy: rules, by: .queue, filter: .init(), bounds: [day.lowerBound, day.upperBound])
        for part in past { report.add(part) }
        var rows: [String: VisitFigures] = [:]
        for row in report.rows { if case .visits(let set) = row.figures { rows[row.key] = VisitFigures(set) } }
        return (rows, supervisors)
    }

    @Test(arguments: candidates.indices, 1...4 as ClosedRange<UInt64>)
    func figuresAreThoseOfADaemonThatHadThem(number: Int, seed: UInt64) throws {
        let rules = Self.candidates[number]
        let recording = try Recording.simulated(seed: seed, late: seed % 2 == 0 ? 3_000 : 0)
        let tried = recording.trial(rules), daemon = Self.daemon(rules, recording)
        let rows = Dictionary(uniqueKeysWithValues: tried.figures.rows(by: .queue).map { ($0.name, $0) })
        #expect(rows.count >= 2 && Set(rows.keys) == Set(daemon.rows.keys))
        for (name, figures) in daemon.rows { #expect(rows[name]?.new == figures, "\(name), seed \(seed)") }
        // The alert about a VIP who arrives is a fact of the decision; the others follow from waits and rings.
        for kind in [AlertKind.vip, .vipWaiting, .vipUnseen] {
            #expect(tried.tally.supervisors[kind]?.new ?? 0 == daemon.supervisors[kind] ?? 0, "\(kind), seed \(seed)")
        }
    }

    /// The first alternatives change figures: the test above compares something.
    @Test func theyChangeFigures() throws {
        let recording = try Recording.simulated(seed: 1)
        func row(_ number: Int) throws -> FiguresRow {
            try #require(recording.trial(Self.candidates[number]).figures.rows(by: .centre).first)
        }
        #expect(try row(0).real.serviceLevel != row(0).new.serviceLevel)
        #expect(try row(1).real.shortAbandoned == 0 && row(1).new.shortAbandoned > 0)
        #expect(try row(2).real.serviceLevel != row(2).new.serviceLevel)
        #expect(try row(3).real.afterCallMs != row(3).new.afterCallMs)
        let warned = recording.trial(Self.candidates[4]).tally.supervisors[.vipWaiting]
        #expect(try #require(warned).new > #require(warned).real)
        let quiet = recording.trial(Self.candidates[5]).tally.supervisors[.vip]
        #expect(try #require(quiet).real > 0 && #require(quiet).new == 0)
    }
}
