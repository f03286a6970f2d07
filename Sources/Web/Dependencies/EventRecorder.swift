import CallCenter
import Engine

/// Appends actions over HTTP to the log, as events.
struct EventRecorder: Sendable {
    /// The source of events that belong to no PBX.
    static let ownSource = "screenpop"

    let engine: Engine
    let now: @Sendable () -> Timestamp

    /// Appends an event, and returns when it is on disk.
    ///
    /// - Parameters:
    ///   - time: when it happened; nil: when it is read.
    ///   - refused: the message for the client when the event is invalid.
    /// - Returns: its log position.
    /// - Throws: `Problem` 503 when the log cannot be written now, 400 with `refused` otherwise.
    @discardableResult
    func record(
        _ body: Event.Body, source: String = ownSource, at time: Timestamp? = nil, refused: String
    ) async throws(Problem) -> Int64 {
        let readAt = now()
        let event = Event(source: source, time: time ?? readAt, timeIsGiven: time != nil, body: body)
        switch await engine.record(event, readAt: readAt) {
        case .accepted(let seq, _, _): return seq ?? 0
        case .refused(let error) where error.code == .unavailable:
            throw Problem(
                .serviceUnavailable, "The log cannot be written now; nothing was taken. Try again in a moment.")
        case .refused: throw .bad(refused)
        case .notKept(_, let why): throw Problem(.serviceUnavailable, why)
        }
    }
}
