import Testing

@testable import CallCenter

/// Figures that leave memory, added up again with those that did not.
@Suite struct PastFiguresTests {
    static let day: Int64 = 86_400_000

    /// Twelve days of traffic, some events of it received days late; everything that left memory, and every call.
    static func traffic(_ seed: UInt64) -> (floor: Floor, past: [PastFigures], calls: [Call]) {
        var random = Seeded(seed), past: [PastFigures] = [], calls: [Call] = []
        var floor = Floor(world: ["+815000000001": [CustomerCard(id: 1, name: "A", tier: "vip")]])
        func gather(_ effects: [Effect]) {
            for case .history(let entry) in effects {
                switch entry {
                case .figures(let gone): past.append(gone)
                case .call(let gone): calls.append(gone.call)
                case .ended, .touchpoint, .remark: break
                }
            }
        }
        for hour in 0..<Int64(12 * 24) {
            for n in 0..<Int64.random(in: 0...2, using: &random) {
                let id = "c\(hour).\(n)", late = Int.random(in: 0..<8, using: &random) == 0 ? -5 * day : 0
                let at = hour * 3_600_000 + n * 600_000 + Int64.random(in: 0..<600_000, using: &random)
                floor.now = morning + at
                func send(_ body: CallEvent, _ after: Int64) {
                    floor.apply(call(id, body, at: at + late + after))
                    gather(floor.effects)
                }
                let queue = Bool.random(using: &random) ? "support" : "sales"
                floor.apply(
                    offered(
                        id, from: Bool.random(using: &random) ? "+815000000001" : "+815000000002", queue: queue,
                        at: at + late))
                gather(floor.effects)
                send(.queued(queue: queue, position: nil, priority: nil), 100)
                if Bool.random(using: &random) {
                    send(.ringing(operator: "101", device: nil), 1_000)
                    send(.answered(operator: "101"), Int64.random(in: 1_000...90_000, using: &random))
                }
                send(.ended(by: .caller, cause: nil), 100_000)
            }
        }
        return (floor, past, calls + floor.centre.callsInMemory)
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func nothingIsLostOrCountedTwice(seed: UInt64) throws {
        var (floor, past, calls) = Self.traffic(seed)
        #expect(past.count > 10, "seed \(seed)")
        let from = morning - 10 * Self.day, to = morning + 14 * Self.day, now = morning + 13 * Self.day
        var settled: [Effect] = []
        floor.centre.settle(now, effects: &settled)
        for grouping in [FiguresReport.Grouping.centre, .queue, .tier, .line] {
            var report = FiguresReport(policy: floor.centre.policy, by: grouping, filter: .init(), bounds: [from, to])
            for gone in past { report.add(gone) }
            report.add(floor.centre.figuresInMemory(from: from, to: to, now: now))
            report.add(waiting: floor.centre.waitingVisits(from: from, to: to))
            var expected: [String: [Int]] = [:]
            for call in calls {
                for visit in call.life.visits {
                    let key =
                        switch grouping {
                        case .queue: visit.queue
                        case .tier: call.tier
                        case .line: "+81300000000"
                        case .centre, .operator: "centre"
                        }
                    var counts = expected[key] ?? [0, 0, 0, 0]
                    counts[0] += 1
                    if visit.outcome == .answered { counts[1] += 1; counts[3] += Int(visit.wait ?? 0) }
                    if visit.outcome == .abandoned { counts[2] += 1 }
                    expected[key] = counts
                }
            }
            var found: [String: [Int]] = [:]
            for row in report.rows {
                guard case .visits(let set) = row.figures else { continue }
                let figures = set.figures
                found[row.key] = [figures.offered, figures.answered, figures.abandoned, Int(figures.answeredWait)]
                #expect(figures.offered == figures.answered + figures.abandoned + set.waiting, "seed \(seed)")
            }
            #expect(found == expected, "seed \(seed), by \(grouping)")
        }
    }

    @Test(arguments: [4, 5] as [UInt64]) func stepsSumToTheWhole(seed: UInt64) throws {
        let (floor, past, _) = Self.traffic(seed)
        let from = (morning - 6 * Self.day).interval(900_000), to = from + 20 * Self.day, now = morning + 13 * Self.day
        func report(_ bounds: [Timestamp], _ grouping: FiguresReport.Grouping) -> [FiguresReport.Row] {
            var report = FiguresReport(policy: Policy(), by: grouping, filter: .init(), bounds: bounds)
            for gone in past { report.add(gone) }
            report.add(floor.centre.figuresInMemory(from: from, to: to, now: now))
            return report.rows
        }
        var whole = QueueFigures(), parts = QueueFigures(), talk: [Int64] = [0, 0]
        for case .visits(let set) in report([from, to], .centre).map(\.figures) { whole += set.figures }
        let steps = stride(from: from.ms, through: to.ms, by: 900_000).map { Timestamp(ms: $0) }
        for case .visits(let set) in report(steps, .centre).map(\.figures) { parts += set.figures }
        #expect(whole == parts, "seed \(seed)")
        #expect(whole.offered > 100)
        for (i, bounds) in [[from, to], steps].enumerated() {
            for case .operator(let figures) in report(bounds, .operator).map(\.figures) { talk[i] += figures.talk }
        }
        #expect(talk[0] == talk[1] && talk[0] > 0, "seed \(seed)")
    }

    /// Figures of days that left memory are those that they had in it.
    @Test(arguments: [7, 8, 9] as [UInt64]) func figuresOfDaysThatLeftMemoryAreWhole(seed: UInt64) throws {
        let (floor, past, calls) = Self.traffic(seed), now = try #require(floor.now)
        let from = (morning - 6 * Self.day).interval(900_000)
        for (first, last) in [(0, 20), (0, 9), (8, 9), (17, 20)] as [(Int64, Int64)] {
            let from = from + first * Self.day, to = from + (last - first) * Self.day
            var stats = floor.centre.stats(from: from, to: to, now: now)
            stats.add(past: past)
            var report = FiguresReport(policy: floor.centre.policy, by: .queue, filter: .init(), bounds: [from, to])
            for gone in past { report.add(gone) }
            report.add(floor.centre.figuresInMemory(from: from, to: to, now: now))
            report.add(waiting: floor.centre.waitingVisits(from: from, to: to))
            var offered = 0
            for row in report.rows {
                guard case .visits(let set) = row.figures else { continue }
                let shown = try #require(stats.queues[row.key], "seed \(seed)")
                #expect(shown.figures == set.figures && shown.waitingInPeriod == set.waitingInPeriod, "seed \(seed)")
                #expect(shown.service == set.service, "seed \(seed)")
                offered += set.figures.offered
            }
            let visits = calls.flatMap(\.life.visits).filter { from <= $0.start && $0.start < to }
            #expect(stats.centre.figures.offered == visits.count && offered == visits.count, "seed \(seed)")
            #expect(stats.tiers.values.reduce(0) { $0 + $1.figures.offered } == visits.count, "seed \(seed)")
        }
        #expect(past.count > 10 && !calls.isEmpty, "seed \(seed)")
    }

    @Test func figuresAreTheSameAfterBeingNumbers() throws {
        let (floor, past, _) = Self.traffic(6)
        let cells = past.flatMap(\.queues.values) + floor.centre.ledger.cells.values
        #expect(cells.count > 100)
        for cell in cells { #expect(QueueFigures(numbers: cell.numbers) == cell) }
        let numbers = try #require(cells.max { $0.numbers.count < $1.numbers.count }).numbers
        // Rows of before end where outcomes begin now.
        var before = try #require(QueueFigures(numbers: numbers))
        before.outcomes = OutcomeFigures()
        for cut in 0..<numbers.count where cut != before.numbers.count {
            #expect(QueueFigures(numbers: Array(numbers[..<cut])) == nil)
        }
        #expect(QueueFigures(numbers: numbers + [0]) == nil)
        #expect(OperatorFigures(numbers: []) == nil)
        for parts in past.flatMap(\.operators.values) {
            for figures in parts.values { #expect(OperatorFigures(numbers: figures.numbers) == figures) }
        }
    }
}
