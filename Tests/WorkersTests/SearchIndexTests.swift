import Logging
import SQLite
import Storage
import Synchronization
import Testing

@testable import Workers

/// The index follows the records a step at a time, and leaves the calls the time between.
@Suite(.timeLimit(.minutes(10))) struct SearchIndexTests {
    /// What each step finds, in turn: whether there is more, or that the records cannot be written.
    private final class Records: Sendable {
        private let steps: Mutex<[Bool?]>
        let counts = Mutex<[Int]>([])
        init(_ steps: [Bool?]) { self.steps = Mutex(steps) }

        func step(_ count: Int) throws(StoreError) -> Bool {
            counts.withLock { $0.append(count) }
            let found = steps.withLock { $0.isEmpty ? false : $0.removeFirst() }
            guard let found else { throw .busy(path: "customers.db") }
            return found
        }
    }

    private static func follow(_ records: Records, _ clock: ManualClock, _ lines: LogLines) -> Task<Void, Never> {
        let index = SearchIndex(logger: lines.logger, clock: clock) { count throws(StoreError) in
            try records.step(count)
        }
        return Task { await index.follow() }
    }

    @Test func itRestsBetweenTwoStepsAndLongerWhenNothingIsLeft() async {
        let records = Records([true, true, false]), clock = ManualClock()
        let task = Self.follow(records, clock, LogLines())
        #expect(await clock.endSleep() == .milliseconds(SearchIndex.rest))
        #expect(await clock.endSleep() == .milliseconds(SearchIndex.rest))
        #expect(await clock.endSleep() == .milliseconds(SearchIndex.pause))
        #expect(await clock.sleeper() == .milliseconds(SearchIndex.pause))
        #expect(records.counts.withLock { Set($0) } == [SearchIndex.step])
        task.cancel()
        await task.value
    }

    @Test func aFailureIsToldOnceAndTriedAgain() async {
        let records = Records([nil, nil, true, nil]), clock = ManualClock(), lines = LogLines()
        let task = Self.follow(records, clock, lines)
        #expect(await clock.endSleep() == .seconds(10))
        #expect(await clock.endSleep() == .seconds(10))
        #expect(lines.all.count == 1 && lines.all.first?.level == .error)
        #expect(await clock.endSleep() == .milliseconds(SearchIndex.rest))
        #expect(await clock.sleeper() == .seconds(10))
        #expect(lines.all.count == 2, "it had gone well in between")
        task.cancel()
        await task.value
    }
}
