import Synchronization

/// The frames that one client of a stream has not been sent yet: bounded, with one wake-up for a burst.
///
/// The engine never waits for a slow client and drops nothing silently: a client that is too slow gets `reset` and the
/// live state.
public final class Subscription: Sendable {
    /// Maximum of waiting frames: some seconds of a busy centre. Beyond it the client gets `reset`.
    public static let framesMax = 1_024
    /// Maximum of waiting bytes.
    public static let bytesMax = 1 << 20

    /// What a reader of the stream gets.
    public enum Delivery: Sendable {
        /// Encoded frames, in order. `since` is when the event behind the first pop among them was read, for
        /// `Streams.written`. `customers` are those whose data are in the frames, some of them perhaps several times.
        case frames([[UInt8]], since: Int64?, customers: [Int64])
        /// The client was too slow; `Engine.restart` sends it the live state.
        case fellBehind
        /// No further frame comes: the stream is to be closed.
        case ended
    }

    /// Whose frames it gets.
    public let watch: Watch

    private struct State {
        var frames: [[UInt8]] = []
        var bytes = 0
        var since: Int64?
        /// Whose data are in the frames.
        var customers: [Int64] = []
        /// Frames of the initial snapshot. In a large centre they may exceed the maximum, which is no sign of a slow
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

    /// Returns the next frames to send; waits until there are some. One reader at a time.
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
                defer {
                    state.since = nil
                    state.customers = []
                }
                return .frames(frames, since: state.since, customers: state.customers)
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

    /// - Parameter customers: whose data are in the frame.
    func enqueue(_ frame: [UInt8], nowS: Int64, since: Int64? = nil, customers: [Int64] = []) {
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
                state.customers = []
                state.isBehind = true
            } else {
                state.frames.append(frame)
                state.since = state.since ?? since
                if !customers.isEmpty { state.customers += customers }
                state.bytes += frame.count
            }
            return state.reader.take()
        }
        reader?.resume()
    }

    /// Replaces whatever waited by these frames.
    ///
    /// - Parameter customers: whose data are in them.
    func restart(with frames: [[UInt8]], customers: [Int64] = [], nowS: Int64) {
        let reader = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.frames = frames
            state.customers = customers
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

    /// Ends the stream: the client left, or the daemon is stopping.
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
    /// A supervisor who watches these operators.
    case operators([String])
    /// A supervisor, everybody.
    case everybody

    /// The rings that contain the frames it may have missed.
    var rings: [String] {
        switch self {
        case .own(let who): [who]
        case .operators(let list): list + [Streams.supervisors]
        case .everybody: [Streams.everybody]
        }
    }
}
