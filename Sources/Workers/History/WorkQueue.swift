import Dispatch

/// A serial queue of jobs, some of them delayed, on a thread that may wait for a disk.
public protocol WorkQueue: Sendable {
    /// A monotonic clock. Milliseconds.
    var now: Int64 { get }
    /// Runs the job after a delay, and after the jobs that are due before it.
    func run(after milliseconds: Int64, _ job: @escaping @Sendable () -> Void)
    /// Runs the job after those that are due, and returns when it has run. Must not be called from a job.
    func runAndWait(_ job: () -> Void)
}

/// A Dispatch queue.
public struct DispatchWorkQueue: WorkQueue {
    private let queue: DispatchQueue

    /// - Parameter label: what a debugger calls its thread.
    public init(label: String) { queue = DispatchQueue(label: label) }

    /// Milliseconds of uptime; stands still while the machine is suspended.
    public var now: Int64 { Int64(DispatchTime.now().uptimeNanoseconds / 1_000_000) }

    /// On the queue's own thread, at the earliest after the delay.
    public func run(after milliseconds: Int64, _ job: @escaping @Sendable () -> Void) {
        queue.asyncAfter(deadline: .now() + .milliseconds(Int(milliseconds)), execute: job)
    }

    /// Blocks the thread until the job has run.
    public func runAndWait(_ job: () -> Void) { queue.sync(execute: job) }
}
