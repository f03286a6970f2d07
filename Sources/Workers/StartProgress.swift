import Logging
import Synchronization

/// Progress of a long start: asks the service manager to wait, and writes to the log.
public final class StartProgress: Sendable {
    /// Asks the service manager for more time, with a status text.
    private let extend: @Sendable (_ by: Duration, _ status: String) -> Void
    private let logger: Logger
    /// Since the start.
    private let passed: @Sendable () -> Duration
    private let state: Mutex<State>

    private struct State {
        var extended: Duration?
        var said = Duration.zero
    }

    /// How often the service manager is asked for more time, and for how much: a step without progress for longer
    /// counts as hanging.
    private static let every = Duration.seconds(1), more = Duration.seconds(60)
    /// Between two lines in the log.
    private static let sayEvery = Duration.seconds(5)

    /// - Parameters:
    ///   - logger: gets a line every 5 s, and at the end.
    ///   - passed: the time since the start; nil: since now.
    ///   - extend: asks the service manager for more time, with a status text.
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

    /// A file of an older version is being migrated, or checked.
    public func working() { show { "the databases are brought up to date" } }

    /// The log is read.
    public func replayed(_ done: Int64, of all: Int64) {
        show { "the log is replayed: \(done) of \(all) events, \(done * 100 / max(1, all)) %" }
    }

    /// The start is over; its duration is logged when it was long.
    public func over() {
        let took = passed()
        if took >= StartProgress.sayEvery { logger.notice("the start took \(took.components.seconds) s") }
    }

    private func show(_ words: () -> String) {
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
