/// The state machine of commits, as a value: what is not on disk yet, what is being written, and whether the state in
/// memory equals the log. `EngineCore` reports what happened and performs the returned action.
///
/// No reply `"ok":true` is sent for an event that is not on disk. When a commit fails, every event that was applied
/// after it is refused as well, and the state is rebuilt before another event is accepted.
struct BurstCommit: Equatable, Sendable {
    /// Whether the state in memory equals the log.
    enum Condition: CaseIterable, Sendable {
        /// Equal, and the disk is writable.
        case sound
        /// Equal. The last commit failed: until one succeeds, an event is written to disk before it is applied.
        case careful
        /// The state contains events that are not in the log: it has to be rebuilt before another event is accepted.
        case lost
        /// The state is being rebuilt on another thread; new events are refused.
        case restoring
    }
    private(set) var condition = Condition.sound
    /// Events were applied and shown that are neither on disk nor part of the running commit.
    private(set) var owes = false
    /// A commit is running on the commit thread.
    private(set) var isUnderWay = false

    /// An input of the state machine.
    enum Step: CaseIterable, Sendable {
        /// Events have arrived.
        case arrived
        /// They were applied.
        case applied
        /// Not all could be appended to the log, and some were applied.
        case notCollected
        /// The open events are to be committed on the commit thread.
        case dueBeside
        /// Everything has to be on disk before the engine continues.
        case dueAtOnce
        /// The commit succeeded: the running one, or the one on this thread.
        case committed
        /// It failed.
        case failed
        /// The new events were written to disk before they were applied.
        case writtenFirst
        /// A state in `lost` is to be rebuilt.
        case restoringDue
        /// The state was rebuilt.
        case restored
        /// The rebuild failed.
        case notRestored
        /// This machine leads a shared log from now on: its log can be written.
        case tookOver
        /// The history lacks entries that the log has: they are written by rebuilding the state.
        case historyLacks
    }

    /// The action that the caller has to perform.
    enum Action: Equatable, Sendable {
        case nothing
        /// Apply and show the new events; `applied` or `notCollected` follows.
        case apply
        /// Write the new events to disk, then apply and answer them; `writtenFirst` follows when there were any.
        case writeFirst
        /// Answer the new events with `unavailable`.
        case refuse
        /// Start a commit of the open events on the commit thread; `dueAtOnce`, or its result, follows.
        case beginBeside
        /// Wait for the running commit; `committed` or `failed` follows, then the step is repeated.
        case awaitCommit
        /// Commit the open events on this thread; `committed` or `failed` follows.
        case commitHere
        /// Send the replies of the commit that was running.
        case answerUnderWay
        /// Send the replies of the open events.
        case answerOwed
        /// Discard everything that is not on disk, and answer it with `unavailable`.
        case undo
        /// Rebuild the state on another thread; `restored` or `notRestored` follows.
        case restore
        /// Use the rebuilt state, and send `reset` to all screens.
        case reset
    }

    /// Whether any event is not on disk, or not answered.
    var isOwing: Bool { owes || isUnderWay }
    /// Whether the state may contain events that are not in the log.
    var isLost: Bool { condition == .lost || condition == .restoring }

    mutating func advance(_ step: Step) -> Action {
        switch step {
        case .arrived: onArrival
        case .applied: owe()
        case .notCollected: isUnderWay ? .awaitCommit : undo()
        case .dueBeside: beginBeside()
        case .dueAtOnce: isUnderWay ? .awaitCommit : owes ? .commitHere : .nothing
        case .committed: answer()
        case .failed: isOwing ? undo() : .nothing
        case .writtenFirst, .tookOver: change(to: .sound, from: .careful, .nothing)
        case .restoringDue: change(to: .restoring, from: .lost, .restore)
        case .restored: change(to: .careful, from: .restoring, .reset)
        case .notRestored: change(to: .lost, from: .restoring, .nothing)
        case .historyLacks: isOwing ? .nothing : change(to: .lost, from: .sound, .nothing)
        }
    }

    private var onArrival: Action {
        switch condition {
        case .sound: .apply
        case .careful: .writeFirst
        case .lost, .restoring: .refuse
        }
    }

    private mutating func owe() -> Action {
        owes = condition == .sound
        return .nothing
    }

    private mutating func beginBeside() -> Action {
        guard owes, !isUnderWay else { return .nothing }
        owes = false
        isUnderWay = true
        return .beginBeside
    }

    private mutating func answer() -> Action {
        if isUnderWay {
            isUnderWay = false
            return .answerUnderWay
        }
        defer { owes = false }
        return owes ? .answerOwed : .nothing
    }

    /// The open events depend on the running commit, and the state on both.
    private mutating func undo() -> Action {
        owes = false
        isUnderWay = false
        condition = .lost
        return .undo
    }

    private mutating func change(to next: Condition, from before: Condition, _ action: Action) -> Action {
        guard condition == before else { return .nothing }
        condition = next
        return action
    }
}
