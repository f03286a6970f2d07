/// How bursts of events are written to disk, as a value: what is owed, what is under way, and whether the state is what
/// the log says. `EngineCore` tells it what has happened, and does what it answers.
///
/// Nothing is answered `"ok":true` that is not on disk; when a commit fails, everything that was applied on top of it
/// is refused as well, and the state is rebuilt before anything else is taken.
struct BurstCommit: Equatable, Sendable {
    /// Whether the state is what the log says.
    enum Standing: CaseIterable, Sendable {
        /// It is, and the disk takes what comes.
        case sound
        /// It is. The last commit failed: until one succeeds, nothing is applied that is not on disk first.
        case careful
        /// It holds what is not in the log, and has to be rebuilt before anything is taken.
        case lost
        /// It is being rebuilt, beside the engine's thread; what comes meanwhile is refused.
        case restoring
    }
    private(set) var standing = Standing.sound
    /// Something was applied and shown that is neither on disk nor on its way there.
    private(set) var owes = false
    /// A commit runs beside the engine's thread.
    private(set) var isUnderWay = false

    /// What has happened.
    enum Step: CaseIterable, Sendable {
        /// Events have come.
        case arrived
        /// They were applied.
        case applied
        /// They could not all be collected in the log, and some were applied.
        case notCollected
        /// It is time to put what is owed on disk, beside the engine's thread.
        case dueBeside
        /// Everything is to be on disk before anything else is done.
        case dueAtOnce
        /// The commit succeeded: that under way, or the one on this thread.
        case committed
        /// It failed.
        case failed
        /// What came was written to disk before it was applied.
        case writtenFirst
        /// Time for a state that is lost to be rebuilt.
        case restoringDue
        /// It was rebuilt.
        case restored
        /// It could not be.
        case notRestored
        /// The history lacks entries that the log has: they are written by rebuilding the state.
        case historyLacks
    }

    /// What to do then.
    enum Action: Equatable, Sendable {
        case nothing
        /// Apply and show what came; `applied` or `notCollected` follows.
        case apply
        /// Put what came on disk, and apply and answer it then; `writtenFirst` follows when something was.
        case writeFirst
        /// Answer `unavailable` to what came.
        case refuse
        /// Begin a commit beside this thread of what is owed; `dueAtOnce`, or its end, follows.
        case beginBeside
        /// Wait for the commit under way; `committed` or `failed` follows, and what asked for it is asked again.
        case awaitCommit
        /// Commit what is owed on this thread; `committed` or `failed` follows.
        case commitHere
        /// Answer what was under way.
        case answerUnderWay
        /// Answer what was owed.
        case answerOwed
        /// Remove everything that is not on disk, and answer `unavailable` to it.
        case undo
        /// Rebuild the state beside this thread; `restored` or `notRestored` follows.
        case restore
        /// Take the state that was rebuilt, and tell all screens to start again from empty.
        case reset
    }

    /// Whether anything is not on disk, or not answered.
    var isOwing: Bool { owes || isUnderWay }
    /// Whether the state may hold what is not in the log.
    var isLost: Bool { standing == .lost || standing == .restoring }

    mutating func take(_ step: Step) -> Action {
        switch step {
        case .arrived: onArrival
        case .applied: owe()
        case .notCollected: isUnderWay ? .awaitCommit : undo()
        case .dueBeside: beginBeside()
        case .dueAtOnce: isUnderWay ? .awaitCommit : owes ? .commitHere : .nothing
        case .committed: answer()
        case .failed: isOwing ? undo() : .nothing
        case .writtenFirst: stand(.sound, from: .careful, .nothing)
        case .restoringDue: stand(.restoring, from: .lost, .restore)
        case .restored: stand(.careful, from: .restoring, .reset)
        case .notRestored: stand(.lost, from: .restoring, .nothing)
        case .historyLacks: isOwing ? .nothing : stand(.lost, from: .sound, .nothing)
        }
    }

    private var onArrival: Action {
        switch standing {
        case .sound: .apply
        case .careful: .writeFirst
        case .lost, .restoring: .refuse
        }
    }

    private mutating func owe() -> Action {
        owes = standing == .sound
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

    /// What is owed stands on what is under way, and the state on both.
    private mutating func undo() -> Action {
        owes = false
        isUnderWay = false
        standing = .lost
        return .undo
    }

    private mutating func stand(_ next: Standing, from before: Standing, _ action: Action) -> Action {
        guard standing == before else { return .nothing }
        standing = next
        return action
    }
}
