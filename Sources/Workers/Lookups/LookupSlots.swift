import Synchronization

/// Room for so many requests at once. A request that finds none waits, as long as it may, behind those that wait
/// already; when too many wait, it has none.
final class LookupSlots: Sendable {
    private struct State {
        var free: Int
        var waiting: [(id: Int, go: CheckedContinuation<Bool, Never>)] = []
        var last = 0
    }
    private let state: Mutex<State>
    private let waitingMax: Int

    init(_ count: Int, waitingMax: Int) {
        state = Mutex(State(free: count))
        self.waitingMax = waitingMax
    }

    /// Whether there is room; whoever gets it has to `leave`.
    ///
    /// - Parameter within: how long to wait for it. Milliseconds.
    func enter(within: Int64) async -> Bool {
        await withCheckedContinuation { continuation in
            let id: Int? = state.withLock { state in
                if state.free > 0 {
                    state.free -= 1
                    return 0
                }
                guard state.waiting.count < waitingMax else { return nil }
                state.last += 1
                state.waiting.append((state.last, continuation))
                return state.last
            }
            switch id {
            case nil: continuation.resume(returning: false)
            case 0: continuation.resume(returning: true)
            case let id?:
                Task {
                    try? await Task.sleep(for: .milliseconds(max(1, within)))
                    self.giveUp(id)
                }
            }
        }
    }

    private func giveUp(_ id: Int) {
        let found = state.withLock { state in
            state.waiting.firstIndex { $0.id == id }.map { state.waiting.remove(at: $0).go }
        }
        found?.resume(returning: false)
    }

    func leave() {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst().go
        }
        next?.resume(returning: true)
    }
}
