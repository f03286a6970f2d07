import CallCenter

/// Why changed rules do not hold: they could not be written to the log.
public struct RulesNotWritten: Error, CustomStringConvertible {
    public var description: String {
        "the changed rules could not be written to the log: see whether its disk is full, and reload again"
    }
}

extension EngineCore {
    /// Applies a changed policy and writes it to the log, so that a replay uses it from the same position on. Waits for
    /// the disk: for a start, and after a failed commit.
    mutating func adopt(_ policy: Policy) throws {
        guard role == .alone else { return try adoptShared(policy) }
        finish()
        if rulesInLog != policy {
            try log.adopt(policy, after: log.lastSeq)
            rulesInLog = policy
        }
        centre.adopt(policy)
    }

    /// Changed rules that are not on disk yet.
    struct Adoption {
        /// The rules that the log had before.
        var before: Policy?
        /// Called with nil when they are on disk.
        var done: @Sendable ((any Error)?) -> Void
    }

    /// Applies a changed policy, and writes it to the log with the next commit: this thread waits for no disk. A replay
    /// uses it from the same position on.
    ///
    /// - Parameter done: called once, with nil when it is in the log; with an error when the rules are as they were.
    mutating func adopt(_ policy: Policy, _ done: @escaping @Sendable ((any Error)?) -> Void) {
        guard role == .alone, condition == .sound else {
            do {
                try adopt(policy)
                done(nil)
            } catch { done(error) }
            return
        }
        guard rulesInLog != policy else {
            centre.adopt(policy)
            return done(nil)
        }
        do { try log.append(policy: policy, after: log.lastSeq) } catch { return done(error) }
        if owed == nil { owed = Owed(before: log.lastSeq) }
        owed?.adoptions.append(Adoption(before: rulesInLog, done: done))
        rulesInLog = policy
        centre.adopt(policy)
        perform(.applied)
    }

    /// The commit with these rules failed: the ones before hold.
    mutating func refuse(_ adoptions: [Adoption]) {
        guard let first = adoptions.first else { return }
        rulesInLog = first.before
        if let before = first.before { centre.adopt(before) }
        for one in adoptions { one.done(RulesNotWritten()) }
    }
}
