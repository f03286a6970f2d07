import CallCenter
import Dispatch

/// Changes on their way into the log, and what is in force before it is there.
///
/// Signing in goes on while the database of a shared log is away: a session, and the code that was used for it, are in
/// force on this node at once, and are handed to the log when it is back. A node that loses the lead before ends such
/// sessions: whoever has one signs in again. All other changes are refused meanwhile.
extension AccountStore {
    /// Maximum of changes that are in force before they are in the log.
    static let lateMax = 10_000

    private enum Attempt<Answer: Sendable>: Sendable {
        case done(Answer)
        /// This change is on its way into the log: nothing was done.
        case behind(PendingChange)
        case onTheWay(PendingChange, Answer)
    }

    /// Hands a change to the log, and applies it in memory and to the database when it is there. Nobody who reads waits
    /// for that.
    ///
    /// - Parameters:
    ///   - mayBeLate: whether it is in force at once when the log's database is away.
    ///   - change: the entry, nil for none, and the answer. Called again when nothing came of it.
    /// - Throws: `unwritten` when the log refuses it, and when it does not answer in time.
    func write<Answer: Sendable>(
        mayBeLate: Bool = false, _ change: (borrowing Memory) -> (entry: SecretEntry?, answer: Answer)
    ) throws(StoreError) -> Answer {
        let log = self.log, began = ContinuousClock.now
        while true {
            let attempt: Attempt<Answer> = try settled { state throws(StoreError) in
                if let before = state.next(log) { return .behind(before) }
                let (entry, answer) = change(state.memory)
                guard let entry else { return .done(answer) }
                return .onTheWay(state.projection.begin(entry, log), answer)
            }
            switch attempt {
            case .done(let answer): return answer
            case .behind(let before):
                switch before.wait(until: min(before.since, began) + answering) {
                case .kept?: continue
                // What the log refuses now, it refuses of this one as well. A late change goes on waiting.
                case .refused(let error)?:
                    guard mayBeLate, error.kind == .late else {
                        throw .unwritten(error.kind == .unknown ? .behind : error)
                    }
                    return try beInForce(change)
                case nil:
                    catchUp()
                    guard mayBeLate else { throw .unwritten(.behind) }
                    return try beInForce(change)
                }
            case .onTheWay(let own, let answer):
                let fate = own.wait(until: own.since + answering)
                let isInForce = try settled { state throws(StoreError) in
                    guard mayBeLate, let waiting = state.projection.onTheWay, waiting.change === own else {
                        return false
                    }
                    state.memory.apply(waiting.entry)
                    state.projection.noteInForce()
                    return true
                }
                if isInForce {
                    catchUp()
                    return answer
                }
                // One that may be late was settled in between, or else it is in force.
                switch mayBeLate ? fate ?? own.fate : fate {
                case .kept?: return answer
                case .refused(let error)? where error.kind == .late && mayBeLate: return try beInForce(change)
                case .refused(let error)?: throw .unwritten(error)
                case nil:
                    catchUp()
                    throw .unwritten(.undecided)
                }
            }
        }
    }

    /// Applies changes that another machine has appended to the log that it shares with this one.
    ///
    /// - Parameter entries: entries of the kind `secrets`, in order.
    public func follow(_ entries: [EventLog.Entry]) throws(StoreError) {
        let decoded = try SecretEntry.decode(entries)
        try settled { [decoded] state throws(StoreError) in
            for (_, entry) in decoded { state.memory.apply(entry) }
            state.projection.follow(decoded)
            try state.projection.applyWaiting(AccountStore.apply)
        }
    }

    /// Works on the state, in which what is known to be in the log is applied.
    private func settled<Answer: Sendable>(
        _ work: (inout State) throws(StoreError) -> Answer
    ) throws(StoreError) -> Answer {
        let result: Result<Answer, StoreError> = state.withLock { state in
            do throws(StoreError) {
                state.settle()
                try state.projection.applyWaiting(AccountStore.apply)
                return .success(try work(&state))
            } catch { return .failure(error) }
        }
        return try result.get()
    }

    // MARK: What is in force before it is in the log

    private func beInForce<Answer: Sendable>(
        _ change: (borrowing Memory) -> (entry: SecretEntry?, answer: Answer)
    ) throws(StoreError) -> Answer {
        let answer: Answer = try settled { state throws(StoreError) in
            let (entry, answer) = change(state.memory)
            guard let entry else { return answer }
            guard state.late.count < AccountStore.lateMax else { throw .unwritten(.behind) }
            state.memory.apply(entry)
            state.late.append(entry)
            return answer
        }
        catchUp()
        return answer
    }

    /// Ends a session that is in force and not handed to the log yet: the log never has it.
    ///
    /// - Returns: whether there was one.
    func endLate(_ hash: [UInt8]) -> Bool {
        state.withLock { state in
            state.settle()
            guard let at = state.late.firstIndex(where: { $0.opensSession == hash }) else { return false }
            state.late.remove(at: at)
            state.memory.forget(hash)
            return true
        }
    }

    /// Hands late changes to the log, one after the other, beside everything else; and applies what nobody waits for.
    private func catchUp() {
        let isFirst = state.withLock { state in
            defer { state.isCatchingUp = true }
            return !state.isCatchingUp
        }
        if isFirst { settling.async { [weak self] in self?.catchUpOnce() } }
    }

    private func catchUpOnce() {
        let log = self.log
        let next: PendingChange? = state.withLock { state in
            state.settle()
            // What the disk refuses is applied before the next change.
            try? state.projection.applyWaiting(AccountStore.apply)
            let next = state.next(log)
            state.isCatchingUp = next != nil
            return next
        }
        next?.whenDecided { [weak self, weak next] in
            var delay = 0
            if case .refused? = next?.fate { delay = LogWait.retrying }
            self?.settling.asyncAfter(deadline: .now() + .milliseconds(delay)) { [weak self] in self?.catchUpOnce() }
        }
    }
}

extension AccountStore.State {
    /// The change that has to be in the log before another one: the one on its way, or else the oldest late one, which
    /// is handed to the log; nil for none.
    fileprivate mutating func next(_ log: any ChangeLog) -> PendingChange? {
        if let one = projection.onTheWay { return one.change }
        return late.isEmpty ? nil : projection.begin(late.removeFirst(), log, isInForce: true)
    }

    /// Applies in memory what became of the change on its way, if that is known.
    fileprivate mutating func settle() {
        guard let (one, fate) = projection.decided() else { return }
        switch fate {
        case .kept: if !one.isInForce { memory.apply(one.entry) }
        case .refused(let error):
            guard one.isInForce else { return }
            switch error.kind {
            case .late, .refused: late.insert(one.entry, at: 0)
            // Another node leads: what is not in its log is not in force.
            case .following, .unknown:
                for entry in [one.entry] + late { if let hash = entry.opensSession { memory.forget(hash) } }
                late = []
            }
        }
    }
}

extension SecretEntry {
    /// The hash of the session that it opens; nil for other changes.
    fileprivate var opensSession: [UInt8]? {
        switch change {
        case .session(let hash, _, _), .sessionOpened(let hash, _, _, _), .tokenSession(let hash, _): hash
        default: nil
        }
    }
}

extension AccountStore.Memory {
    fileprivate mutating func forget(_ hash: [UInt8]) {
        sessions[hash] = nil
        tokenSessions[hash] = nil
    }
}
