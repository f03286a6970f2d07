import CallCenter
import Engine
import Logging
import Storage
import Synchronization

/// Writes who saw which customer, on its own thread. Views wait `promptness` at most and are then on disk, all that
/// came meanwhile in one transaction.
public final class ViewWriter: ViewRecorder {
    /// The storage of the view log.
    struct Store: Sendable {
        var append: @Sendable ([RecordView]) throws(StoreError) -> Void
        var cut: @Sendable (_ before: Timestamp, _ now: Timestamp) throws(StoreError) -> Bool
        /// The newest entry that was written.
        var head: @Sendable () -> ViewMark

        init(
            append: @escaping @Sendable ([RecordView]) throws(StoreError) -> Void,
            cut: @escaping @Sendable (_ before: Timestamp, _ now: Timestamp) throws(StoreError) -> Bool,
            head: @escaping @Sendable () -> ViewMark
        ) {
            self.append = append
            self.cut = cut
            self.head = head
        }

        init(_ log: ViewLog) {
            self.init(append: log.append(_:), cut: log.cut(before:now:), head: { log.head })
        }
    }

    private let store: Store
    private let directory: String
    private let logger: Logger
    private let queue: any WorkQueue
    private let clock: @Sendable () -> Timestamp
    private let sizes: Sizes
    private let waiting = Mutex(Waiting())
    /// Used by the queue alone.
    private let repeats = Mutex(RepeatedViews())

    /// The bounds of what waits.
    struct Sizes: Sendable {
        /// From so many on, whoever asks over HTTP waits until there is room.
        var readersMax = 32_768
        /// Beyond so many, views of pops are dropped and counted: a pop never waits.
        var all = 65_536
        /// How long a request waits for room. Milliseconds.
        var patience: Int64 = 5_000
    }

    private struct Waiting {
        var views: [RecordView] = []
        /// Being written.
        var writing = 0
        var isScheduled = false
        /// A failed write will be tried again.
        var isRetrying = false
        var retention = Int64.max
        var written: Int64 = 0
        var dropped: Int64 = 0
        /// Dropped since the last line in the log about it.
        var unsaid: Int64 = 0
        var problem: String?

        var count: Int { views.count + writing }
    }

    /// The longest wait for further views. Milliseconds: what a crash may lose.
    static let promptness: Int64 = 250
    /// From so many waiting views on they are written at once.
    static let soon = ViewLog.viewsMax
    /// Delay before a failed write is tried again. Milliseconds.
    static let again: Int64 = 2_000
    /// Delay between two removals of views that are older than the retention. Milliseconds.
    static let cutEvery: Int64 = 3_600_000
    /// The first one after the start, and the next part of one that is not done. Milliseconds.
    static let cutFirst: Int64 = 60_000
    static let cutNext: Int64 = 100
    /// Pause between two looks for room. Milliseconds.
    private static let look: Int64 = 10

    /// - Parameters:
    ///   - directory: the state directory, to read the log in.
    ///   - retention: how long views stay. Milliseconds.
    public convenience init(log: ViewLog, directory: String, retention: Int64, logger: Logger) {
        self.init(
            store: Store(log), directory: directory, retention: retention, logger: logger,
            queue: DispatchWorkQueue(label: "views"), clock: Engine.now)
        if let notice = log.notice { logger.error("\(notice)") }
    }

    init(
        store: Store, directory: String, retention: Int64, logger: Logger, queue: any WorkQueue,
        clock: @escaping @Sendable () -> Timestamp, sizes: Sizes = Sizes()
    ) {
        self.store = store
        self.directory = directory
        self.logger = logger
        self.queue = queue
        self.clock = clock
        self.sizes = sizes
        adopt(retention: retention)
        noteHead()
        queue.run(after: ViewWriter.cutFirst) { self.cut() }
    }

    /// How long views stay from now on. Milliseconds.
    public func adopt(retention: Int64) { waiting.withLock { $0.retention = retention } }

    // MARK: Recording

    /// Waits for room, 5 seconds at most. Throws `ViewsNotWritable` when there is none by then; nothing is recorded
    /// then.
    public func record(_ views: [RecordView]) async throws {
        var waited: Int64 = 0
        while !enqueue(views, upTo: sizes.readersMax) {
            guard waited < sizes.patience else { throw ViewsNotWritable() }
            try await Task.sleep(for: .milliseconds(ViewWriter.look))
            waited += ViewWriter.look
        }
    }

