import Logging
import Storage

/// Updates what is computed from the records after their changes, in the background: the index of the customers'
/// search, and the facts that lists are made of.
public struct SearchIndex: Sendable {
    /// Indexes so many records, and returns whether there are more.
    public typealias Step = @Sendable (_ count: Int) throws(StoreError) -> Bool

    private let index: Step
    private let logger: Logger
    /// What is behind when a step fails.
    private let what: String
    private let clock: any Clock<Duration>

    /// - Parameter what: the beginning of the sentence about a step that fails.
    public init(
        logger: Logger, what: String = "the search is", clock: any Clock<Duration> = ContinuousClock(),
        _ index: @escaping Step
    ) {
        self.index = index
        self.logger = logger
        self.what = what
        self.clock = clock
    }

    /// Records in one step: it blocks other writers for some milliseconds.
    static let step = 200
    /// Pause between two steps while there is more: imports and calls use the database meanwhile. Milliseconds.
    static let rest: Int64 = 2
    /// Pause between two checks while there is nothing to do. Milliseconds.
    static let pause: Int64 = 500

    /// Runs until the task is cancelled.
    public func follow() async {
        var isFailing = false
        while !Task.isCancelled {
            do throws(StoreError) {
                let isMore = try index(SearchIndex.step)
                isFailing = false
                try? await clock.sleep(for: .milliseconds(isMore ? SearchIndex.rest : SearchIndex.pause))
            } catch {
                if !isFailing { logger.error("\(what) not kept up with the records: \(error)") }
                isFailing = true
                try? await clock.sleep(for: .seconds(10))
            }
        }
    }
}
