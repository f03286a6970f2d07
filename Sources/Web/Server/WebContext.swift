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
}

/// The context of a request in its handlers.
struct WebContext: RequestContext {
    typealias Source = Arrival

    var coreContext: CoreRequestContextStorage
    let listener: ListenerKind
    /// The other side's; nil over the Unix socket.
    let address: String?
    /// The connection.
    let channel: any Channel
    /// The client; set by `Authentication` before any handler.
    var who = Who.nobody

    init(source: Arrival) {
        coreContext = .init(source: source)
        listener = source.listener
        address = source.listener == .local ? nil : source.channel.remoteAddress?.ipAddress
        channel = source.channel
    }
}
