import Settings
import Synchronization

/// The current rules of lists, changed by a reload.
public final class ListsInForce: Sendable {
    private let rules: Mutex<Settings.Lists>

    public init(_ settings: Settings) { rules = Mutex(settings.lists) }

    public var now: Settings.Lists { rules.withLock { $0 } }

    public func adopt(_ settings: Settings) { rules.withLock { $0 = settings.lists } }
}
