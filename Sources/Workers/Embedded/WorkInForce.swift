import Settings
import Synchronization

/// The current rules of cases and opening hours, changed by a reload.
public final class WorkInForce: Sendable {
    private let clock: Mutex<WorkClock>

    /// The rules of these settings, until `adopt`.
    public init(_ settings: Settings) { clock = Mutex(settings.workClock) }

    /// To be read on any thread.
    public var now: WorkClock { clock.withLock { $0 } }

    /// - Parameter started: has what only a restart changes: the phases, and the time zone.
    public func adopt(_ settings: Settings, started: Settings) {
        var settings = settings
        settings.cases.phases = started.cases.phases
        settings.timezone = started.timezone
        let new = settings.workClock
        clock.withLock { $0 = new }
    }
}
