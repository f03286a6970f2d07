import Logging
import Storage

/// Keeps the index of the customers' search behind the records, beside everything else.
struct SearchIndex: Sendable {
    let records: CustomerStore
    let logger: Logger

    /// Records at a time: some milliseconds in which nobody else writes.
    private static let step = 200
    /// Between two steps while there is more: an import and the calls have the rest of the time. Milliseconds.
    private static let rest: Int64 = 2
    /// Between two looks while there is nothing. Milliseconds.
    private static let pause: Int64 = 500

    /// Until the task is cancelled.
    func follow() async {
        var isFailing = false
        while !Task.isCancelled {
            do throws(StoreError) {
                let isMore = try records.indexSome(SearchIndex.step)
                isFailing = false
                try? await Task.sleep(for: .milliseconds(isMore ? SearchIndex.rest : SearchIndex.pause))
            } catch {
                if !isFailing { logger.error("the search is not kept up with the records: \(error)") }
                isFailing = true
                try? await Task.sleep(for: .seconds(10))
            }
        }
    }
}
