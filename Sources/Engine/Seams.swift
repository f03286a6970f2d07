import CallCenter
import EventWire

/// The log, as the engine needs it: one of the seams at which a centre beyond one machine puts something else.
public protocol EngineLog: AnyObject {
    /// The newest position that was assigned; positions have no gaps.
    var lastSeq: Int64 { get }
    /// The newest position that is on disk.
    var committedSeq: Int64 { get }
    /// Collects an event at the next position.
    func append(readAt: Timestamp, source: String, line: UnsafeRawBufferPointer, lookup: Lookup?) throws
    /// Starts to write the collected events to disk, beside the engine's thread; `finishCommit` has to follow.
    ///
    /// - Parameter done: called on any thread when `finishCommit` need not wait any more.
    func beginCommit(_ done: @escaping @Sendable () -> Void)
    /// Waits for the commit that was begun; when it throws, nothing of it is on disk.
    func finishCommit() throws
    /// Writes the collected events to disk, on this thread; when it throws, nothing of it is.
    func commit() throws
    /// Removes all that is not on disk. No commit may be under way.
    func rollback()
    /// The line at a place, to compare a re-sent id with; nil when it is not there any more. Waits for no commit.
    func line(_ seq: Int64) -> LoggedLine?
    /// Starts to store a state, which may take place on another thread once `ready` has returned there; false when the
    /// one before is still being kept.
    func keep(_ state: Checkpoint, at seq: Int64, after ready: @escaping @Sendable () throws -> Void) -> Bool
    /// How the keeping of states has gone.
    var keeping: Keeping { get }
    /// Begins to delete some entries up to `seq` that were read before `time`, but never of the newest one, beside the
    /// engine's thread.
    ///
    /// - Returns: whether there is more to do: ask again.
    func cut(through seq: Int64, before time: Timestamp) -> Bool
    /// Waits until the state that is being kept is kept, or could not be.
    func finishKeeping()
    /// The rules that hold for the events behind `seq`.
    func adopt(_ policy: Policy, after seq: Int64) throws
    /// Opens what is on disk for reading, on whatever thread calls it and beside whoever writes.
    var opening: @Sendable () throws -> any LogReader { get }
}

/// The input from which a state is rebuilt: reads what is on disk, on one thread at a time.
public protocol LogReader: AnyObject {
    /// The newest position that is on disk.
    var lastSeq: Int64 { get throws }
    /// The newest kept state.
    func checkpoint() throws -> (seq: Int64, state: Checkpoint)?
    /// Tells every entry behind `seq`, in order; who was found is only read for entries behind `stateFrom`.
    func replay(after seq: Int64, stateFrom: Int64, _ tell: (LoggedLine, Lookup?) throws -> Void) throws
    /// All rules that ever held, oldest first.
    func policies() throws -> [(after: Int64, policy: Policy)]
}

/// How the keeping of states has gone.
public struct Keeping: Equatable, Sendable {
    /// The log position of the newest state that is on disk; 0 for none. What is behind it is in the log alone.
    public var keptSeq: Int64 = 0
    /// Attempts that failed since the start.
    public var failures: Int64 = 0
    /// Why the last attempt failed, in a sentence; nil when it did not.
    public var problem: String?
    /// One is being kept.
    public var isUnderWay = false

    public init() {}
}

/// An event's line as it is in the log.
public struct LoggedLine: Sendable {
    public var seq: Int64
    /// When the daemon read it.
    public var readAt: Timestamp
    /// The source it has if it names none.
    public var source: String
    public var line: [UInt8]

    /// What the line says; nil for none of ours.
    public var event: Event? {
        line.withUnsafeBytes {
            try? EventDecoder.decode($0, defaultSource: source, readAt: readAt, allowInternal: true)
        }?.event
    }

    public init(seq: Int64, readAt: Timestamp, source: String, line: [UInt8]) {
        self.seq = seq
        self.readAt = readAt
        self.source = source
        self.line = line
    }
}

/// The customers, as the engine needs them: another seam.
public protocol CallerDirectory: AnyObject {
    func lookup(_ question: Centre.LookupQuestion) -> Lookup
    /// The questions of a burst were asked; they may have been answered from one state of the records, and the next are
    /// asked again.
    func rest()
}

/// The history, as the engine needs it: the third seam. What was written before may come again after a crash, and
/// changes nothing then.
public protocol HistoryKeeper: Sendable {
    /// Adds entries and returns at once.
    func take(_ entries: [HistoryEntry])
    /// Returns when every entry added before is on disk.
    ///
    /// - Parameter seq: the log position up to which the history is complete then, to be noted; nil notes nothing.
    func flush(through seq: Int64?) throws
    /// The log position up to which the history is complete; nil when nobody noted it.
    var through: Int64? { get throws }
    /// More waited than may, so entries were removed, and there is room for them now: `retelling` and the log have to
    /// follow. No checkpoint is kept before.
    var lacksEntries: Bool { get }
    /// The log is replayed from the newest checkpoint: what was removed comes again.
    func retelling()
}
