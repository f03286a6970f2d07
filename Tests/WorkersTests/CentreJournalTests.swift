import CallCenter
import Logging
import Settings
import Synchronization
import Testing

@testable import Workers

/// Each closed call and each closed interval is one entry with its figures as fields.
@Suite struct CentreJournalTests {
    /// One call that is answered after 4 s, and one that gives up after 6 s.
    static func day() -> Day {
        var day = Day()
        day.answeredCall("a")
        day.apply(.call("b", .offered(.init(from: "09000000001", to: "0300000000", queue: "support"))), 0)
        day.apply(.call("b", .queued(queue: "support", position: nil, priority: nil)), 0)
        day.apply(.call("b", .ended(by: .caller, cause: nil)), 6_000)
        day.apply(.pbxConnected, 20 * 60_000)
        return day
    }

    @Test func aClosedCallIsOneEntryAndItsNumberIsMasked() throws {
        let lines = LogLines()
        let journal = CentreJournal(logger: lines.logger, masks: true)
        journal.note(closed: Self.day().history)
        let told = lines.all
        #expect(told.map(\.message) == ["call closed", "call closed"])
        let answered = try #require(told.first { $0.fields["CALL_ID"] == "a" }).fields
        #expect(answered["OUTCOME"] == "answered")
        #expect(answered["QUEUE"] == "support")
        #expect(answered["OPERATOR"] == "101")
        #expect(answered["WAIT_MS"] == "4000")
        #expect(answered["TALK_MS"] == "60000")
        #expect(answered["CALLER"]?.hasSuffix("0001") == true)
        #expect(answered["CALLER"]?.contains("8190") == false)
        #expect(told.first { $0.fields["CALL_ID"] == "b" }?.fields["OUTCOME"] == "abandoned")
    }

    @Test func aStormIsCountedAndNotListed() {
        let lines = LogLines()
        let journal = CentreJournal(logger: lines.logger, masks: true)
        let one = Self.day().history[0]
        journal.note(closed: Array(repeating: one, count: 501))
        #expect(
            lines.messages == [
                "501 calls and contacts closed at once; screenpop calls lists them"
            ])
    }

    @Test func aClosedIntervalIsAnEntryForTheCentreAndOneForEachQueue() {
        let lines = LogLines()
        let journal = CentreJournal(logger: lines.logger, masks: true)
        let centre = Self.day().centre
        journal.note(interval: centre.stats(from: morning, to: morning + 900_000, now: morning + 900_000))
        let told = lines.all
        #expect(told.map { $0.fields["QUEUE"] } == [nil, "support"])
        for entry in told {
            #expect(entry.message == "interval closed")
            #expect(entry.fields["OFFERED"] == "2")
            #expect(entry.fields["ANSWERED"] == "1")
            #expect(entry.fields["ABANDONED"] == "1")
            #expect(entry.fields["SERVICE_LEVEL"] == "0.5")
            #expect(entry.fields["ASA_MS"] == "4000")
            #expect(entry.fields["FROM_MS"] == "\(morning.ms)")
        }
    }

    /// An interval is told when it is over, with the figures of its own time.
    @Test(.timeLimit(.minutes(10))) func anIntervalIsToldWhenItIsOver() async throws {
        let clock = ManualClock(), lines = LogLines(), centre = Self.day().centre, now = Mutex(morning + 60_000)
        let journal = CentreJournal(logger: lines.logger, masks: true, clock: clock)
        let periods = try #require(Periods(Settings()))
        let task = Task {
            await journal.follow(periods, interval: 900_000, now: { now.withLock { $0 } }) { from, to in
                #expect(from == morning && to == morning + 900_000)
                return centre.stats(from: from, to: to, now: to)
            }
        }
        #expect(await clock.endSleep() == .seconds(10), "the time of day may be set meanwhile")
        await clock.sleeper()
        #expect(lines.all == [])
        now.withLock { $0 = morning + 899_980 }
        await clock.endSleep()
        #expect(await clock.sleeper() == .milliseconds(50))
        now.withLock { $0 = morning + 900_030 }
        await clock.endSleep()
        await clock.sleeper()
        #expect(lines.messages == ["interval closed", "interval closed"])
        task.cancel()
        await task.value
    }
}
