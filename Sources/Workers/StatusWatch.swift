import CallCenter
import Logging
import Storage

/// Looks whose status is another now, so that the owner and supervisors are warned when it changes, and not at the next
/// call alone. What changed while the daemon was stopped is not warned of.
public struct StatusWatch: Sendable {
    let records: CustomerStore
    let logger: Logger

    /// Customers of one look, at most.
    private static let atOnce = 10_000

    /// The log is where a look that failed is written.
    public init(records: CustomerStore, logger: Logger) {
        self.records = records
        self.logger = logger
    }

    /// Looks every few seconds, until the task is cancelled. Reads on the calling thread.
    ///
    /// - Parameters:
    ///   - dormantDays: no contact for so many days makes a dormant customer; nil while the daemon stops.
    ///   - now: the time.
    ///   - tell: passes on what changed.
    public func follow(
        every: Duration = .seconds(10), dormantDays: @Sendable () async -> Int?, now: @Sendable () -> Timestamp,
        tell: @Sendable ([StatusMove]) async -> Void
    ) async {
        var last = now()
        while !Task.isCancelled {
            let time = now()
            if let days = await dormantDays() {
                do {
                    let moves = try records.statusMoves(
                        since: last, now: time, dormantAfter: Int64(days) * 86_400_000, limit: StatusWatch.atOnce)
                    // A clock that was set back asks about nothing until it is there again.
                    last = max(last, time)
                    if !moves.isEmpty { await tell(moves) }
                } catch {
                    logger.error("changes of customers' status could not be read; they are tried again: \(error)")
                }
            }
            try? await Task.sleep(for: every)
        }
    }
}
