import Engine
import Logging
import Synchronization
import Systemd

/// What a start does that takes long: told to the service manager, so that it waits, and to the log.
final class StartProgress: Sendable {
    private let notifier: Notifier
    private let logger: Logger
    private let clock = ContinuousClock()
    private let began: ContinuousClock.Instant
    private let state: Mutex<State>

    private struct State {
        var extended: ContinuousClock.Instant?
        var said: ContinuousClock.Instant
    }

    /// The service manager is asked for more time this often, and for this much: a step in between that takes longer
    /// than this hangs.
    private static let every = Duration.seconds(1), more = Duration.seconds(60)
    /// Between two lines in the log.
    private static let sayEvery = Duration.seconds(5)

    init(_ notifier: Notifier, _ logger: Logger) {
        self.notifier = notifier
        self.logger = logger
        began = clock.now
        state = Mutex(State(said: began))
    }

    /// A file of an older version is brought up to date, or looked through.
    func working() { tell { "the databases are brought up to date" } }

    /// The log is read.
    func replayed(_ done: Int64, of all: Int64) {
        tell { "the log is replayed: \(done) of \(all) events, \(done * 100 / max(1, all)) %" }
    }

    /// It is over; how long it took is said when it took long.
    func over() {
        let took = clock.now - began
        if took >= StartProgress.sayEvery { logger.notice("the start took \(took.components.seconds) s") }
    }

    private func tell(_ words: () -> String) {
        let now = clock.now
        let (extends, says) = state.withLock { state in
            if let extended = state.extended, now - extended < StartProgress.every { return (false, false) }
            state.extended = now
            guard now - state.said >= StartProgress.sayEvery else { return (true, false) }
            state.said = now
            return (true, true)
        }
        guard extends else { return }
        let words = words()
        notifier.extendTimeout(StartProgress.more)
        notifier.status(words)
        if says { logger.notice("\(words)") }
    }
}
