import CallCenter
import Logging
import Storage

/// Removes messages between desks that are older than the retention, in the background.
public struct MessageCut: Sendable {
    private let records: CustomerStore
    private let retention: @Sendable () -> Int64
    private let logger: Logger

    /// Messages that are removed in one step: it blocks other writers for some milliseconds.
    private static let atOnce = 200

    /// - Parameter retention: how long messages stay. Milliseconds.
    public init(records: CustomerStore, retention: @escaping @Sendable () -> Int64, logger: Logger) {
        self.records = records
        self.retention = retention
        self.logger = logger
    }

    /// Looks from time to time, until the task is cancelled. Writes on the calling thread.
    public func follow(every: Duration = .seconds(600), now: @Sendable () -> Timestamp) async {
        while !Task.isCancelled {
            do throws(StoreError) {
                if try records.cutMessages(before: now() - retention(), limit: MessageCut.atOnce) {
                    try? await Task.sleep(for: .milliseconds(20))
                    continue
                }
            } catch { logger.error("old messages are not removed; it is tried again: \(error)") }
            try? await Task.sleep(for: every)
        }
    }
}
