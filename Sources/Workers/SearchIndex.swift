import Logging
import Storage

/// Keeps the index of the customers' search behind the records, beside everything else.
public struct SearchIndex: Sendable {
    /// Indexes so many records, and returns whether there are more.
    public typealias Step = @Sendable (_ count: Int) throws(StoreError) -> Bool

    private let index: Step
    private let logger: Logger
    private let clock: any Clock<Duration>

    public init(logger: Logger, clock: any Clock<Duration> = ContinuousClock(), _ index: @escaping Step) {
        self.index = index
        self.logger = logger
        self.clock = clock
    }

    /// Records at a time: some milliseconds in which nobody else writes.
    static let step = 200
    /// Between two steps while there is more: an import and the calls have the rest of the time. Milliseconds.
    static let rest: Int64 = 2
    /// Between two looks while there is nothing. Milliseconds.
    static let pause: Int64 = 500

    /// Until the task is cancelled.
    public func follow() async {
        var isFailing = false
        while !Task.isCancelled {
            do throws(StoreError) {
                let isMore = try index(SearchIndex.step)
                isFailing = false
                try? await clock.sleep(for: .milliseconds(isMore ? SearchIndex.rest : SearchIndex.pause))
            } catch {
                if !isFailing { logger.error("the search is not kept up with the records: \(error)") }
                isFailing = true
                try? await clock.sleep(for: .seconds(10))
            }
        }
    }
}
