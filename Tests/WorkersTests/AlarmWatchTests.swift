import CallCenter
import Logging
import Synchronization
import Testing

@testable import Workers

/// The figures are looked at once a second, and everybody is told once of what has changed.
@Suite(.timeLimit(.minutes(10))) struct AlarmWatchTests {
    /// What the watch asked for and told, with figures that a test sets.
    private final class Desk: Sendable {
        let stats = Mutex<Stats?>(nil)
        let asked = Mutex(0)
        let announced = Mutex<[[Alarm]]>([])
        let posted = Mutex<[Alarm]>([])
    }

    private static func stats(waiting: Bool, at ms: Int64) -> Stats {
        var day = Day()
        day.apply(.call("a", .queued(queue: "support", position: nil, priority: nil)), 0)
        if !waiting { day.apply(.call("a", .answered(operator: "101")), 5_000) }
        return day.centre.stats(from: morning, to: morning + 900_000, now: morning + ms)
    }

    private static var policy: AlarmPolicy {
        var policy = AlarmPolicy()
        policy.thresholds.waiting = 1
        return policy
    }

    @Test func anAlarmIsToldOnceWhenItIsRaisedAndOnceWhenItIsCleared() async {
        let clock = ManualClock(), lines = LogLines(), desk = Desk()
        let watch = AlarmWatch(Self.policy, language: .en, logger: lines.logger, clock: clock)
        desk.stats.withLock { $0 = Self.stats(waiting: true, at: 1_000) }
        let task = Self.follow(watch, desk)
        #expect(await clock.sleeper() == .seconds(1))
        #expect(watch.raised.map(\.kind) == [.waiting])
        await clock.endSleep()
        await clock.sleeper()
        #expect(desk.announced.withLock { $0.count } == 1, "the second look changes nothing")
        // Its reason is gone; it is cleared when that has been so for a minute.
        desk.stats.withLock { $0 = Self.stats(waiting: false, at: 10_000) }
        await clock.endSleep()
        await clock.sleeper()
        #expect(desk.posted.withLock { $0.count } == 1)
        desk.stats.withLock { $0 = Self.stats(waiting: false, at: 71_000) }
        await clock.endSleep()
        await clock.sleeper()
        #expect(watch.raised == [])
        #expect(desk.posted.withLock { $0.map { $0.clearedAt == nil } } == [true, false])
        #expect(lines.all.map(\.level) == [.warning, .notice])
        #expect(lines.all.first?.fields["QUEUE"] == "support" && lines.all.first?.fields["ALARM"] == "waiting")
        task.cancel()
        await task.value
    }

    /// A centre without thresholds costs the engine nothing.
    @Test func withoutThresholdsNobodyIsAsked() async {
        let clock = ManualClock(), desk = Desk()
        let watch = AlarmWatch(AlarmPolicy(), language: .en, logger: LogLines().logger, clock: clock)
        let task = Self.follow(watch, desk)
        for _ in 0..<3 { await clock.endSleep() }
        #expect(desk.asked.withLock { $0 } == 0)
        watch.adopt(Self.policy)
        await clock.endSleep()
        await clock.sleeper()
        #expect(desk.asked.withLock { $0 } > 0, "thresholds that are configured anew hold at the next look")
        task.cancel()
        await task.value
    }

    @Test func withoutFiguresNothingIsTold() async {
        let clock = ManualClock(), desk = Desk()
        let watch = AlarmWatch(Self.policy, language: .en, logger: LogLines().logger, clock: clock)
        let task = Self.follow(watch, desk)
        await clock.endSleep()
        await clock.sleeper()
        #expect(desk.asked.withLock { $0 } == 2 && watch.raised == [])
        task.cancel()
        await task.value
    }

    private static func follow(_ watch: AlarmWatch, _ desk: Desk) -> Task<Void, Never> {
        Task {
            await watch.follow(
                figures: {
                    desk.asked.withLock { $0 += 1 }
                    return desk.stats.withLock { $0 }
                },
                announce: { alarms in desk.announced.withLock { $0.append(alarms) } },
                post: { alarm in desk.posted.withLock { $0.append(alarm) } })
        }
    }
}
