import CSystemd
import Glibc

/// Tells the service manager how the daemon is doing (`sd_notify(3)`).
///
/// Every call does nothing when `NOTIFY_SOCKET` is not set, so that the daemon runs the same by hand.
public struct Notifier: Sendable {
    /// Holds no state: all notifiers speak to the same service manager.
    public init() {}

    /// Whether a service manager, or a test in its place, receives notifications.
    public var isActive: Bool { getenv("NOTIFY_SOCKET") != nil }

    /// Everything listens and the log has been replayed. Also ends a `reloading()`.
    public func ready() { send("READY=1") }

    /// The daemon has begun to stop.
    public func stopping() { send("STOPPING=1") }

    /// The configuration is being read again; `ready()` says that it is done.
    public func reloading() {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let microseconds = UInt64(now.tv_sec) * 1_000_000 + UInt64(now.tv_nsec) / 1000
        send("RELOADING=1\nMONOTONIC_USEC=\(microseconds)")
    }

    /// One line for a human, shown by `systemctl status`.
    public func status(_ text: String) {
        // A line break would end the field: text from outside could then say READY=1 in our name.
        send("STATUS=\(LogText.escaped(text))")
    }

    /// The start, or the stop, takes longer than the unit allows, and is not hanging: the service manager waits this
    /// long from now on.
    public func extendTimeout(_ duration: Duration) {
        let parts = duration.components
        let microseconds = parts.seconds * 1_000_000 + parts.attoseconds / 1_000_000_000_000
        send("EXTEND_TIMEOUT_USEC=\(max(0, microseconds))")
    }

    /// The daemon is alive. See `WatchdogFeeder` for when that may be said.
    public func watchdog() { send("WATCHDOG=1") }

    /// How long the service manager waits for `watchdog()` before it kills; nil when it does not watch this process.
    public var watchdogInterval: Duration? {
        var microseconds: UInt64 = 0
        guard sd_watchdog_enabled(0, &microseconds) > 0, let whole = Int64(exactly: microseconds) else { return nil }
        return .microseconds(whole)
    }

    private func send(_ state: String) {
        // A failure cannot be handled here: a manager that gets no READY or WATCHDOG acts on it itself.
        _ = sd_notify(0, state)
    }
}
