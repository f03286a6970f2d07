import Settings
import Synchronization

/// The current rules of lists, changed by a reload.
public final class ListsInForce: Sendable {
    private let rules: Mutex<Settings.Lists>

    /// The rules of these settings, until `adopt`.
    public init(_ settings: Settings) { rules = Mutex(settings.lists) }

    /// To be read on any thread.
    public var now: Settings.Lists { rules.withLock { $0 } }

    /// The rules after a reload; they apply to the next question.
    public func adopt(_ settings: Settings) { rules.withLock { $0 = settings.lists } }
}
