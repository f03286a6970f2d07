import CallCenter
import EventWire

extension Engine {
    /// Puts an event of the daemon's own into the log.
    ///
    /// - Returns: what became of it, once it is on disk. `.refused` with the code `unavailable` when the engine or the
    ///   disk takes nothing just now; with another code when the event says what cannot be.
    public func record(_ event: Event) async -> EventReply {
        await withCheckedContinuation { continuation in
            let batch = EventBatch(event, readAt: Engine.now()) { continuation.resume(returning: $0) }
            guard !submit(batch) else { return }
            continuation.resume(
                returning: .refused(
                    WireError(.unavailable, message: "The daemon cannot take events just now; try again in a moment.")))
        }
    }
}
