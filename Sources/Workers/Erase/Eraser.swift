import CallCenter
import Engine
import Logging
import Storage

/// Finishes erases that are in the log: replaces the customer's data in the log, in the history and in what is left of
/// it in the files, in pieces and beside the calls.
///
/// Each step may be done again, so a start after a crash begins with the first. The order keeps a state that is rebuilt
/// meanwhile right: the log before the erase is replaced only when a checkpoint behind it is on disk.
public final class Eraser: Sendable {
    private let records: CustomerStore
    private let engine: Engine
    private let history: HistoryWriter
    private let directory: String
    private let logger: Logger
    /// Replaces the same in the log that machines share, up to a position, or waits until another one has.
    private let shared: (@Sendable (_ seq: Int64) async throws -> Void)?
    private let clock: any Clock<Duration>
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation
    /// Called before each step; a test makes it fail there.
    let before: @Sendable (Step) throws -> Void

    enum Step: CaseIterable, Sendable {
        case checkpoint, traces, log, shared, history, search, files, done
    }

    /// - Parameter shared: replaces the same in the log that machines share, up to a position, or waits until another
    ///   machine has; nil for a log of this machine's own.
    public convenience init(
        records: CustomerStore, engine: Engine, history: HistoryWriter, directory: String, logger: Logger,
        shared: (@Sendable (_ seq: Int64) async throws -> Void)? = nil
    ) {
        self.init(
            records: records, engine: engine, history: history, directory: directory, logger: logger, shared: shared,
            before: { _ in })
    }

    init(
        records: CustomerStore, engine: Engine, history: HistoryWriter, directory: String, logger: Logger,
        shared: (@Sendable (_ seq: Int64) async throws -> Void)? = nil,
        clock: any Clock<Duration> = ContinuousClock(), before: @escaping @Sendable (Step) throws -> Void
    ) {
        self.records = records
        self.engine = engine
        self.history = history
        self.directory = directory
        self.logger = logger
        self.shared = shared
        self.clock = clock
        self.before = before
        let made = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        wakes = made.stream
        wake = made.continuation
    }

    /// There is an erase to finish.
    public func begin() { wake.yield() }

    /// Pause between two pieces of work. Milliseconds.
    private static let rest: Int64 = 2
    /// Pause before a step is tried again that another reader or the disk prevented. Milliseconds.
    private static let again: Int64 = 100
    /// Pause after a failure. Seconds.
    private static let afterFailure: Int64 = 5

    /// Finishes what is there, and then whatever `begin` tells of, until the task is cancelled.
    public func follow() async {
        wake.yield()
        var problem = ""
        for await _ in wakes {
            do {
                for erase in try records.unfinishedErasures() { try await finish(erase) }
                problem = ""
            } catch is CancellationError { return } catch {
                if "\(error)" != problem { logger.error("an erase cannot be finished: \(error). It is tried again") }
                problem = "\(error)"
                try? await clock.sleep(for: .seconds(Eraser.afterFailure))
                wake.yield()
            }
        }
    }

    func finish(_ erase: UnfinishedErasure) async throws {
        try before(.checkpoint)
        while true {
            guard let isKept = await engine.isStateKept(through: erase.seq) else { throw CancellationError() }
            if isKept { break }
            try await pause(Eraser.again)
        }
        // What ended before the erase is in the queue of the history by now.
        try history.flush()
        try before(.traces)
        let traces = try records.traces(of: erase)
        let known = Set(traces.calls.map(\.number))
        let calls = traces.calls + erase.calls.filter { !known.contains($0.number) }
        try before(.log)
        let entries = try await replaceLog(erase, calls, traces.contacts)
        try before(.shared)
        try await shared?(erase.seq)
        try before(.history)
        try await replaceHistory(erase, calls, traces)
        try before(.search)
        while try records.mergeSearchIndex() { try await pause(Eraser.rest) }
        try before(.files)
        StateScrub.removeOldCheckpoint(in: directory)
        try await clean(.init(events: directory), erase)
        try await clean(.init(records: directory), erase)
        try before(.done)
        try records.noteErased(
            erase.customer, calls: calls.count, contacts: traces.contacts.count, entries: entries, at: Engine.now())
        // The row that is gone now is in the write-ahead log.
        let file = try StateScrub(records: directory)
        while try !file.emptyLog() { try await pause(Eraser.again) }
        logger.notice("customer \(erase.customer) is erased: \(calls.count) calls, \(entries) entries of the log")
    }

    private func replaceLog(
        _ erase: UnfinishedErasure, _ calls: [ErasedCall], _ contacts: Set<Int64>
    ) async throws -> Int {
        let eraser = try LogEraser(erase, calls: calls, contacts: contacts) { call throws(StoreError) in
            try records.nextCall(after: call)
        }
        var place: Int64? = 0, changed = 0
        while let from = place {
            let done = try LogRewriter.open(directory: directory).rewrite(from: from, through: erase.seq) { entry in
                try eraser.applied(to: entry)
            }
            place = done.next
            changed += done.changed
            try await pause(Eraser.rest)
        }
        return changed
    }

    private func replaceHistory(
        _ erase: UnfinishedErasure, _ calls: [ErasedCall], _ traces: CustomerStore.Traces
    ) async throws {
        var erasure = erase.erasure
        erasure.add(calls)
        var rest = traces.touched[...]
        while !rest.isEmpty {
            let piece = Array(rest.prefix(CustomerStore.erasedAtOnce))
            rest = rest.dropFirst(piece.count)
            try records.erase(calls: piece, by: erasure)
            try await pause(Eraser.rest)
        }
        try records.eraseContacts(of: erase.customer)
    }

    /// Overwrites what is left of the customer's texts in the unused parts of a file, and empties its write-ahead log.
    private func clean(_ make: StateScrub.Making, _ erase: UnfinishedErasure) async throws {
        let file = try make.open()
        while try !file.emptyLog() { try await pause(Eraser.again) }
        var from: Int64? = 1
        while let first = from {
            let (found, next) = try file.pagesWithRemains(of: erase, from: first)
            if !found.isEmpty {
                while try !file.clear(found) {
                    while try !file.emptyLog() { try await pause(Eraser.again) }
                }
            }
            from = next
            try await pause(Eraser.rest)
        }
        try file.touch()
        while try !file.emptyLog() { try await pause(Eraser.again) }
    }

    private func pause(_ ms: Int64) async throws {
        try await clock.sleep(for: .milliseconds(ms))
        try Task.checkCancellation()
    }
}
