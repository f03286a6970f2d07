import CallCenter

/// The log, as the engine needs it: one of the two seams at which a centre beyond one machine puts something else.
public protocol EngineLog: AnyObject {
    /// The newest place that was given out; places have no gaps.
    var lastSeq: Int64 { get }
    /// Collects an event at the next place.
    func append(readAt: Timestamp, source: String, line: UnsafeRawBufferPointer, lookup: Lookup?) throws
    /// Puts what was collected on disk; when it throws, nothing of it is.
    func commit() throws
    func rollback()
    /// The line at a place, to compare a re-sent id with.
    func line(_ seq: Int64) -> (readAt: Timestamp, source: String, line: [UInt8])?
    /// The newest kept state.
    func checkpoint() throws -> (seq: Int64, state: Checkpoint)?
    /// Keeps a state.
    func keep(_ state: Checkpoint, at seq: Int64) throws
    /// Tells every entry behind `seq`, in order.
    func replay(after seq: Int64, _ tell: (_ seq: Int64, _ readAt: Timestamp, _ source: String, _ line: [UInt8], _ lookup: Lookup?) -> Void) throws
}

/// The customers, as the engine needs them: the other seam.
public protocol CallerDirectory: AnyObject {
    func lookup(_ question: Centre.LookupQuestion) -> Lookup
}
