import Glibc
import NIOCore
import NIOPosix

/// A pool of threads for one kind of blocking work: reading a database, checking a password, importing a file.
///
/// Blocking work must not run where other work waits for a thread: neither on the concurrency pool, which has a thread
/// for each processor and runs every connection, nor on the threads that decode for PBXs. Work beyond the pool's size
/// waits for this pool only.
public final class BlockingThreads: TaskExecutor {
    private let pool: NIOThreadPool
    private let niceness: Int32

    /// - Parameters:
    ///   - count: number of threads.
    ///   - niceness: lowers the threads' priority below that of calls, 0 to 19 (`nice`).
    public init(_ count: Int, niceness: Int32 = 0) {
        self.niceness = niceness
        pool = NIOThreadPool(numberOfThreads: count)
        pool.start()
    }

    /// For Swift's runtime: a task that prefers this executor runs on one of its threads.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        submit { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// Runs blocking work, after the work submitted before.
    public func submit(_ work: @escaping @Sendable () -> Void) {
        pool.submit { [niceness] _ in
            // Linux knows a priority of the calling thread alone.
            if niceness > 0 { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness) }
            work()
        }
    }

    /// The same, waited for.
    public func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            submit { continuation.resume(with: Result { try work() }) }
        }
    }

    // The kinds of the interface. docs/architecture.md, "Threads", has all of the daemon's.

    /// Handlers of requests, which read records and history.
    static let requests = BlockingThreads(4)
    /// scrypt: a tenth of a second and 32 MiB for each password, and guesses are not to crowd out calls.
    static let passwords = BlockingThreads(1, niceness: 5)
    /// Imports and exports, which take minutes.
    static let files = BlockingThreads(2, niceness: 10)
    /// Events of requests: decodes them and looks callers up.
    static let posts = BlockingThreads(1)
    /// Reads the log for those who follow it: a bounded piece at a time.
    static let followers = BlockingThreads(2, niceness: 5)
}
