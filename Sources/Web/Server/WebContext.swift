import Hummingbird
import Logging
import NIOCore

/// On which kind of address a request came in: what decides how its sender is known.
public enum ListenerKind: Sendable {
    /// The Unix socket: whoever may open the file may do everything (http-api.md).
    case local
    /// TCP: a token or a session is required.
    case network
}

/// Where a request came from.
struct Arrival: RequestContextSource {
    let channel: any Channel
    let logger: Logger
    let listener: ListenerKind
    /// It came over TLS of the daemon's own.
    var isSecure = false
    /// Whose the program at the other end of a Unix socket is; nil where it is not known.
    var user: UInt32?
}

/// The context of a request in its handlers.
struct WebContext: RequestContext {
    typealias Source = Arrival

    var coreContext: CoreRequestContextStorage
    let listener: ListenerKind
    /// The request came over TLS of the daemon's own.
    let isSecure: Bool
    /// The other side's; nil over the Unix socket.
    let address: String?
    /// The connection.
    let channel: any Channel
    /// The client; set by `Authentication` before any handler.
    var who = Who.nobody
    /// Whether the client is a browser that has signed in, and no program with a token; set by `Authentication`.
    var isBrowser = false
    /// What streams of this request stay open by. Set by `Authentication`.
    var permit: StreamPermit?
    /// Another node of the cluster passes the request on; set by `ForwardWrites`.
    var isFromNode = false
    /// What that node says of the client.
    var forwarded: ForwardedClient?
    /// Whose the program at the other end of the Unix socket is, here.
    private let localUser: UInt32?
    /// The same, also of a program on another node.
    var user: UInt32? { forwarded.map(\.user) ?? localUser }
    /// Which customers the answer shows.
    let viewing = Viewing()

    init(source: Arrival) {
        coreContext = .init(source: source)
        listener = source.listener
        isSecure = source.isSecure
        localUser = source.user
        address = source.listener == .local ? nil : source.channel.remoteAddress?.ipAddress
        channel = source.channel
    }
}