    /// Never waits, on any thread. Without room the views are dropped and counted.
    public func recordAtOnce(_ views: [RecordView]) {
        if enqueue(views, upTo: sizes.all) { return }
        let isFirst = waiting.withLock { waiting in
            waiting.dropped += Int64(views.count)
            defer { waiting.unsaid += Int64(views.count) }
            return waiting.unsaid == 0
        }
        if isFirst {
            logger.error("too many views wait to be written: those of further pops are in the event log alone")
        }
    }

    /// - Returns: false when there is no room below `limit`. A request of more views than fit at all is let in when
    /// nothing waits.
    private func enqueue(_ views: [RecordView], upTo limit: Int) -> Bool {
        guard !views.isEmpty else { return true }
        let (isIn, delay) = waiting.withLock { waiting -> (Bool, Int64?) in
            guard waiting.count + views.count <= limit || waiting.count == 0 else { return (false, nil) }
            waiting.views += views
            // A failed write has its own time at which it is tried again.
            if waiting.problem == nil, waiting.views.count >= ViewWriter.soon,
                waiting.views.count - views.count < ViewWriter.soon
            {
                waiting.isScheduled = true
                return (true, 0)
            }
            if waiting.isScheduled { return (true, nil) }
            waiting.isScheduled = true
            return (true, ViewWriter.promptness)
        }
        if let delay { queue.run(after: delay) { self.write() } }
        return isIn
    }

    // MARK: Writing, on the queue

    private func write() {
        let batch = waiting.withLock { waiting in
            let batch = waiting.views
            waiting.views = []
            waiting.writing = batch.count
            waiting.isScheduled = false
            return batch
        }
        if batch.isEmpty { return }
        let views = repeats.withLock { $0.without(batch) }
        do throws(StoreError) {
            try store.append(views)
            repeats.withLock { $0.note(views) }
            let unsaid = waiting.withLock { waiting in
                waiting.writing = 0
                waiting.written += Int64(views.count)
                waiting.problem = nil
                defer { waiting.unsaid = 0 }
                return waiting.unsaid
            }
            if unsaid > 0 { logger.warning("\(unsaid) views of pops are not in the view log; the event log has them") }
        } catch {
            let (isNew, isRetrying) = waiting.withLock { waiting in
                waiting.writing = 0
                waiting.views = views + waiting.views
                waiting.isScheduled = true
                defer {
                    waiting.problem = "\(error)"
                    waiting.isRetrying = true
                }
                return (waiting.problem == nil, waiting.isRetrying)
            }
            if isNew { logger.error("who saw which customer cannot be written: \(error); trying again") }
            if !isRetrying { queue.run(after: ViewWriter.again) { self.retry() } }
        }
    }

    private func retry() {
        waiting.withLock { $0.isRetrying = false }
        write()
    }

    /// Removes what is older than the retention.
    private func cut() {
        var isMore = false
        do throws(StoreError) {
            let now = clock(), retention = waiting.withLock { $0.retention }, before = store.head()
            isMore = try store.cut(now - retention, now)
            if store.head() != before, !isMore { noteHead() }
        } catch { logger.warning("old views cannot be removed: \(error)") }
        queue.run(after: isMore ? ViewWriter.cutNext : ViewWriter.cutEvery) { self.cut() }
    }

    /// Writes the newest hash into the daemon's log, which is stored elsewhere: `screenpop audit verify --expect` finds
    /// by it whether the view log was cut off or replaced since.
    private func noteHead() {
        let head = store.head()
        logger.info(
            "the view log has \(head.seq) entries, the newest hash is \(head.hex)",
            metadata: ["VIEWS": "\(head.seq)", "HASH": "\(head.hex)"])
    }

    /// Writes everything that waits; the daemon stops.
    public func close() {
        queue.runAndWait { self.write() }
        noteHead()
    }

    // MARK: Reading

    /// What waits is written first. Blocks for the disk.
    public func page(_ asked: ViewQuery) throws -> ViewPage {
        queue.runAndWait { self.write() }
        return try ViewReader.page(asked, in: directory)
    }

    /// What waits is written first. Blocks for the disk, as long as reading the whole log takes.
    public func verify(expecting expected: String?) throws -> ViewVerdict {
        queue.runAndWait { self.write() }
        return try ViewReader.verify(in: directory, expecting: expected, written: store.head())
    }

    /// To be read on any thread.
    public var status: ViewStatus {
        waiting.withLock { waiting in
            var status = ViewStatus()
            status.written = waiting.written
            status.backlog = waiting.count
            status.dropped = waiting.dropped
            status.problem = waiting.problem
            return status
        }
    }
}
