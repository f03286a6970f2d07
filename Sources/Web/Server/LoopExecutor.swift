import NIOCore

/// Runs a task on the event loop of its connection: what the engine puts before a stream is then written by the one
/// thread that it wakes, and not handed from that thread to another.
///
/// For tasks alone that never block: the loop serves other connections too.
final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
