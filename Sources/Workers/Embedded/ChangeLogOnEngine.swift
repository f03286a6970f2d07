import CallCenter
import Engine
import Storage
import Synchronization

/// The log, as the writers of records need it, through the engine that owns it: changes and events share its commits.
public struct ChangeLogOnEngine: ChangeLog {
    private let engine: Engine

    /// The engine has to be started before anything is appended.
    public init(_ engine: Engine) { self.engine = engine }

    /// Blocks the thread until the entry is on disk; never to be called on the engine's thread.
    public func append(_ entry: [UInt8], _ kind: EntryKind) throws(ChangeLogError) -> Int64 {
        try begin(entry, kind).kept().seq
    }

    /// Blocks the thread until the entry is on disk; never to be called on the engine's thread.
    public func append(
        erasing erasure: Erasure, _ entry: @escaping @Sendable ([ErasedCall]) -> [UInt8]
    ) throws(ChangeLogError) -> (seq: Int64, calls: [ErasedCall]) { try begin(erasing: erasure, entry).kept() }

    /// Returns at once; the result is decided on the engine's thread.
    public func begin(_ entry: [UInt8], _ kind: EntryKind) -> PendingChange {
        let pending = PendingChange()
        engine.append(change: entry, kind == .secrets ? .secrets : .records) { pending.decide(.init($0, calls: [])) }
        return pending
    }

    /// Returns at once; the result is decided on the engine's thread, after the erase was applied there.
    public func begin(
        erasing erasure: Erasure, _ entry: @escaping @Sendable ([ErasedCall]) -> [UInt8]
    ) -> PendingChange {
        let pending = PendingChange(), found = Found()
        engine.append(
            erasing: erasure,
            entry: { calls in
                found.calls.withLock { $0 = calls }
                return entry(calls)
            }, answered: { reply in pending.decide(.init(reply, calls: found.calls.withLock { $0 })) })
        return pending
    }

    /// The calls in memory that an erase found.
    private final class Found: Sendable { let calls = Mutex<[ErasedCall]>([]) }
}

extension PendingChange.Fate {
    /// What the engine's thread answered.
    fileprivate init(_ reply: EventReply, calls: [ErasedCall]) {
        switch reply {
        case .accepted(let seq?, _, _): self = .kept(seq: seq, calls: calls)
        case .accepted: self = .refused(ChangeLogError("the log gave the change no position", .unknown))
        case .refused(let error): self = .refused(ChangeLogError(error.message))
        case .notKept(let refusal, let why): self = .refused(ChangeLogError(why, .init(refusal)))
        }
    }
}

extension ChangeLogError.Kind {
    fileprivate init(_ refusal: ChangeRefusal) {
        self =
            switch refusal {
            case .untaken: .refused
            case .late: .late
            case .following: .following
            case .unknown: .unknown
            }
    }
}
