import Settings
import Storage
import Synchronization
import Workers

/// How long what is kept, as the configuration says now.
final class RetentionInForce: Sendable {
    private let state: Mutex<Settings.Retention>

    init(_ retention: Settings.Retention) { state = Mutex(retention) }

    var now: Settings.Retention { state.withLock { $0 } }

    /// What belongs to customers, or came from them, and is not kept for ever.
    var agedKinds: [AgedCut.Rule] {
        let now = self.now
        let all: [AgedCut.Rule] = [
            (.item(.purchase), now.purchases), (.item(.contract), now.contracts), (.item(.contact), now.contacts),
            (.item(.note), now.notes), (.item(.file), now.files), (.inbox, now.inbox),
        ]
        return all.filter { $0.keeps < Settings.Retention.forEver }
    }

    func adopt(_ new: Settings.Retention) { state.withLock { $0 = new } }
}
