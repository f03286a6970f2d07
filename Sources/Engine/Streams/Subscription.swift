import Synchronization

/// What one client of a stream has yet to be sent: bounded, with one wake-up for a burst.
///
/// A client that falls behind is never waited for and nothing is dropped in silence: it is told to forget what it shows
/// (`reset`) and gets what is alive.
public final class Subscription: Sendable {
    /// Frames that may wait for one client: some seconds of a busy centre. Beyond, it is told to `reset`.
    public static let framesMax = 1_024
    /// Bytes that may wait for one client.
    public static let bytesMax = 1 << 20

    public enum Delivery: Sendable {
        /// Encoded frames, in order, and for `Streams.written` when the event was read that brought about the first pop
        /// among them.
        case frames([[UInt8]], since: Int64?)
        /// The client fell behind; `Engine.restart` gives it what is alive.
        case fellBehind
        case ended
    }

    /// Whose frames it gets.
    public let watch: Watch

    private struct State {
        var frames: [[UInt8]] = []
        var bytes = 0
        var since: Int64?
        /// Of what was alive at the start: a large centre's may be more than may wait, and it is no sign of a slow
        /// client.
        var aliveFrames = 0
        var aliveBytes = 0
        var isBehind = false
        var hasEnded = false
        var lastPutS: Int64 = 0
        var reader: CheckedContinuation<Void, Never>?
    }
    private let state = Mutex(State())

    init(watch: Watch) { self.watch = watch }

    /// What is to be sent next; waits until there is something. One reader at a time.
    public func next() async -> Delivery {
        while true {
            let ready: Delivery? = state.withLock { state in
                if state.hasEnded { return .ended }
                if state.isBehind {
                    state.isBehind = false
                    return .fellBehind
                }
                guard !state.frames.isEmpty else { return nil }
                var frames: [[UInt8]] = []
                swap(&frames, &state.frames)
                state.bytes = 0
                state.aliveFrames = 0
                state.aliveBytes = 0
                defer { state.since = nil }
                return .frames(frames, since: state.since)
            }
            if let ready { return ready }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let goOn = state.withLock { state in
                        if state.hasEnded || state.isBehind || !state.frames.isEmpty { return true }
                        state.reader = continuation
                        return false
                    }
                    if goOn { continuation.resume() }
                }
            } onCancel: {
                end()
            }
        }
    }

    func put(_ frame: [UInt8], nowS: Int64, since: Int64? = nil) {
        let reader = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if state.hasEnded || state.isBehind { return nil }
            state.lastPutS = nowS
            let isFull =
                state.frames.count - state.aliveFrames >= Subscription.framesMax
                || state.bytes - state.aliveBytes + frame.count > Subscription.bytesMax
            if isFull {
                state.frames = []
                state.bytes = 0
                state.since = nil
                state.isBehind = true
            } else {
                state.frames.append(frame)
                state.since = state.since ?? since
                state.bytes += frame.count
            }
            return state.reader.take()
        }
        reader?.resume()
    }

    /// Starts again from empty with these frames, whatever waited.
    func restart(with frames: [[UInt8]], nowS: Int64) {
        let reader = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.frames = frames
            state.since = nil
            state.bytes = frames.reduce(0) { $0 + $1.count }
            state.aliveFrames = frames.count
            state.aliveBytes = state.bytes
            state.isBehind = false
            state.lastPutS = nowS
            return frames.isEmpty ? nil : state.reader.take()
        }
        reader?.resume()
    }

    /// Seconds since 1970 of the last frame.
    var lastPutS: Int64 { state.withLock { $0.lastPutS } }

    /// The client has gone, or the daemon stops.
    public func end() {
        let reader = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.hasEnded = true
            state.frames = []
            return state.reader.take()
        }
        reader?.resume()
    }
}

/// Whose frames a client gets.
public enum Watch: Equatable, Sendable {
    /// An operator's own screen.
    case own(String)
    /// A supervisor, over the shoulders of these.
    case operators([String])
    /// A supervisor, everybody.
    case everybody

    /// The rings that hold what it may have missed.
    var rings: [String] {
        switch self {
        case .own(let who): [who]
        case .operators(let list): list + [Streams.supervisors]
        case .everybody: [Streams.everybody]
        }
    }
}
