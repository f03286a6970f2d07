import CallCenter
import Dispatch
import Engine
import Foundation
import Logging
import Storage
import Synchronization

/// Where entries have to be before they count, when machines share a log: the log proper, of which this machine's file
/// is
/// a copy.
public protocol LogAuthority: AnyObject, Sendable {
    /// Appends rows, and returns when they are there. Blocks a thread of its own, as long as the log is out of reach
    /// and
    /// this machine has not lost the right to append.
    ///
    /// - Returns: the rows as they are there: their epoch may be a later one.
    /// - Throws: when this machine may not append any more; the rows may be there, or not.
    func append(_ rows: [LogRow]) throws(LogError) -> [LogRow]
    /// The rows are in this machine's copy, too.
    func copied(_ rows: [LogRow])
    /// They are not, although they are in the log: this machine must not append any more.
    func failed(_ error: LogError)
}

/// Implements `EngineLog` with the embedded SQLite log.
public final class EngineLogOnSQLite: SharedEngineLog {
    private var log: EventLog
    private let authority: (any LogAuthority)?
    private let directory: String
    private let identity: LogIdentity
    private let file: CheckpointFile
    private let keeper: CheckpointQueue
    private let aside = CommitQueue()
    private let cutting: Cutting
    /// For single lines, beside a commit that is under way.
    private var reader: StoredLogReader?

    /// - Parameters:
    ///   - identity: the identity of the log.
    ///   - authority: the log proper when machines share one; nil when this is it.
    public init(
        _ log: consuming EventLog, identity: LogIdentity, checkpoint: CheckpointFile, directory: String,
        authority: (any LogAuthority)? = nil, logger: Logger
    ) {
        self.log = log
        self.authority = authority
        self.identity = identity
        self.directory = directory
        file = checkpoint
        keeper = CheckpointQueue(logger: logger)
        cutting = Cutting(directory: directory, logger: logger)
    }

    /// The newest position that was assigned, in memory or on disk.
    public var lastSeq: Int64 { log.lastSeq }
    /// The newest position that is on disk; of a shared log, in this machine's copy.
    public var committedSeq: Int64 { log.committedSeq }

    /// Never writes to disk by itself.
    public func append(readAt: Timestamp, source: String, line: UnsafeRawBufferPointer, lookup: Lookup?) throws {
        log.append(readAt: readAt.ms, source: source, line: line, facts: lookup.map(LookupBytes.encode) ?? [])
    }
    /// Never writes to disk by itself.
    public func append(change bytes: UnsafeRawBufferPointer, _ kind: ChangeKind, readAt: Timestamp) {
        log.append(change: bytes, kind: kind == .records ? .records : .secrets, readAt: readAt.ms)
    }
    /// Writes on a thread of its own; without anything to write, `done` is called before it returns.
    public func beginCommit(_ done: @escaping @Sendable () -> Void) {
        if let commit = log.beginCommit() { aside.begin(commit, by: authority, done) } else { done() }
    }
    /// Blocks until the write has ended. Throws the disk's error, or the authority's when this machine may not append.
    public func finishCommit() throws {
        try aside.finish()
        log.endCommit()
    }
    /// Blocks for the disk. Not for a shared log, which it would stop the program for.
    public func commit() throws {
        precondition(authority == nil, "a shared log is not waited for on the engine's thread")
        try log.commit()
    }
    /// Gives the positions of what is discarded to what is appended next.
    public func rollback() { log.rollback() }

    /// Reads beside a commit, over a connection of its own; nil as well when the file cannot be read.
    public func line(_ seq: Int64) -> LoggedLine? {
        if let entry = try? log.pending(seq) { return LoggedLine(entry) }
        if reader == nil { reader = try? StoredLogReader(directory: directory) }
        return reader?.line(seq)
    }

    /// Encodes the policy as JSON; it is in memory until the next commit.
    public func append(policy: Policy, after seq: Int64) throws {
        log.append(policy: [UInt8](try JSONEncoder().encode(policy)), after: seq)
    }

    /// Blocks until the policy is on disk; a commit that is under way is waited for.
    public func adopt(_ policy: Policy, after seq: Int64) throws {
        aside.wait()
        try log.adopt(policy: [UInt8](try JSONEncoder().encode(policy)), after: seq)
    }

    /// Opens a `StoredLogReader`; throws when the files cannot be opened.
    public var opening: @Sendable () throws -> any LogReader {
        { [directory, logger = keeper.logger] in try StoredLogReader(directory: directory, logger: logger) }
    }

    // MARK: A log that machines share

    /// The epoch goes into each row from now on.
    public func lead(epoch: Int64) { log.epoch = epoch }

    /// Encodes the policy as JSON, as an entry of the log.
    public func append(policy: Policy, readAt: Timestamp) throws {
        try JSONEncoder().encode(policy).withUnsafeBytes { log.append(change: $0, kind: .policy, readAt: readAt.ms) }
    }

    /// Writes on a thread of its own.
    public func beginFollowing(_ rows: [SharedRow], _ done: @escaping @Sendable () -> Void) -> Bool {
        guard let commit = log.beginFollowing(rows.map(LogRow.init)) else { return false }
        aside.begin(commit, by: nil, done)
        return true
    }

