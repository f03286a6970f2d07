import CallCenter

/// A log that several machines share: what a node of a cluster asks of its engine.
extension Engine {
    /// Adds rows that the leader has appended: to this machine's copy of the log, to the state and to the screens.
    /// Returns when all of that is done. One call at a time.
    public func follow(_ rows: FollowedRows) async throws(FollowRefusal) {
        let refusal: FollowRefusal? = await withCheckedContinuation { continuation in
            let isAsked = pass { core in
                let refused = core.beginFollowing(rows.rows) { continuation.resume(returning: nil) }
                if let refused { continuation.resume(returning: refused) }
            }
            if !isAsked { continuation.resume(returning: .stopped) }
        }
        if let refusal { throw refusal }
        let failure: FollowRefusal? = await inTurn { core -> FollowRefusal? in
            do { try core.finishFollowing(rows) } catch { return .disk("\(error)") }
            return nil
        } ?? .stopped
        if let failure { throw failure }
    }

    /// This machine appends from now on; its copy has everything that the log has.
    ///
    /// - Returns: false while the state is being rebuilt: try again in a moment.
    public func lead(epoch: Int64, _ policy: Policy) async throws -> Bool {
        let result: Result<Bool, any Error>? = await inTurn { core in Result { try core.lead(epoch: epoch, policy) } }
        return try result?.get() ?? false
    }

    /// This machine appends no more: new events are refused. The commit that is running ends as the log says.
    public func stepDown() async { _ = await inTurn { $0.stepDown() } }

    /// Whether this machine may append, and where its copy of the log ends; nil when the engine has stopped.
    public func standing() async -> Standing? {
        await inTurn { core in
            Standing(
                role: core.role, committed: core.committedSeq, isReady: !core.isLost, isOwing: core.isOwing)
        }
    }

    /// How this machine stands to the shared log, at one moment.
    public struct Standing: Equatable, Sendable {
        /// Whether this machine may append.
        public var role: LogRole
        /// The newest position in this machine's copy of the log.
        public var committed: Int64
        /// Whether the state is not being rebuilt.
        public var isReady: Bool
        /// Whether events wait for a commit.
        public var isOwing: Bool
    }

    private func pass(_ question: @escaping @Sendable (inout EngineCore) -> Void) -> Bool {
        enqueue(.question(question))
    }
}
