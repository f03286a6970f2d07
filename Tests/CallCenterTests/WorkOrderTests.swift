import Testing

@testable import CallCenter

/// In which order things are done, and what is late: values without a clock of their own.
@Suite struct WorkOrderTests {
    static let order = WorkOrder(now: morning, dayEnd: morning + 36_000_000)

    static func random(_ n: Int64, _ random: inout Seeded) -> WorkItem {
        let kinds: [WorkItem.Kind] = [.callback, .promise, .case]
        return WorkItem(
            kind: kinds.randomElement(using: &random) ?? .case, id: n,
            due: Bool.random(using: &random)
                ? morning + Int64.random(in: -5...5, using: &random) * 20_000_000 : nil,
            priority: CasePriority.allCases.randomElement(using: &random) ?? .normal,
            isVIP: Bool.random(using: &random), since: morning - Int64.random(in: 0...3, using: &random),
            isWaiting: Bool.random(using: &random))
    }

    @Test(arguments: 0..<10) func itIsAnOrderWhateverTheItemsStoodIn(_ seed: Int) {
        var seeded = Seeded(UInt64(seed))
        let items = (0..<40).map { Self.random($0, &seeded) }
        let sorted = Self.order.sorted(items)
        #expect(Self.order.sorted(items.shuffled(using: &seeded)) == sorted)
        for (one, other) in zip(sorted, sorted.dropFirst()) {
            #expect(Self.order.precedes(one, other) && !Self.order.precedes(other, one))
            #expect(Self.order.band(one) <= Self.order.band(other))
        }
        // What is late comes before everything that is not, the longest overdue first.
        let late = sorted.prefix { Self.order.band($0) == .late }
        for item in sorted.dropFirst(late.count) {
            #expect(item.due.map { $0 >= morning } ?? true)
            #expect(item.priority != .urgent || item.isWaiting)
        }
        let overdue = late.filter { ($0.due ?? morning) < morning }.compactMap(\.due)
        #expect(overdue == overdue.sorted())
        for item in items where item.isWaiting && Self.order.band(item) != .late {
            #expect(!Self.order.mayBePicked(item))
        }
    }

    @Test func aVIPIsCalledBackFirstAndAnUrgentCaseBeforeThat() {
        let callback = WorkItem(kind: .callback, id: 1, since: morning - 9_000)
        let vip = WorkItem(kind: .callback, id: 2, isVIP: true, since: morning - 1_000)
        let today = WorkItem(kind: .promise, id: 3, due: morning + 60_000, since: morning)
        let urgent = WorkItem(kind: .case, id: 4, priority: .urgent, since: morning)
        let overdue = WorkItem(kind: .promise, id: 5, due: morning - 1, since: morning)
        let later = WorkItem(kind: .case, id: 6, due: morning + 90_000_000, since: morning)
        let high = WorkItem(kind: .case, id: 7, priority: .high, since: morning)
        let sorted = Self.order.sorted([later, high, today, callback, vip, urgent, overdue])
        #expect(sorted.map(\.id) == [5, 4, 2, 1, 3, 7, 6])
    }

    @Test func delaysAreJudgedByTheClockAlone() {
        let clock = CaseClock(now: morning, stalledBefore: morning - 1_000, riskBefore: morning + 500)
        func facts(
            promise: Bool = false, open: Bool = true, owner: Bool = true, due: Int64? = nil, progress: Int64 = 0,
            waiting: Int64? = nil
        ) -> CaseFacts {
            CaseFacts(
                kind: promise ? .promise : .case, isOpen: open, hasOwner: owner, due: due.map { morning + $0 },
                progressAt: morning + progress, waitingSince: waiting.map { morning + $0 })
        }
        #expect(clock.isOverdue(facts(due: -1)) && !clock.isOverdue(facts(due: 0)) && !clock.isOverdue(facts()))
        #expect(!clock.isOverdue(facts(open: false, due: -1)))
        #expect(clock.isAtRisk(facts(due: 0)) && clock.isAtRisk(facts(due: 499)) && !clock.isAtRisk(facts(due: 500)))
        #expect(!clock.isAtRisk(facts(due: -1)))
        #expect(clock.isStalled(facts(progress: -1_001)) && !clock.isStalled(facts(progress: -1_000)))
        #expect(!clock.isStalled(facts(promise: true, progress: -9_000)))
        #expect(!clock.isStalled(facts(progress: -9_000, waiting: -5)) && clock.isWaiting(facts(waiting: -5)))
        #expect(clock.isUnowned(facts(owner: false)) && !clock.isUnowned(facts(open: false, owner: false)))
        let never = CaseClock(now: morning, stalledBefore: nil, riskBefore: morning)
        #expect(!never.isStalled(facts(progress: -1_000_000_000)))
        #expect(CasePriority(word: "urgent") == .urgent && CasePriority(word: "x") == nil)
        #expect(CasePriority.high.raised == .urgent && CasePriority.urgent.raised == .urgent)
    }
}
