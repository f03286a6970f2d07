import Hummingbird
import Logging
import NIOCore

/// Through which kind of address a request came in: what decides how its sender is known.
public enum Door: Sendable {
    /// The Unix socket: whoever may open the file may do everything (http-api.md).
    case local
    /// TCP: nobody is known without a token.
    case network
}

/// Where a request came from.
struct Arrival: RequestContextSource {
    let channel: any Channel
    let logger: Logger
    let door: Door
}

/// What goes with a request through its handlers.
struct WebContext: RequestContext {
    typealias Source = Arrival

    var coreContext: CoreRequestContextStorage
    let door: Door
    /// The other side's; nil over the Unix socket.
    let address: String?
    /// Of the connection.
    let loop: any EventLoop
    /// Who asks; set by `Authentication` before any handler.
    var who = Who.nobody

    init(source: Arrival) {
        coreContext = .init(source: source)
        door = source.door
        address = source.door == .local ? nil : source.channel.remoteAddress?.ipAddress
        loop = source.channel.eventLoop
    }
}
