import CallCenter
import Engine
import Logging
import Synchronization

/// Looks at the figures once a second, and tells supervisors, the log and the webhook what is not as it should be.
final class AlarmWatch: Sendable {
    private let board: Mutex<AlarmBoard>
    private let policy: Mutex<AlarmPolicy>
    private let webhook: Webhook?
    private let language: Language
    private let logger: Logger

    init(_ policy: AlarmPolicy, webhook: Webhook?, language: Language, logger: Logger) {
        board = Mutex(AlarmBoard())
        self.policy = Mutex(policy)
        self.webhook = webhook
        self.language = language
        self.logger = logger
    }

    /// Those that are raised.
    var raised: [Alarm] { board.withLock { $0.raised } }

    /// Takes thresholds that were configured again. The rules that hold now.
    var rules: AlarmPolicy { policy.withLock { $0 } }

    func adopt(_ new: AlarmPolicy) { policy.withLock { $0 = new } }

    /// Looks once a second, until the task is cancelled.
    func follow(_ engine: Engine, dayStart: @escaping @Sendable (Timestamp) -> Timestamp) async {
        while !Task.isCancelled {
            let policy = rules
            if !policy.isOff || !raised.isEmpty {
                let stats = await engine.ask { centre, now in
                    centre.stats(from: dayStart(now), to: now + centre.policy.grain, now: now)
                }
                if let stats { await tell(board.withLock { $0.look(stats, policy) }, engine) }
            }
            try? await Task.sleep(for: .seconds(1))
        }
    }

    private func tell(_ changed: [Alarm], _ engine: Engine) async {
        guard !changed.isEmpty else { return }
        await engine.announce(changed, language: language)
        for alarm in changed {
            let isRaised = alarm.clearedAt == nil
            logger.log(
                level: isRaised ? .warning : .notice,
                "alarm \(isRaised ? "raised" : "cleared"): \(alarm.text(language))",
                metadata: [
                    "QUEUE": "\(alarm.queue)", "ALARM": "\(alarm.kind.rawValue)", "VALUE": "\(alarm.value)",
                    "THRESHOLD": "\(alarm.threshold)",
                ])
            webhook?.tell(alarm, language)
        }
    }
}
