import Systemd
import Testing

/// With an interval of 20 s, work may wait for 10 s and the question comes every 5 s.
@Suite struct WatchdogFeederTests {
    struct Ask: Sendable {
        let at: Int64, progress: UInt64, pending: Bool, feeds: Bool
        init(_ at: Int64, _ progress: UInt64, _ pending: Bool, _ feeds: Bool) {
            (self.at, self.progress, self.pending, self.feeds) = (at, progress, pending, feeds)
        }
    }

    @Test(arguments: [
        // second, finished so far, something waits → feed?
        ("idle for ever", [Ask(0, 7, false, true), Ask(5, 7, false, true), Ask(500, 7, false, true)]),
        (
            "busy and moving",
            [Ask(0, 1, true, true), Ask(5, 2, true, true), Ask(10, 3, true, true), Ask(60, 4, true, true)]
        ),
        (
            "a slow commit is forgiven",
            [Ask(0, 1, true, true), Ask(5, 1, true, true), Ask(9, 1, true, true), Ask(10, 2, true, true)]
        ),
        ("stuck", [Ask(0, 1, true, true), Ask(5, 1, true, true), Ask(10, 1, true, false), Ask(15, 1, true, false)]),
        (
            "stuck, then free again",
            [
                Ask(0, 1, true, true), Ask(12, 1, true, false), Ask(15, 2, true, true), Ask(20, 2, true, true),
                Ask(25, 2, true, false),
            ]
        ),
        (
            "idleness is no waiting",
            [Ask(0, 1, false, true), Ask(60, 1, true, true), Ask(65, 1, true, true), Ask(70, 1, true, false)]
        ),
        (
            "what waited is done",
            [Ask(0, 1, true, true), Ask(9, 1, false, true), Ask(18, 1, true, true), Ask(27, 1, true, true)]
        ),
        ("a count that wraps still moves", [Ask(0, .max, true, true), Ask(12, 0, true, true)]),
    ])
    func feedsOnlyWhileThereIsProgress(situation: String, asks: [Ask]) {
        var feeder = WatchdogFeeder(interval: .seconds(20))
        let start = SuspendingClock.now
        for ask in asks {
            let feeds = feeder.mayFeed(
                progress: ask.progress, workPending: ask.pending, now: start.advanced(by: .seconds(ask.at)))
            #expect(feeds == ask.feeds, "\(situation), at \(ask.at) s")
        }
    }

    @Test func asksSeveralTimesWithinTheInterval() {
        let feeder = WatchdogFeeder(interval: .seconds(20))
        #expect(feeder.askEvery == .seconds(5))
        #expect(feeder.patience == .seconds(10))
    }
}
