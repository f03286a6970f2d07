import Settings
import Synchronization

/// How long what is kept, as the configuration says now.
final class RetentionInForce: Sendable {
    private let state: Mutex<Settings.Retention>

    init(_ retention: Settings.Retention) { state = Mutex(retention) }

    var now: Settings.Retention { state.withLock { $0 } }

    func adopt(_ new: Settings.Retention) { state.withLock { $0 = new } }
}
