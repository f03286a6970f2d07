import Logging
import Synchronization

/// What a start does that takes long: told to the service manager, so that it waits, and to the log.
public final class StartProgress: Sendable {
    /// Asks the service manager for more time, and tells it what is being done.
    private let extend: @Sendable (_ by: Duration, _ status: String) -> Void
    private let logger: Logger
    /// Since the start.
    private let passed: @Sendable () -> Duration
    private let state: Mutex<State>

    private struct State {
        var extended: Duration?
        var said = Duration.zero
    }

    /// The service manager is asked for more time this often, and for this much: a step in between that takes longer
    /// than this hangs.
    private static let every = Duration.seconds(1), more = Duration.seconds(60)
    /// Between two lines in the log.
    private static let sayEvery = Duration.seconds(5)

    /// - Parameters:
    ///   - logger: told every 5 s, and at the end.
    ///   - passed: how much time has passed since the start; nil for the time since now.
    ///   - extend: asks the service manager for more time, and tells it what is being done.
    public init(
        _ logger: Logger, passed: (@Sendable () -> Duration)? = nil,
        extend: @escaping @Sendable (_ by: Duration, _ status: String) -> Void
    ) {
        let clock = ContinuousClock(), began = clock.now
        self.logger = logger
        self.extend = extend
        self.passed = passed ?? { clock.now - began }
        state = Mutex(State())
    }

    /// A file of an older version is brought up to date, or looked through.
    public func working() { tell { "the databases are brought up to date" } }

    /// The log is read.
    public func replayed(_ done: Int64, of all: Int64) {
        tell { "the log is replayed: \(done) of \(all) events, \(done * 100 / max(1, all)) %" }
    }

    /// It is over; how long it took is said when it took long.
    public func over() {
        let took = passed()
        if took >= StartProgress.sayEvery { logger.notice("the start took \(took.components.seconds) s") }
    }

    private func tell(_ words: () -> String) {
        let now = passed()
        let (extends, says) = state.withLock { state in
            if let extended = state.extended, now - extended < StartProgress.every { return (false, false) }
            state.extended = now
            guard now - state.said >= StartProgress.sayEvery else { return (true, false) }
            state.said = now
            return (true, true)
        }
        guard extends else { return }
        let words = words()
        extend(StartProgress.more, words)
        if says { logger.notice("\(words)") }
    }
}
