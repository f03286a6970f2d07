import CallCenter
import Dispatch
import Engine
import Storage
import Synchronization

/// The log, as the writers of records need it, through the engine that owns it: changes and events share its commits.
public struct ChangeLogOnEngine: ChangeLog {
    private let engine: Engine

    public init(_ engine: Engine) { self.engine = engine }

    public func append(_ entry: [UInt8], _ kind: EntryKind) throws(ChangeLogError) -> Int64 {
        try waited { answered in
            engine.append(change: entry, kind == .secrets ? .secrets : .records, answered: answered)
        }
    }

    public func append(
        erasing erasure: Erasure, _ entry: @escaping @Sendable ([ErasedCall]) -> [UInt8]
    ) throws(ChangeLogError) -> (seq: Int64, calls: [ErasedCall]) {
        let found = Found()
        let seq = try waited { answered in
            engine.append(
                erasing: erasure,
                entry: { calls in
                    found.calls.withLock { $0 = calls }
                    return entry(calls)
                }, answered: answered)
        }
        return (seq, found.calls.withLock { $0 })
    }

    /// Waits for the engine's answer.
    ///
    /// - Returns: the log position.
    private func waited(
        _ ask: (_ answered: @escaping @Sendable (EventReply) -> Void) -> Void
    ) throws(ChangeLogError) -> Int64 {
        let answered = DispatchSemaphore(value: 0), reply = Reply()
        ask { answer in
            reply.value.withLock { $0 = answer }
            answered.signal()
        }
        answered.wait()
        switch reply.value.withLock({ $0 }) {
        case .accepted(let seq?, _, _): return seq
        case .accepted, nil: throw ChangeLogError("the log gave the change no position")
        case .refused(let error): throw ChangeLogError(error.message)
        }
    }

    /// What the engine's thread answered.
    private final class Reply: Sendable { let value = Mutex<EventReply?>(nil) }
    /// The calls in memory that an erase found.
    private final class Found: Sendable { let calls = Mutex<[ErasedCall]>([]) }
}
