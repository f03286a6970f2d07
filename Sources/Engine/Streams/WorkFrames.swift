import CallCenter
import EventWire

/// Whose list of what is to be done changed. Supervisors see everybody's.
public enum WorkConcerned: Equatable, Sendable {
    /// Every desk's: what nobody has yet, and what stands on every desk.
    case everybody
    /// The desks of these operators, by id.
    case operators(Set<String>)

    /// nil: of all.
    public var names: Set<String>? { if case .operators(let some) = self { some } else { nil } }

    /// Everybody whom one of the two concerns.
    public func union(_ other: WorkConcerned) -> WorkConcerned {
        guard case .operators(let some) = self, case .operators(let more) = other else { return .everybody }
        return .operators(some.union(more))
    }
}

extension Engine {
    /// Notifies the desks concerned that the list of what is to be done changed.
    public func workChanged(of concerned: WorkConcerned = .everybody) async {
        let streams = streams
        onWork.withLock { $0 }?(concerned)
        _ = await ask { _, now in streams.workChanged(of: concerned, now: now) }
    }

    /// Has somebody told each time, beside the desks of this machine. Called on any thread, and must not block.
    public func whenWorkChanges(_ tell: @escaping @Sendable (WorkConcerned) -> Void) { onWork.withLock { $0 = tell } }
}
