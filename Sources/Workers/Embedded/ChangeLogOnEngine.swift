import Dispatch
import Engine
import Storage
import Synchronization

/// The log, as the writers of records need it, through the engine that owns it: changes and events share its commits.
public struct ChangeLogOnEngine: ChangeLog {
    private let engine: Engine

    public init(_ engine: Engine) { self.engine = engine }

    public func append(_ entry: [UInt8], _ kind: EntryKind) throws(ChangeLogError) -> Int64 {
        let answered = DispatchSemaphore(value: 0), reply = Reply()
        engine.append(change: entry, kind == .secrets ? .secrets : .records) { answer in
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
}
