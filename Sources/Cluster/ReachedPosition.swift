import Synchronization

/// The log position up to which everything of a node is: its state, its records, its tokens. Requests wait for it, so
/// that a client reads what it has written through another node.
final class ReachedPosition: Sendable {
    private struct State {
        var position: Int64 = 0
        var waiting: [(position: Int64, id: Int, resume: CheckedContinuation<Bool, Never>)] = []
        var nextID = 0
    }
    private let state = Mutex(State())

    var now: Int64 { state.withLock { $0.position } }

    /// The node is at this position.
    func set(_ position: Int64) {
        let due = state.withLock { state in
            state.position = position
            let due = state.waiting.filter { $0.position <= position }
            state.waiting.removeAll { $0.position <= position }
            return due
        }
        for one in due { one.resume.resume(returning: true) }
    }

    /// Returns when the node is at the position, or after the time.
    ///
    /// - Returns: whether it is.
    func wait(for position: Int64, atMost time: Duration) async -> Bool {
        if now >= position { return true }
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let timer = Task {
            try? await Task.sleep(for: time)
            let expired = state.withLock { state in
                let expired = state.waiting.first { $0.id == id }
                state.waiting.removeAll { $0.id == id }
                return expired
            }
            expired?.resume.resume(returning: false)
        }
        defer { timer.cancel() }
        return await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.position >= position { return true }
                state.waiting.append((position, id, continuation))
                return false
            }
            if isThere { continuation.resume(returning: true) }
        }
    }
}
