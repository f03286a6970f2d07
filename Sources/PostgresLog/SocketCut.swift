import Glibc
import Synchronization

/// Ends a session's socket from another thread, so that whoever waits for an answer there is woken.
///
/// The server is told nothing and cancels nothing: a commit that waits in it goes on. The descriptor is one of its own
/// for the same socket: libpq closes its own by itself when a connection breaks, and that number may be another file's
/// a moment later.
final class SocketCut: Sendable {
    private struct State {
        /// -1 after `release`.
        var descriptor: Int32
        var isCut = false
    }
    private let state: Mutex<State>

    /// - Parameter socket: libpq's descriptor. Nil without a descriptor for a second one.
    init?(_ socket: Int32) {
        let own = fcntl(socket, F_DUPFD_CLOEXEC, 0)
        guard own >= 0 else { return nil }
        state = Mutex(State(descriptor: own))
    }

    deinit { release() }

    var descriptor: Int32 { state.withLock { $0.descriptor } }
    var isCut: Bool { state.withLock { $0.isCut } }

    func cut() {
        state.withLock { state in
            state.isCut = true
            if state.descriptor >= 0 { shutdown(state.descriptor, Int32(SHUT_RDWR)) }
        }
    }

    /// Closes the descriptor. The socket ends when libpq closes its own too.
    func release() {
        state.withLock { state in
            if state.descriptor >= 0 { close(state.descriptor) }
            state.descriptor = -1
        }
    }
}
