import CallCenter

/// Copies of the state for whoever asks, each with the log position up to which it is on disk.
///
/// While events are not on disk, the copy is made when their commit begins, and handed out when it has succeeded: the
/// engine's thread waits for no disk, and a centre that is never idle gets its copy all the same.
struct StateCopies {
    struct Copy: Sendable {
        var seq: Int64
        var state: Checkpoint
        var at: Timestamp
    }

    enum Answer: Sendable {
        case copy(Copy)
        /// It is made with the next commit: ask again.
        case later
        /// The state in memory is not that of the log.
        case unequal
    }

    /// Somebody waits for a copy, and no commit has one yet.
    private(set) var isWanted = false
    private var underWay: Copy?
    private var ready: Copy?

    mutating func commitBegins(at seq: Int64, of centre: Centre) {
        isWanted = false
        underWay = Copy(seq: seq, state: centre.checkpoint, at: Engine.now())
    }

    /// The commit that runs has succeeded.
    mutating func commitEnded() { if let copy = underWay.take() { ready = copy } }

    mutating func commitFailed() {
        isWanted = false
        underWay = nil
    }

    /// Everything is on disk.
    mutating func made(at seq: Int64, of centre: Centre) {
        isWanted = false
        ready = Copy(seq: seq, state: centre.checkpoint, at: Engine.now())
    }

    /// Nobody waits any more.
    mutating func drop() { self = StateCopies() }

    /// - Parameter isOwing: some events are not on disk.
    fileprivate mutating func next(isOwing: Bool, at seq: Int64, of centre: Centre) -> Answer {
        if let copy = ready.take() { return .copy(copy) }
        if !isOwing { return .copy(Copy(seq: seq, state: centre.checkpoint, at: Engine.now())) }
        if underWay == nil { isWanted = true }
        return .later
    }
}

extension EngineCore {
    /// A copy of the state, none of it ahead of the log on disk.
    mutating func stateOnDisk() -> StateCopies.Answer {
        copies.next(isOwing: isOwing, at: committedSeq, of: centre)
    }
}
