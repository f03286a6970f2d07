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
    ///   - channel: the connection; `body` runs on its loop, and must not block.
    ///   - permit: the stream ends when what it was opened by ends; nil for one that nothing ends.
    ///   - body: has to return when its client has disconnected.
    static func events(
        on channel: any Channel, by permit: StreamPermit?,
        _ body: @escaping @Sendable (StreamClient, inout any ResponseBodyWriter) async throws -> Void
    ) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store", .xAccelBuffering: "no",
            ],
            body: .init { writer in
                let client = StreamClient()
                try await StreamEndHandler.watch(client, on: channel)
                let place = permit.map { $0.streams.enter(client, mayStay: $0.mayStay) }
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
