import Glibc
import Synchronization

/// Ends a session's socket from another thread, so that whoever waits for an answer there is woken.
///
/// The server is told nothing and cancels nothing: a commit that waits in it goes on. The descriptor stays open until
/// its owner closes it, so its number cannot be another file's when `cut` uses it.
final class SocketCut: Sendable {
    private struct State {
        var descriptor: Int32
        var isCut = false
    }
    private let state: Mutex<State>

    init(_ descriptor: Int32) { state = Mutex(State(descriptor: descriptor)) }

    var isCut: Bool { state.withLock { $0.isCut } }

    func cut() {
        state.withLock { state in
            state.isCut = true
            if state.descriptor >= 0 { shutdown(state.descriptor, Int32(SHUT_RDWR)) }
        }
    }

    /// Before the owner closes the descriptor.
    func release() { state.withLock { $0.descriptor = -1 } }
}
