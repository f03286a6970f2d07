import Glibc
import Synchronization

/// Whether the user wants a backup or a restore to end: Ctrl-C, or a stop by systemd.
///
/// The work looks at it between two steps, removes what it has made so far, and throws `BackupError.stopped`.
public enum Interruption {
    private static let asked = Atomic<Bool>(false)

    private static let signals = [SIGINT, SIGTERM, SIGHUP]

    /// Whether one of the signals has come since `listen`. May be asked on any thread.
    public static var isAsked: Bool { asked.load(ordering: .relaxed) }

    /// From here on SIGINT, SIGTERM and SIGHUP do not end the process, but ask for its end.
    public static func listen() {
        // Initialised here: the first use of a global takes a lock, which a signal handler must not wait for.
        _ = isAsked
        for number in signals where !isIgnored(number) {
            signal(number) { _ in Interruption.asked.store(true, ordering: .relaxed) }
        }
    }

    /// As under nohup.
    private static func isIgnored(_ number: CInt) -> Bool {
        var now = sigaction()
        sigaction(number, nil, &now)
        return unsafeBitCast(now.__sigaction_handler.sa_handler, to: Int.self) == 1
    }

    /// From here on they end the process at once.
    public static func ignore() {
        for number in signals where !isIgnored(number) { signal(number, SIG_DFL) }
    }
}
