import NIOCore
import Synchronization

/// Accepted connections that nobody handles yet.
///
/// SwiftNIO hands accepted connections on as a sequence. When the listener closes, those that are still in the sequence
/// or in their initializer are dropped, and a `NIOAsyncChannel` that is dropped before it was closed ends the program.
/// So each connection is held from its initializer on until somebody handles it; what is left at the end is closed.
public final class AcceptedChannels<Inbound: Sendable, Outbound: Sendable>: Sendable {
    /// An accepted connection with its typed streams.
    public typealias Connection = NIOAsyncChannel<Inbound, Outbound>

    private struct State {
        var waiting: [ObjectIdentifier: Connection] = [:]
        var hasEnded = false
    }
    private let state = Mutex(State())

    /// Holds nothing yet; one object is for one listener.
    public init() {}

    /// Holds a connection; after `end`, closes it. To be called in the initializer of its channel.
    ///
    /// - Returns: the same connection.
    public func hold(_ connection: Connection) -> Connection {
        let isLate = state.withLock { state in
            if !state.hasEnded { state.waiting[ObjectIdentifier(connection.channel)] = connection }
            return state.hasEnded
        }
        if isLate { Task { await AcceptedChannels.close(connection) } }
        return connection
    }

    /// The caller handles the connection from now on, and closes it.
    public func release(_ connection: Connection) {
        state.withLock { $0.waiting[ObjectIdentifier(connection.channel)] = nil }
    }

    /// Closes the connections that are held. To be called when no further connection is handled.
    public func end() async {
        let left = state.withLock { state in
            state.hasEnded = true
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        await withDiscardingTaskGroup { group in
            for connection in left { group.addTask { await AcceptedChannels.close(connection) } }
        }
    }

    private static func close(_ connection: Connection) async {
        try? await connection.executeThenClose { _, _ in }
    }
}
