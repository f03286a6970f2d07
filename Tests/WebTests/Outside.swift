import CallCenter
import Dispatch
import Engine
import Storage
import Synchronization
import Web

/// The engine's thread: a queue.
struct QueueThread: EngineThread {
    private let queue = DispatchQueue(label: "engine")
    func perform(_ job: @escaping @Sendable () -> Void) { queue.async(execute: job) }
    func perform(after milliseconds: Int, _ job: @escaping @Sendable () -> Void) {
        queue.asyncAfter(deadline: .now() + .milliseconds(milliseconds), execute: job)
    }
}

/// A clock that stands where the test sets it.
final class TestClock: Sendable {
    private let time = Mutex(Timestamp(ms: 1_795_392_000_000))
    var now: Timestamp { time.withLock { $0 } }
    func advance(by ms: Int64) { time.withLock { $0 = $0 + ms } }
}

/// A log in memory that nobody reads back.
final class MemoryLog: EngineLog {
    struct NotKept: Error {}
    private(set) var lastSeq: Int64 = 0
    private(set) var committedSeq: Int64 = 0
    let checkpoints = CheckpointStatus()

    func append(readAt: Timestamp, source: String, line: UnsafeRawBufferPointer, lookup: Lookup?) throws {
        lastSeq += 1
    }
    func append(change bytes: UnsafeRawBufferPointer, _ kind: ChangeKind, readAt: Timestamp) { lastSeq += 1 }
    func beginCommit(_ done: @escaping @Sendable () -> Void) { done() }
    func finishCommit() throws { try commit() }
    func commit() throws { committedSeq = lastSeq }
    func rollback() { lastSeq = committedSeq }
    func line(_ seq: Int64) -> LoggedLine? { nil }
    func writeCheckpoint(_ state: Checkpoint, at seq: Int64, after ready: @escaping @Sendable () throws -> Void) -> Bool
    { true }
    func cut(through seq: Int64, before time: Timestamp) -> Bool { false }
    func finishCheckpoint() {}
    func append(policy: Policy, after seq: Int64) throws {}
    func adopt(_ policy: Policy, after seq: Int64) throws {}
    var opening: @Sendable () throws -> any LogReader { { EmptyReader() } }
}

private final class EmptyReader: LogReader {
    let lastSeq: Int64 = 0
    func checkpoint() throws -> (seq: Int64, state: Checkpoint)? { nil }
    func policies() throws -> [(after: Int64, policy: Policy)] { [] }
    func replay(after seq: Int64, stateFrom: Int64, _ handle: (LoggedEvent) throws -> Void) throws {}
}

/// A log of changes in memory that nobody reads back.
final class MemoryChangeLog: ChangeLog {
    private let last = Mutex<Int64>(0)
    func append(_ entry: [UInt8], _ kind: EntryKind) throws(ChangeLogError) -> Int64 {
        last.withLock { last in
            last += 1
            return last
        }
    }
}

/// Knows no caller, or one whoever calls.
final class Nobody: CallerDirectory {
    private let card: CustomerCard?

    init(_ card: CustomerCard? = nil) { self.card = card }

    func lookup(_ question: Centre.LookupQuestion) -> Lookup {
        guard let card else { return Lookup(caller: .unavailable) }
        var raw = "0300000101"
        if case .number(let given?, _) = question { raw = given }
        let caller = CallerNumber(kind: .number, raw: raw, e164: "+81" + raw.dropFirst(), display: raw)
        return Lookup(caller: caller, candidates: [Candidate(customer: card)])
    }
    func rest() {}
}

/// A view log that writes at once, and refuses when it is told to.
final class DirectViews: ViewRecorder {
    private let log: ViewLog
    private let directory: String
    private let refuses = Mutex(false)

    init(_ directory: String) throws {
        self.directory = directory
        log = try ViewLog.open(directory: directory)
    }

    func refuse(_ refuses: Bool) { self.refuses.withLock { $0 = refuses } }
    func record(_ views: [RecordView]) async throws {
        if refuses.withLock({ $0 }) { throw ViewsNotWritable() }
        try log.append(views)
    }
    func recordAtOnce(_ views: [RecordView]) { try? log.append(views) }
    func page(_ asked: ViewQuery) throws -> ViewPage { try ViewReader.page(asked, in: directory) }
    func verify(expecting expected: String?) throws -> ViewVerdict {
        try ViewReader.verify(in: directory, expecting: expected, written: log.head)
    }
    var status: ViewStatus {
        var status = ViewStatus()
        status.problem = refuses.withLock { $0 } ? "the disk is full" : nil
        return status
    }

    /// All views, the oldest first.
    var all: [RecordView] { get throws { try page(ViewQuery(limit: 10_000)).lines.map(\.view).reversed() } }
}

/// A history in which nothing ever was.
struct NoHistory: HistorySink, CallHistory, PastStates {
    struct NotKept: Error {}
    /// Where past calls would be, for what reads them; nil: that throws.
    var store: CustomerStore?

    var through: Int64? { nil }
    var lacksEntries: Bool { false }
    var backlog: Int { 0 }
    func enqueue(_ entries: [HistoryEntry], through seq: Int64) {}
    func flush(through seq: Int64) throws {}
    func writeBeside() throws {}
    func beginReplay() {}
    func replayFailed() {}

    func calls(_ filter: CallFilter, below: Int64?, without live: Set<Int64>, limit: Int) throws -> [Call] { [] }
    func calls(id: String) throws -> [Call] { [] }
    func kept(from: Timestamp, to: Timestamp) throws -> KeptCalls {
        guard let store else { throw NotKept() }
        return store.calls(from: from, to: to)
    }
    func notes(on customer: Int64, below: ItemPlace?, limit: Int) throws -> [TouchpointEntry] { [] }
    func contacts(of customer: Int64, limit: Int) throws -> [Touchpoint] { [] }
    func touchpoints(_ asked: TimelineQuery) throws -> [TouchpointEntry] { [] }
    func lastContacts(of customers: Set<Int64>) -> [Int64: Timestamp] { [:] }
    func call(number: Int64) throws -> Call? { nil }
    func figures(from: Timestamp, to: Timestamp, forgottenThrough through: Timestamp) throws -> [PastFigures] { [] }

    func state(until time: Timestamp?, through seq: Int64?) async throws -> PastState { throw NotKept() }
    func entries(after seq: Int64, limit: Int) async throws -> [LoggedLine] { [] }
}
