import Synchronization

/// The streams that are open, each with what it was opened by: when that ends, the stream ends within seconds.
/// Otherwise a session that an administrator has ended, or a token that was revoked, would go on seeing pops.
final class OpenStreams: Sendable {
    /// How often it is looked whether each may stay.
    static let pause = Duration.seconds(5)

    private struct Entry: Sendable {
        var client: StreamClient
        var mayStay: @Sendable () -> Bool
    }
    private let state = Mutex((next: 0, entries: [Int: Entry]()))

    /// - Parameter mayStay: whether the session or token is still in force. May block.
    /// - Returns: for `leave`.
    func enter(_ client: StreamClient, mayStay: @escaping @Sendable () -> Bool) -> Int {
        state.withLock { state in
            state.next += 1
            state.entries[state.next] = Entry(client: client, mayStay: mayStay)
            return state.next
        }
    }

    func leave(_ place: Int) { state.withLock { $0.entries[place] = nil } }

    var count: Int { state.withLock { $0.entries.count } }

    /// Ends the streams that may not stay.
    func sweep() {
        let entries = state.withLock { Array($0.entries.values) }
        for entry in entries where !entry.mayStay() { entry.client.hasGone() }
    }

    /// Sweeps until the task is cancelled.
    func follow() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: OpenStreams.pause)
            if !Task.isCancelled { sweep() }
        }
    }
}

/// What a request's streams stay open by.
struct StreamPermit: Sendable {
    let streams: OpenStreams
    let mayStay: @Sendable () -> Bool
}
