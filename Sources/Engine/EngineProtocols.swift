import CallCenter
import EventWire

/// The log, as the engine needs it: one of the protocols that another storage would implement.
public protocol EngineLog: AnyObject {
    /// The newest position that was assigned; positions have no gaps.
    var lastSeq: Int64 { get }
    /// The newest position that is on disk.
    var committedSeq: Int64 { get }
    /// Appends an event at the next position, in memory.
    func append(readAt: Timestamp, source: String, line: UnsafeRawBufferPointer, lookup: Lookup?) throws
    /// Appends a change that is no event at the next position, in memory.
    func append(change bytes: UnsafeRawBufferPointer, _ kind: ChangeKind, readAt: Timestamp)
    /// Starts to write the collected events to disk, beside the engine's thread; `finishCommit` has to follow.
    ///
    /// - Parameter done: called on any thread when `finishCommit` need not wait any more.
    func beginCommit(_ done: @escaping @Sendable () -> Void)
    /// Waits for the started commit; when it throws, no event of it is on disk.
    func finishCommit() throws
    /// Writes the collected events to disk, on this thread; when it throws, nothing of it is.
    func commit() throws
    /// Discards everything that is not on disk. No commit may be running.
    func rollback()
    /// The line at a position, to compare a resent id with; nil when it was deleted. Does not wait for a commit.
    func line(_ seq: Int64) -> LoggedLine?
    /// Starts to write a checkpoint, on another thread after `ready` has returned there. False while the one before is
    /// being written.
    func writeCheckpoint(_ state: Checkpoint, at seq: Int64, after ready: @escaping @Sendable () throws -> Void) -> Bool
    /// How the keeping of states has gone.
    var checkpoints: CheckpointStatus { get }
    /// Starts to delete some entries up to `seq` that were read before `time`, but never the newest one, on another
    /// thread.
    ///
    /// - Returns: whether there is more to delete: call it again.
    func cut(through seq: Int64, before time: Timestamp) -> Bool
    /// Waits until the checkpoint that is being written is done or has failed.
    func finishCheckpoint()
    /// Collects the policy that applies to the events after `seq`, in memory: it is written with the next commit.
    func append(policy: Policy, after seq: Int64) throws
    /// Stores the policy that applies to the events after `seq`, and waits for the disk.
    func adopt(_ policy: Policy, after seq: Int64) throws
    /// Opens the files for reading, on any thread and beside the writer.
    var opening: @Sendable () throws -> any LogReader { get }
}

/// A log that several machines share (docs/decisions/0040): one of them leads and appends; the others follow, each with
/// a copy of its own.
public protocol SharedEngineLog: EngineLog {
    /// Starts to write rows that the leader has appended to this machine's copy; `finishFollowing` has to follow.
    ///
    /// - Parameter done: called on any thread when `finishFollowing` need not wait any more.
    /// - Returns: false when they do not continue the copy: nothing is written, and `done` is not called.
    func beginFollowing(_ rows: [SharedRow], _ done: @escaping @Sendable () -> Void) -> Bool
    /// Waits for the started write; when it throws, no row of it is in the copy.
    func finishFollowing() throws
    /// This machine leads from now on: its entries are of this leadership.
    func lead(epoch: Int64)
    /// Appends rules at the next position, in memory. They apply to the entries after them.
    func append(policy: Policy, readAt: Timestamp) throws
}

/// Entries of a shared log, packed as its storage packs them.
public struct SharedRow: Equatable, Sendable {
    /// The positions of its first entry and its last one.
    public var first: Int64
    /// The position of its last entry.
    public var last: Int64
    /// Which leadership has appended it, from 1 on.
    public var epoch: Int64
    /// When its newest entry was read.
    public var readAt: Timestamp
    /// How many of its entries are no events.
    public var changes: Int64
    /// As bytes that its storage alone reads.
    public var entries: [UInt8]

    /// Copies its values.
    public init(first: Int64, last: Int64, epoch: Int64, readAt: Timestamp, changes: Int64, entries: [UInt8]) {
        self.first = first
        self.last = last
        self.epoch = epoch
        self.readAt = readAt
        self.changes = changes
        self.entries = entries
    }
}

/// What a log entry changes that is no event: it has its place in the log, and no effect on calls.
public enum ChangeKind: Equatable, Sendable {
    /// Customers, cases, blocked numbers, imports.
    case records
    /// Tokens, accounts, sessions.
    case secrets
}

/// The input from which a state is rebuilt: reads what is on disk, on one thread at a time.
public protocol LogReader: AnyObject {
    /// The newest position that is on disk.
    var lastSeq: Int64 { get throws }
    /// The newest checkpoint; nil when there is none.
    func checkpoint() throws -> (seq: Int64, state: Checkpoint)?
    /// Calls `handle` with every entry after `seq`, in order and on this thread; another one may read ahead. Of entries
    /// up to `stateFrom` only the id is read. An error comes after the entries before it; one that `handle` throws ends
    /// the replay.
    func replay(after seq: Int64, stateFrom: Int64, _ handle: (LoggedEvent) throws -> Void) throws
    /// All policies that ever applied, oldest first.
    func policies() throws -> [(after: Int64, policy: Policy)]
}

