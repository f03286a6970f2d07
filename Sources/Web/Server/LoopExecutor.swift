import NIOCore

/// Runs a task on the event loop of its connection: a frame that the engine enqueues is written by the thread that is
/// woken, without another switch of threads.
///
/// Only for tasks that never block: the loop serves other connections too.
final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
