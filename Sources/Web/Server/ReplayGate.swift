import Synchronization

/// How many replays of the log for requests run or wait at once: each reads the log from its beginning, one after the
/// other, so those behind them would wait for minutes.
final class ReplayGate: Sendable {
    /// One runs, and three wait.
    static let most = 4

    private let running = Mutex(0)
    private let refusals = Atomic<Int>(0)

    /// Replays that were refused since the start.
    var refusedCount: Int { refusals.load(ordering: .relaxed) }

    /// - Throws: `Problem` 503 when too many run already.
    func run<Value: Sendable>(_ replay: () async throws -> Value) async throws -> Value {
        let isFree = running.withLock { running in
            guard running < ReplayGate.most else { return false }
            running += 1
            return true
        }
        guard isFree else {
            refusals.wrappingAdd(1, ordering: .relaxed)
            throw Problem(
                .serviceUnavailable, "\(ReplayGate.most) replays of the log run or wait already: ask again later.",
                headers: [.retryAfter: "10"])
        }
        defer { running.withLock { $0 -= 1 } }
        return try await replay()
    }
}