/// How the keeping of states has gone.
public struct CheckpointStatus: Equatable, Sendable {
    /// The log position of the newest checkpoint on disk; 0 when there is none. Events after it are in the log alone.
    public var checkpointedSeq: Int64 = 0
    /// Attempts that failed since the start.
    public var failures: Int64 = 0
    /// Why the last attempt failed, in a sentence; nil when it succeeded.
    public var problem: String?
    /// A checkpoint is being written.
    public var isUnderWay = false

    /// No checkpoint yet.
    public init() {}
}

/// An event's line as it is in the log.
public struct LoggedLine: Sendable {
    /// Its position in the log.
    public var seq: Int64
    /// When the daemon read it.
    public var readAt: Timestamp
    /// The source that applies if the event names none.
    public var source: String
    /// One line of the event protocol, without its end; of a change, the change's own bytes.
    public var line: [UInt8]

    /// The entry is a change of records or secrets, and no event. No PBX's source contains a control character.
    public var isChange: Bool { LoggedLine.isChange(source) }
    static func isChange(_ source: String) -> Bool { source.utf8.first == 0 }

    /// The decoded event; nil when the line is not of this protocol.
    public var event: Event? {
        guard !isChange else { return nil }
        return line.withUnsafeBytes { LoggedEvent.decode($0, source: source, readAt: readAt) }
    }

    /// Copies its values; the line is not decoded.
    public init(seq: Int64, readAt: Timestamp, source: String, line: [UInt8]) {
        self.seq = seq
        self.readAt = readAt
        self.source = source
        self.line = line
    }
}

/// An entry of the log, decoded.
public struct LoggedEvent: Sendable {
    /// Its position in the log.
    public let seq: Int64
    /// When the daemon read it.
    public let readAt: Timestamp
    /// The length of its line. Bytes.
    public let length: Int
    /// The event's id; nil when it has none.
    let key: SeenIDs.Key?
    /// `SeenIDs.hash` of its line.
    let hash: UInt64
    /// nil when the entry is no event, when its line is not of this protocol, and when only its id was read.
    public let event: Event?
    /// nil when there was none, or it was not read.
    public let lookup: Lookup?

    /// Decodes a line of the log.
    ///
    /// - Parameters:
    ///   - source: the source that applies if the event names none.
    ///   - idOnly: reads nothing but the event's id.
    public init(
        seq: Int64, readAt: Timestamp, source: String, line: UnsafeRawBufferPointer, lookup: Lookup?,
        idOnly: Bool = false
    ) {
        self.seq = seq
        self.readAt = readAt
        length = line.count
        hash = SeenIDs.hash(line)
        if LoggedLine.isChange(source) {
            event = nil
            key = nil
        } else if idOnly {
            event = nil
            key = EventDecoder.identity(line, defaultSource: source).map { SeenIDs.Key($0.id, from: $0.source) }
        } else {
            let event = LoggedEvent.decode(line, source: source, readAt: readAt)
            self.event = event
            key = event.flatMap { event in event.id.map { SeenIDs.Key($0, from: event.source) } }
        }
        self.lookup = lookup
    }

    fileprivate static func decode(_ line: UnsafeRawBufferPointer, source: String, readAt: Timestamp) -> Event? {
        (try? EventDecoder.decode(line, defaultSource: source, readAt: readAt, allowInternal: true))?.event
    }
}

/// The customer records, as the engine needs them.
public protocol CallerDirectory: AnyObject {
    /// Reads who the question is about. On the engine's thread, or on the one that owns this directory; it does not
    /// throw: a caller who cannot be looked up is one whom nobody knows.
    func lookup(_ question: Centre.LookupQuestion) -> Lookup
    /// The look-ups of a burst are done. They may have used one snapshot of the database; the next ones use a new one.
    func rest()
}

/// The history, as the engine needs it. After a crash entries may be added a second time, which changes nothing.
public protocol HistorySink: Sendable {
    /// Adds entries and returns at once.
    ///
    /// - Parameter seq: the log position up to which the history is complete when they are on disk.
    func enqueue(_ entries: [HistoryEntry], through seq: Int64)
    /// Returns when every entry added before is on disk.
    ///
    /// - Parameter seq: the log position up to which the history is then complete, to be stored.
    func flush(through seq: Int64) throws
    /// Starts to write what was added, on another thread. Waits first for the write that was started before, and throws
    /// when that failed.
    func writeBeside() throws
    /// The log position up to which the history is complete, at least; nil when none is stored.
    var through: Int64? { get throws }
    /// Too many entries waited, so some were dropped, and there is room for them now: `beginReplay` and a replay of the
    /// log have to follow. No checkpoint is written before.
    var lacksEntries: Bool { get }
    /// The log will be replayed from the newest checkpoint: dropped entries are added again.
    func beginReplay()
    /// That replay failed: entries are still missing.
    func replayFailed()
}
