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
        let recount = try await sum(live, kept, from: Recount(policy: policy), add: { $0.add($1) }, join: { $0 += $1 })
        return recount.figures(gaps: gaps, skews: skews)
    }

    /// Sums over all calls, those that are kept on threads of their own.
    static func sum<Sum: Sendable>(
        _ live: [Call], _ kept: KeptCalls, from empty: Sum,
        add: @escaping @Sendable (inout Sum, borrowing Call) -> Void, join: (inout Sum, Sum) -> Void
    ) async throws -> Sum {
        var whole = empty
        for call in live { add(&whole, call) }
        let numbers = Set(live.map(\.number))
        return try await withThrowingTaskGroup(of: Sum.self) { group in
            for _ in 0..<System.coreCount {
                group.addTask {
                    try await threads.run {
                        var part = empty
                        while try kept.nextPage({ if !numbers.contains($0.number) { add(&part, $0) } }) {}
                        return part
                    }
                }
            }
            for try await part in group { join(&whole, part) }
            return whole
        }
    }
}
