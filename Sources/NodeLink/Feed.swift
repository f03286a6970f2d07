import Synchronization

/// The messages between the engine's side and one follower: a queue that is bounded in bytes.
public final class Feed: Sendable {
    private struct State {
        var frames: [LinkMessage] = []
        /// The first of `frames` that was not read yet.
        var next = 0
        var bytes = 0
        var end: End?
        /// Called once, when there is something to read again.
        var wake: (@Sendable () -> Void)?

        mutating func woken() -> (@Sendable () -> Void)? {
            defer { wake = nil }
            return wake
        }
    }

    /// Why there will be no more.
    enum End: Equatable, Sendable {
        /// The engine's side ended it: what is queued is still sent.
        case finished
        /// A message did not fit: the follower is dropped, and reads the database.
        case overfull
        /// The follower has gone.
        case abandoned
    }

    private let state = Mutex(State())
    private let bytesMax: Int

    /// - Parameter bytesMax: bytes, on the wire, that wait at most.
    public init(bytesMax: Int) { self.bytesMax = bytesMax }

    /// Queues a burst, as `offer(_: LinkMessage)` does.
    public func offer(_ frame: LinkFrame) -> Bool { offer(.burst(frame)) }

    /// Queues a message. Never blocks; may be called on any thread.
    ///
    /// - Returns: false when the queue is full, and whenever the follower gets nothing more: the feed can be forgotten.
    public func offer(_ frame: LinkMessage) -> Bool {
        let (isQueued, wake) = state.withLock { state -> (Bool, (@Sendable () -> Void)?) in
            guard state.end == nil else { return (false, nil) }
            let bytes = frame.byteCount
            guard bytes <= LinkLimits.frameBytesMax, state.bytes + bytes <= bytesMax else {
                state = State(end: .overfull, wake: state.wake)
                return (false, state.woken())
            }
            state.frames.append(frame)
            state.bytes += bytes
            return (true, state.woken())
        }
        wake?()
        return isQueued
    }

    /// Ends the connection when everything that was offered has been sent.
    public func end() { finish(.finished) }

    /// The follower has gone.
    func abandon() { finish(.abandoned) }

    private func finish(_ end: End) {
        let wake = state.withLock { state -> (@Sendable () -> Void)? in
            guard state.end == nil else { return nil }
            state.end = end
            if end == .abandoned { state = State(end: end, wake: state.wake) }
            return state.woken()
        }
        wake?()
    }

    /// The messages that wait, from the oldest on: one at least, and no more than `bytes` unless it is one alone.
    ///
    /// - Parameter wake: called when there is more, or the end, after an answer with no frame and no end; once, on any
    ///   thread.
    /// - Returns: no messages and the end, once there is nothing more to send.
    func next(upTo bytes: Int, wake: @escaping @Sendable () -> Void) -> (frames: ArraySlice<LinkMessage>, end: End?) {
        state.withLock { state in
            let begin = state.next
            var count = 0
            while state.next < state.frames.count {
                let size = state.frames[state.next].byteCount
                guard count == 0 || count + size <= bytes else { break }
                count += size
                state.next += 1
            }
            let found = state.frames[begin..<state.next]
            state.bytes -= count
            // What was read is released, also while a slow follower never comes to the end of the queue.
            if state.next == state.frames.count || state.next > 256 {
                state.frames.removeFirst(state.next)
                state.next = 0
            }
            guard found.isEmpty else { return (found, nil) }
            if state.end == nil { state.wake = wake }
            return ([], state.end)
        }
    }
}