    /// Blocks until the write has ended; when it throws, nothing of it is in the copy.
    public func finishFollowing() throws {
        do { try aside.finish() } catch {
            log.rollback()
            throw error
        }
        log.endFollowing()
    }

    // MARK: Checkpoints and the end of the log

    /// To be read on any thread.
    public var checkpoints: CheckpointStatus { keeper.now }
    /// Blocks until no checkpoint is being written.
    public func finishCheckpoint() { keeper.finish() }
    /// Deletes on a thread and a connection of its own, some rows at a time.
    public func cut(through seq: Int64, before time: Timestamp) -> Bool { cutting.cut(through: seq, before: time.ms) }

    /// Encodes and writes on a thread of its own; a failure is in `checkpoints`.
    public func writeCheckpoint(_ state: Checkpoint, at seq: Int64, after ready: @escaping @Sendable () throws -> Void)
        -> Bool
    {
        keeper.begin(at: seq) { [file, identity] in
            try ready()
            try file.write(try CheckpointBytes.encode(state), at: seq, of: identity)
        }
    }

    /// Runs one commit at a time on its own thread.
    private final class CommitQueue: Sendable {
        private let queue = DispatchQueue(label: "commit", qos: .userInteractive)
        private let running = DispatchGroup()
        private let failure = Mutex<LogError?>(nil)

        /// - Parameter authority: where the rows have to be first; nil when this file is the log, or a copy is written.
        func begin(
            _ commit: EventLog.Commit, by authority: (any LogAuthority)?, _ done: @escaping @Sendable () -> Void
        ) {
            running.enter()
            queue.async { [self] in
                do throws(LogError) {
                    if let authority {
                        try copy(commit, authority)
                    } else {
                        try commit.run()
                    }
                } catch { failure.withLock { [error] in $0 = error } }
                running.leave()
                done()
            }
        }

        private func copy(_ commit: EventLog.Commit, _ authority: any LogAuthority) throws(LogError) {
            let rows = try authority.append(commit.rows)
            do throws(LogError) { try commit.with(rows).run() } catch {
                authority.failed(error)
                throw error
            }
            authority.copied(rows)
        }
        func wait() { running.wait() }
        func finish() throws(LogError) {
            wait()
            if let failed = failure.withLock({ $0.take() }) { throw failed }
        }
    }

    /// Writes one checkpoint at a time on its own thread. A failure is logged once until one succeeds.
    private final class CheckpointQueue: Sendable {
        let logger: Logger
        private let queue = DispatchQueue(label: "checkpoint")
        private let state = Mutex(CheckpointStatus())

        init(logger: Logger) { self.logger = logger }

        var now: CheckpointStatus { state.withLock { $0 } }

        func begin(at seq: Int64, _ work: @escaping @Sendable () throws -> Void) -> Bool {
            let isFree = state.withLock { state in
                defer { state.isUnderWay = true }
                return !state.isUnderWay
            }
            guard isFree else { return false }
            queue.async { [self] in
                let problem = Result { try work() }.failure.map { "\($0)" }
                let before = state.withLock { state in
                    let before = state.problem
                    state.isUnderWay = false
                    state.problem = problem
                    if problem == nil { state.checkpointedSeq = seq } else { state.failures += 1 }
                    return before
                }
                logProblem(problem, before)
            }
            return true
        }

        private func logProblem(_ problem: String?, _ before: String?) {
            if let problem, problem != before {
                logger.error(
                    """
                    the checkpoint cannot be kept: \(problem). It is tried again; until then a start takes longer, \
                    and the log is not cut
                    """
                )
            } else if problem == nil, before != nil {
                logger.notice("the checkpoint is kept again")
            }
        }

        func finish() { queue.sync {} }
    }

    /// Deletes old events, a few rows at a time, on its own thread and connection.
    private final class Cutting: Sendable {
        private let queue = DispatchQueue(label: "cut", qos: .utility)
        private let state = Mutex(State.idle)
        private let directory: String
        private let logger: Logger

        private enum State {
            case idle, atWork
            case done(isMore: Bool)
        }

        init(directory: String, logger: Logger) {
            self.directory = directory
            self.logger = logger
        }

        /// - Returns: whether to call it again: it is running, or there may be more.
        func cut(through seq: Int64, before time: Int64) -> Bool {
            let begins = state.withLock { state -> Bool? in
                switch state {
                case .atWork: return nil
                case .done(isMore: false):
                    state = .idle
                    return false
                case .idle, .done(isMore: true):
                    state = .atWork
                    return true
                }
            }
            guard begins == true else { return begins == nil }
            queue.async { [self] in
                var isMore = false
                do { isMore = try LogCutter.open(directory: directory).cut(through: seq, before: time) } catch {
                    logger.warning("old events cannot be cut off the log: \(error)")
                }
                state.withLock { [isMore] in $0 = .done(isMore: isMore) }
            }
            return true
        }
    }
}

extension LogRow {
    init(_ row: SharedRow) {
        self.init(
            first: row.first, last: row.last, epoch: row.epoch, readAt: row.readAt.ms, changes: row.changes,
            entries: row.entries)
    }
}

extension Result {
    fileprivate var failure: Failure? { if case .failure(let error) = self { error } else { nil } }
}
