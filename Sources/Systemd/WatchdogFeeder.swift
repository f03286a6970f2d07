/// Decides whether the watchdog may be notified: only while the engine makes progress or has no work.
///
/// A timer alone would continue while the engine's thread hangs. So the timer compares the engine's count of finished
/// work, and a daemon that is alive but stuck is killed and restarted.
public struct WatchdogFeeder: Sendable {
    /// How long work may wait without any of it being finished: longer than the slowest commit of a busy disk.
    public let patience: Duration
    /// How often to ask. Several questions fit in one interval, so that a late timer does not kill a healthy daemon.
    public let askEvery: Duration

    private var lastProgress: UInt64?
    private var waitingSince: SuspendingClock.Instant?

    /// - Parameter interval: `Notifier.watchdogInterval`. A stuck engine is killed after at most 1¾ of it.
    public init(interval: Duration) {
        self.patience = interval / 2
        self.askEvery = interval / 4
    }

    /// - Parameters:
    ///   - progress: a count the engine raises whenever it finishes something. Only its change matters.
    ///   - workPending: something waits for the engine, or is in its hands.
    ///   - now: of the clock that stands still while the machine sleeps, as the service manager's does.
    public mutating func mayFeed(progress: UInt64, workPending: Bool, now: SuspendingClock.Instant) -> Bool {
        let moved = progress != lastProgress
        lastProgress = progress
        guard workPending else {
            waitingSince = nil
            return true
        }
        guard !moved, let waitingSince else {
            waitingSince = now
            return true
        }
        return waitingSince.duration(to: now) < patience
    }
}
