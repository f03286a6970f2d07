import Engine
import NIOCore

/// An event loop as the engine's thread.
struct LoopThread: EngineThread {
    let loop: any EventLoop

    func perform(_ job: @escaping @Sendable () -> Void) { loop.execute(job) }
    func perform(after milliseconds: Int, _ job: @escaping @Sendable () -> Void) {
        loop.scheduleTask(in: .milliseconds(Int64(milliseconds)), job)
    }
}
