import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// The client of a stream: notifies a callback when it has disconnected, also one that is registered afterwards.
final class StreamClient: Sendable {
    private struct State {
        var isGone = false
        var onGone: (@Sendable () -> Void)?
    }
    private let state = Mutex(State())

    /// - Parameter onGone: called once, on any thread; at once when the client has disconnected already.
    func whenGone(_ onGone: @escaping @Sendable () -> Void) {
        let isGone = state.withLock { state in
            if !state.isGone { state.onGone = onGone }
            return state.isGone
        }
        if isGone { onGone() }
    }

    func hasGone() {
        let onGone = state.withLock { state in
            state.isGone = true
            return state.onGone.take()
        }
        onGone?()
    }
}

extension Response {
    /// A stream of Server-Sent Events, which ends with `body`.
    ///
    /// `body` is not run for a client that left before the headers were written. So resources have to be acquired
    /// inside `body`, or they would never be released.
    ///
    /// - Parameters:
    ///   - kind: what it is counted as.
    ///   - context: that of the request. `body` runs on the loop of its connection, and must not block; the stream ends
    ///     when what it was opened by ends.
    ///   - body: has to return when its client has disconnected.
    /// - Throws: `Problem` 503 or 429 when one more stream is too many.
    static func events(
        _ kind: OpenStreams.Kind, _ context: WebContext,
        _ body: @escaping @Sendable (StreamClient, inout any ResponseBodyWriter) async throws -> Void
    ) throws(Problem) -> Response {
        let channel = context.channel, permit = context.permit
        try permit?.streams.checkRoom(for: kind, of: permit?.owner)
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store", .xAccelBuffering: "no",
            ],
            body: .init { writer in
                let client = StreamClient()
                try await StreamEndHandler.watch(client, on: channel)
                var place: Int?
                if let permit {
                    place = permit.streams.enter(client, kind, of: permit.owner, mayStay: permit.mayStay)
                    // Others came first: the stream ends before its first frame, and the client comes back.
                    guard place != nil else { return try await writer.finish(nil) }
                }
                defer { if let place { permit?.streams.leave(place) } }
                try await withTaskExecutorPreference(LoopExecutor(channel.eventLoop)) {
                    try await body(client, &writer)
                }
                try await writer.finish(nil)
            })
    }
}

extension HTTPField.Name {
    /// Tells a reverse proxy not to hold frames back.
    static let xAccelBuffering = HTTPField.Name("X-Accel-Buffering")!
}
