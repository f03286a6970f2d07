import CUnixSocket
import NIOCore

/// The process at the other end of a Unix socket, as the kernel names it (`SO_PEERCRED`).
struct Peer: Equatable, Sendable {
    var user: UInt32
    /// Its primary group.
    var group: UInt32

    /// An unknown process, which may push nothing: the kernel did not name it.
    static let unknown = Peer(user: .max, group: .max)

    init(user: UInt32, group: UInt32) {
        self.user = user
        self.group = group
    }

    /// - Parameter channel: a Unix socket; to be called on its event loop.
    init(of channel: any Channel) {
        self = .unknown
        // SOL_SOCKET and SO_PEERCRED of socket(7).
        let asked =
            (channel as? any SocketOptionProvider)?
            .unsafeGetSocketOption(level: .init(rawValue: 1), name: .init(rawValue: 17)) as EventLoopFuture<unix_peer>?
        // On its own event loop the future of a socket is there at once.
        var found = self
        asked?.assumeIsolated().whenSuccess { found = Peer(user: $0.uid, group: $0.gid) }
        self = found
    }
}
