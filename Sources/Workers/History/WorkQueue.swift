import Dispatch

/// Runs jobs one after the other, some of them later, on a thread that may wait for a disk.
public protocol WorkQueue: Sendable {
    /// A steady monotonic clock. Milliseconds.
    var now: Int64 { get }
    /// Runs the job when so many milliseconds have passed, and what was due before it.
    func run(after milliseconds: Int64, _ job: @escaping @Sendable () -> Void)
    /// Runs the job behind what is due, and returns when it has run. Not to be called from a job.
    func runAndWait(_ job: () -> Void)
}

/// A queue of the system's.
public struct DispatchWorkQueue: WorkQueue {
    private let queue: DispatchQueue

    /// - Parameter label: what a debugger calls its thread.
    public init(label: String) { queue = DispatchQueue(label: label) }

    public var now: Int64 { Int64(DispatchTime.now().uptimeNanoseconds / 1_000_000) }

    public func run(after milliseconds: Int64, _ job: @escaping @Sendable () -> Void) {
        queue.asyncAfter(deadline: .now() + .milliseconds(Int(milliseconds)), execute: job)
    }

    public func runAndWait(_ job: () -> Void) { queue.sync(execute: job) }
}
