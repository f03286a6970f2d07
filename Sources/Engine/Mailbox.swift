import Synchronization

/// The queue of batches and queries for the engine: bounded, with one wake-up for a burst.
final class Mailbox: Sendable {
    enum Message: Sendable {
        case events(EventBatch)
        case question(@Sendable (inout EngineCore) -> Void)
    }

    enum Outcome: Equatable {
        /// The queue was empty: the sender has to wake the engine.
        case first
        case behind
        /// It is closed or full.
        case refused
    }

    /// Maximum of bytes in waiting lines: some hundred thousand events. Beyond it connections stop reading.
    static let bytesMax = 64 << 20
    /// Maximum of waiting queries: more than all streams and requests of a large centre together. Further queries get
    /// no answer.
    static let questionsMax = 16_384

    private struct State {
        var waiting: [Message] = []
        var bytes = 0
        var questions = 0
        var isClosed = false
    }
    private let state = Mutex(State())

    var count: Int { state.withLock { $0.waiting.count } }
    var isEmpty: Bool { state.withLock { $0.waiting.isEmpty } }

    func enqueue(_ message: Message) -> Outcome {
        state.withLock { state in
            if state.isClosed { return .refused }
            switch message {
            case .events(let batch):
                if state.bytes > 0, state.bytes + batch.bytes.count > Mailbox.bytesMax { return .refused }
                state.bytes += batch.bytes.count
            case .question:
                if state.questions >= Mailbox.questionsMax { return .refused }
                state.questions += 1
            }
            state.waiting.append(message)
            return state.waiting.count == 1 ? .first : .behind
        }
    }

    func drain() -> [Message] {
        state.withLock { state in
            var taken: [Message] = []
            swap(&taken, &state.waiting)
            state.bytes = 0
            state.questions = 0
            return taken
        }
    }

    /// Refuses new entries; the waiting ones can still be drained.
    func close() { state.withLock { $0.isClosed = true } }
}
