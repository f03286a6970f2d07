import CallCenter
import Engine

/// Puts what is done over HTTP into the log, as events.
struct EventRecorder: Sendable {
    /// The source of what no PBX has to do with.
    static let ownSource = "screenpop"

    let engine: Engine

    /// Returns when the event is on disk.
    ///
    /// - Parameters:
    ///   - time: when it happened; nil for when it is read.
    ///   - refused: what the asker is told when the event says what cannot be.
    /// - Returns: its log position.
    /// - Throws: `Problem` 503 when the log takes nothing now, 400 with `refused` otherwise.
    @discardableResult
    func record(
        _ body: Event.Body, source: String = ownSource, at time: Timestamp? = nil, refused: String
    ) async throws(Problem) -> Int64 {
        let event = Event(source: source, time: time ?? Engine.now(), timeIsGiven: time != nil, body: body)
        switch await engine.record(event) {
        case .taken(let seq, _, _): return seq ?? 0
        case .refused(let error) where error.code == .unavailable:
            throw Problem(
                .serviceUnavailable, "The log cannot be written now; nothing was taken. Try again in a moment.")
        case .refused: throw .bad(refused)
        }
    }
}
