import Logging
import Synchronization
import Testing

@testable import Workers

/// A start that takes long is told to the service manager once a second, and to the log every five.
@Suite struct StartProgressTests {
    private final class Start: Sendable {
        let passed = Mutex(Duration.zero)
        let statuses = Mutex<[String]>([])
        let lines = LogLines()
        var progress: StartProgress {
            StartProgress(lines.logger, passed: { self.passed.withLock { $0 } }) { more, status in
                #expect(more == .seconds(60))
                self.statuses.withLock { $0.append(status) }
            }
        }
    }

    @Test func theManagerHearsOfItOnceASecondAndTheLogEveryFive() {
        let start = Start(), progress = start.progress
        for tenth in 0..<120 {
            start.passed.withLock { $0 = .milliseconds(tenth * 100) }
            progress.replayed(Int64(tenth), of: 120)
        }
        #expect(start.statuses.withLock { $0.count } == 12)
        #expect(start.lines.messages.count == 2)
        #expect(start.lines.messages.first == "the log is replayed: 50 of 120 events, 41 %")
        progress.over()
        #expect(start.lines.messages.last == "the start took 11 s")
    }

    @Test func aShortStartIsNotWorthALine() {
        let start = Start(), progress = start.progress
        progress.working()
        progress.over()
        #expect(start.statuses.withLock { $0 } == ["the databases are brought up to date"])
        #expect(start.lines.all == [])
    }
}
