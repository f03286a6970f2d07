import NIOCore
import NIOHTTP1
import Synchronization

/// Connections to a leader's interface that wait for the next request.
final class IdleConnections: Sendable {
    struct Key: Hashable {
        var address: String
        var isLocal: Bool
    }
    struct Connection: Sendable {
        var channel: any Channel
        var parts: NIOLoopBound<PullHandler<HTTPClientResponsePart>>
    }
    private let waiting = Mutex<[Key: [Connection]]>([:])

    /// The connection that was used last; it may have ended meanwhile.
    func next(_ key: Key) -> Connection? { waiting.withLock { $0[key]?.popLast() } }

    /// Holds a connection for the next request, until it closes. Closes it when there are enough.
    func hold(_ connection: Connection, _ key: Key) {
        let isHeld = waiting.withLock { waiting in
            guard waiting[key]?.count ?? 0 < LinkLimits.idleMax else { return false }
            waiting[key, default: []].append(connection)
            return true
        }
        guard isHeld else { return connection.channel.close(promise: nil) }
        connection.channel.eventLoop.execute { connection.parts.value.rest() }
        connection.channel.closeFuture.whenComplete { [self] _ in
            waiting.withLock { waiting in
                waiting[key]?.removeAll { $0.channel === connection.channel }
                if waiting[key]?.isEmpty ?? false { waiting[key] = nil }
            }
        }
    }
}
