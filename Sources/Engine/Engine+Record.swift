import CallCenter
import EventWire

extension Engine {
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
