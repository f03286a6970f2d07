import CallCenter
import Glibc
import NIOCore
import NIOPosix
import Storage

/// Counts the figures of a time past anew, from the visits themselves, by the thresholds that hold now.
enum Recounting {
    /// Threads of its own, which give way to the calls: years are minutes of reading.
    private static let threads: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: System.coreCount)
        pool.start()
        return pool
    }()

    /// How much later than the calls a thread that recounts is given the processor (`nice`).
    private static let niceness: Int32 = 10

    /// - Parameter live: calls that are not in the history, or not in it alone.
    static func figures(_ live: [Call], _ kept: KeptCalls, policy: Policy, gaps: [Centre.LinkGap], skews: [ClockSkew])
        async throws -> PastFigures
    {
        var recount = Recount(policy: policy)
        for call in live { recount.add(call) }
        let numbers = Set(live.map(\.number))
        return try await withThrowingTaskGroup(of: Recount.self) { group in
            for _ in 0..<System.coreCount {
                group.addTask {
                    try await threads.runIfActive {
                        // Linux knows a priority of the calling thread alone.
                        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness)
                        var part = Recount(policy: policy)
                        while try kept.nextPage({ if !numbers.contains($0.number) { part.add($0) } }) {}
                        return part
                    }
                }
            }
            for try await part in group { recount += part }
            return recount.figures(gaps: gaps, skews: skews)
        }
    }
}
