import CallCenter
import Logging
import Storage

/// Erases customers who were deleted longer ago than the retention, in the background, a few at a time. Each is an
/// erase like any other: in the log, out of records and history, with a line that stays.
public struct DeletedCut: Sendable {
    private let writer: RecordWriter
    private let retention: @Sendable () -> Int64
    private let logger: Logger

    /// Customers that are erased in one step: each is one change, and others write in between.
    static let atOnce = 20
    /// In the line that stays of each.
    static let reason = "deleted for longer than retention.deleted"

    /// - Parameter retention: how long a deleted customer can be brought back. Milliseconds.
    public init(writer: RecordWriter, retention: @escaping @Sendable () -> Int64, logger: Logger) {
        self.writer = writer
        self.retention = retention
        self.logger = logger
    }

    /// Looks from time to time, until the task is cancelled. Writes on the calling thread.
    ///
    /// - Parameters:
    ///   - leads: whether this node of a cluster may write now.
    ///   - erased: called with who was erased in a step.
    public func follow(
        every: Duration = .seconds(600), leads: @Sendable () -> Bool, now: @Sendable () -> Timestamp,
        erased: @Sendable ([ErasedCustomer]) async -> Void
    ) async {
        while !Task.isCancelled {
            if leads() {
                var last: (at: Timestamp, id: Int64)?
                repeat {
                    let step = step(after: last, at: now())
                    last = step.last
                    if !step.erased.isEmpty { await erased(step.erased) }
                    try? await Task.sleep(for: .milliseconds(20))
                } while last != nil && !Task.isCancelled && leads()
            }
            try? await Task.sleep(for: every)
        }
    }

    /// Erases the next few.
    ///
    /// - Parameter last: who was looked at last; nil begins with the one deleted longest ago.
    /// - Returns: who was erased, and who was looked at last; nil when nobody is left.
    func step(
        after last: (at: Timestamp, id: Int64)?, at now: Timestamp
    ) -> (erased: [ErasedCustomer], last: (at: Timestamp, id: Int64)?) {
        var erased: [ErasedCustomer] = []
        do {
            let some = try writer.store.deletedCustomers(
                before: now - retention(), after: last, limit: DeletedCut.atOnce)
            for one in some {
                do throws(EditError) {
                    let done = try writer.erase(
                        one.id, reason: DeletedCut.reason, by: Author(nil, through: .rule), at: now)
                    if !done.wasErased { erased.append(done.line) }
                } catch { logger.error("deleted customer \(one.id) is not erased; it is tried again: \(error)") }
            }
            guard some.count == DeletedCut.atOnce, let end = some.last else { return (erased, nil) }
            return (erased, (end.at, end.id))
        } catch {
            logger.error("customers deleted long ago are not erased; it is tried again: \(error)")
            return (erased, nil)
        }
    }
}
