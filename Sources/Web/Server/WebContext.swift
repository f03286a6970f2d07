import Hummingbird
import Logging
import NIOCore

/// The kind of socket that a request came through; it decides how the client is authenticated.
public enum Door: Sendable {
    /// The Unix socket: whoever may open the file may do everything (http-api.md).
    case local
    /// TCP: a token or a session is required.
    case network
}

/// Where a request came from.
struct Arrival: RequestContextSource {
    let channel: any Channel
    let logger: Logger
    let door: Door
}

/// The context of a request in its handlers.
struct WebContext: RequestContext {
    typealias Source = Arrival

    var coreContext: CoreRequestContextStorage
    let door: Door
    /// The other side's; nil over the Unix socket.
    let address: String?
    /// Of the connection.
    let loop: any EventLoop
    /// The client; set by `Authentication` before any handler.
    var who = Who.nobody

    init(source: Arrival) {
        coreContext = .init(source: source)
        door = source.door
        address = source.door == .local ? nil : source.channel.remoteAddress?.ipAddress
        loop = source.channel.eventLoop
    }
}
