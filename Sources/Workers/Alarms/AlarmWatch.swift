import CallCenter
import Logging
import Synchronization

/// Checks the figures once a second, and reports alarms to supervisors, the log and the webhook.
public final class AlarmWatch: Sendable {
    private let board: Mutex<AlarmBoard>
    private let policy: Mutex<AlarmPolicy>
    private let language: Language
    private let logger: Logger
    private let clock: any Clock<Duration>
    private let isOpen: @Sendable (Timestamp) -> Bool

    /// - Parameters:
    ///   - policy: the thresholds; `adopt` changes them.
    ///   - language: of the sentences in the log.
    ///   - isOpen: whether the centre is open at a moment.
    public init(
        _ policy: AlarmPolicy, language: Language, logger: Logger, clock: any Clock<Duration> = ContinuousClock(),
        isOpen: @escaping @Sendable (Timestamp) -> Bool = { _ in true }
    ) {
        self.isOpen = isOpen
        board = Mutex(AlarmBoard())
        self.policy = Mutex(policy)
        self.language = language
        self.logger = logger
        self.clock = clock
    }

    /// The raised alarms.
    public var raised: [Alarm] { board.withLock { $0.raised } }

    /// The current thresholds.
    public var rules: AlarmPolicy { policy.withLock { $0 } }

    /// Applies changed thresholds.
    public func adopt(_ new: AlarmPolicy) { policy.withLock { $0 = new } }

    /// Checks once a second, until the task is cancelled.
    ///
    /// - Parameters:
    ///   - figures: the figures of the day so far; nil when the engine has stopped.
    ///   - announce: sends raised and cleared alarms to the screens.
    ///   - post: passes one alarm to the webhook; returns at once.
    public func follow(
        figures: @Sendable () async -> Stats?, announce: @Sendable ([Alarm]) async -> Void,
        post: @Sendable (Alarm) -> Void
    ) async {
        while !Task.isCancelled {
            let policy = rules
            if !policy.isOff || !raised.isEmpty, let stats = await figures() {
                let changed = board.withLock { $0.evaluate(stats, policy, isOpen: isOpen(stats.at)) }
                if !changed.isEmpty { await announce(changed) }
                for alarm in changed {
                    log(alarm)
                    post(alarm)
                }
            }
            try? await clock.sleep(for: .seconds(1))
        }
    }

    private func log(_ alarm: Alarm) {
        let isRaised = alarm.clearedAt == nil
        logger.log(
            level: isRaised ? .warning : .notice,
            "alarm \(isRaised ? "raised" : "cleared"): \(alarm.text(language))",
            metadata: [
                "QUEUE": "\(alarm.queue)", "ALARM": "\(alarm.kind.rawValue)", "VALUE": "\(alarm.value)",
                "THRESHOLD": "\(alarm.threshold)",
            ])
    }
}
