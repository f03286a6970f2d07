import CallCenter
import NIOCore
import NIOPosix
import Storage

/// Counts past figures again, from the visits themselves, by the thresholds that apply now.
enum Recounting {
    /// Separate threads with low priority, which do not delay calls: years are minutes of reading.
    private static let threads = BlockingThreads(System.coreCount, niceness: 10)

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
                    try await threads.run {
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
