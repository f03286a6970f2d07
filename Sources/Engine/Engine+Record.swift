import CallCenter
import EventWire

extension Engine {
    /// Appends a change of the records to the log.
    ///
    /// - Parameter answered: gets the log position once the change is on disk, or the refusal when the log cannot be
    ///   written now. Called once: on the engine's thread, or within this call when the engine has stopped.
    public func append(
        change bytes: [UInt8], _ kind: ChangeKind, readAt: Timestamp = Engine.now(),
        answered: @escaping @Sendable (EventReply) -> Void
    ) {
        guard !submit(EventBatch(change: bytes, kind, readAt: readAt, answered: answered)) else { return }
        answered(.notKept(.untaken, Engine.takesNoChanges))
    }

    private static let takesNoChanges = "The daemon cannot take changes just now; try again in a moment."

    /// Appends the entry of an erase to the log, and erases the customer in the live state at that position.
    ///
    /// - Parameters:
    ///   - entry: makes the entry, with the calls in memory that are the customer's. Called on the engine's thread.
    ///   - answered: gets the log position once the entry is on disk, or the refusal when the log cannot be written
    ///     now. Called once: on the engine's thread, or within this call when the engine has stopped.
    public func append(
        erasing erasure: Erasure, readAt: Timestamp = Engine.now(),
        entry: @escaping @Sendable ([ErasedCall]) -> [UInt8], answered: @escaping @Sendable (EventReply) -> Void
    ) {
        let erasing = EventBatch.Erasing(erasure: erasure, entry: entry)
        guard !submit(EventBatch(erasing: erasing, readAt: readAt, answered: answered)) else { return }
        answered(.notKept(.untaken, Engine.takesNoChanges))
    }

    /// Whether the newest checkpoint on disk knows the log up to a position. When it does not, one is due: ask again.
    /// nil when the engine has stopped.
    public func isStateKept(through seq: Int64) async -> Bool? {
        await inTurn { core in
            if core.checkpointSeq >= seq { return true }
            core.upkeep.isCheckpointWanted = true
            return false
        }
    }

    /// Appends an event of the daemon itself to the log, and returns when it is on disk.
    ///
    /// - Parameter refused: the message for the client when the event is invalid.
    /// - Returns: its log position.
    /// - Throws: `Problem` 400 when it is refused, 503 when the log cannot be written.
    public func record(_ event: Event, readAt: Timestamp = Engine.now()) async -> EventReply {
        await withCheckedContinuation { continuation in
            let batch = EventBatch(event, readAt: readAt) { continuation.resume(returning: $0) }
            guard !submit(batch) else { return }
            continuation.resume(
                returning: .refused(
                    WireError(.unavailable, message: "The daemon cannot take events just now; try again in a moment.")))
        }
    }
}
