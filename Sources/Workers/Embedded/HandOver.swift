import Dispatch
import Synchronization

/// Passes batches from the thread that makes them to the one that uses them, in order. A bounded number waits, so the
/// maker is ahead by so many at most.
final class HandOver<Element: Sendable>: Sendable {
    private struct State {
        var batches: [[Element]] = []
        /// How the making ended; nil while it goes on.
        var end: Result<Void, any Error>?
        var isStopped = false
    }
    private let state = Mutex(State())
    /// Batches that may still be added.
    private let room = DispatchSemaphore(value: 0)
    /// Batches that wait, and the end.
    private let filled = DispatchSemaphore(value: 0)

    /// - Parameter batchesMax: maximum of batches that wait.
    init(batchesMax: Int) { for _ in 0..<batchesMax { room.signal() } }

    /// Adds a batch, and waits for room.
    ///
    /// - Returns: false when nobody uses further batches.
    func add(_ batch: [Element]) -> Bool {
        room.wait()
        let isWanted = state.withLock { state in
            if !state.isStopped { state.batches.append(batch) }
            return !state.isStopped
        }
        if isWanted { filled.signal() }
        return isWanted
    }

    /// The last batch was added, or the making failed.
    func end(_ result: Result<Void, any Error>) {
        state.withLock { $0.end = result }
        filled.signal()
    }

    /// Waits for the next batch; nil after the last one. Throws the maker's error after the batches before it. Not to
    /// be called again after the end.
    func next() throws -> [Element]? {
        filled.wait()
        let (batch, end) = state.withLock { state in
            (state.batches.isEmpty ? nil : state.batches.removeFirst(), state.end)
        }
        if let batch {
            room.signal()
            return batch
        }
        try end?.get()
        return nil
    }

    /// No further batch will be used: a maker that waits for room goes on, and ends.
    func stop() {
        state.withLock { state in
            state.isStopped = true
            state.batches = []
        }
        room.signal()
    }
}
