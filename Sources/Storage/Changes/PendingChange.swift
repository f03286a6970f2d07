import CallCenter
import Dispatch
import Synchronization

/// A change on its way into the log. Whoever handed it over can wait for its fate for a while, and go on without it: it
/// is never taken back. When the database of a shared log is away, the fate is known when the database is back.
public final class PendingChange: Sendable {
    /// What became of the change.
    public enum Fate: Equatable, Sendable {
        /// It is in the log, at this position.
        ///
        /// - Parameter calls: of an erase: the calls in the live state that were the customer's.
        case kept(seq: Int64, calls: [ErasedCall])
        /// Nothing more will come of it here.
        case refused(ChangeLogError)
    }

    private struct State {
        var fate: Fate?
        /// What runs when the fate is known.
        var then: [@Sendable () -> Void] = []
    }
    private let state = Mutex(State())
    /// Signalled once; each one who waits passes it on.
    private let signal = DispatchSemaphore(value: 0)
    /// When it was handed over.
    public let since = ContinuousClock.now

    /// One whose fate is not known yet.
    public init() {}

    /// One whose fate is known.
    public convenience init(_ fate: Fate) {
        self.init()
        decide(fate)
    }

    /// nil while it is not known.
    public var fate: Fate? { state.withLock { $0.fate } }

    /// Says what became of it. Only the first call counts. Blocks nothing.
    public func decide(_ fate: Fate) {
        let then: [@Sendable () -> Void]? = state.withLock { state in
            guard state.fate == nil else { return nil }
            state.fate = fate
            defer { state.then = [] }
            return state.then
        }
        guard let then else { return }
        signal.signal()
        for work in then { work() }
    }

    /// Waits for its fate.
    ///
    /// - Returns: nil when it is not known at the deadline.
    public func wait(until deadline: ContinuousClock.Instant) -> Fate? {
        if let fate { return fate }
        let left = ContinuousClock.now.duration(to: deadline)
        guard left > .zero else { return nil }
        let (seconds, attoseconds) = left.components
        let microseconds = Int(seconds) * 1_000_000 + Int(attoseconds / 1_000_000_000_000)
        if signal.wait(timeout: .now() + .microseconds(microseconds)) == .success { signal.signal() }
        return fate
    }

    /// Waits for its fate without limit: for a start.
    public func kept() throws(ChangeLogError) -> (seq: Int64, calls: [ErasedCall]) {
        while true {
            switch fate {
            case .kept(let seq, let calls)?: return (seq, calls)
            case .refused(let error)?: throw error
            case nil:
                signal.wait()
                signal.signal()
            }
        }
    }

    /// Runs the work when the fate is known; at once when it is. It may run on the engine's thread, so it must not
    /// block.
    public func whenDecided(_ work: @escaping @Sendable () -> Void) {
        let isDecided = state.withLock { state in
            if state.fate == nil { state.then.append(work) }
            return state.fate != nil
        }
        if isDecided { work() }
    }
}

/// How long writers wait for the log.
enum LogWait {
    /// The records' lock, and an open transaction of theirs, are kept for so long: a commit takes some milliseconds.
    static let holding = Duration.milliseconds(100)
    /// A change that somebody waits for is answered within this time.
    static let answering = Duration.seconds(2)
    /// The next rows of an import wait for so long.
    static let importing = Duration.seconds(60)
    /// Time between two attempts to append what is in force already. Milliseconds.
    static let retrying = 500
}
