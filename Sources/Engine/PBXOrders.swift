import EventWire
import Synchronization

/// Sends orders to the bridges that accept them, and returns their answers.
public final class PBXOrders: Sendable {
    /// The outcome of an order.
    public enum Outcome: Equatable, Sendable {
        /// The PBX has done it.
        case done
        /// Refused, with the PBX's reason.
        case refused(String)
        /// No bridge accepts orders for that PBX.
        case nobody
        /// No answer in time: whether it was done is not known.
        case noAnswer
    }

    private struct Bridge {
        var number: Int
        var send: @Sendable ([UInt8]) -> Void
    }
    private struct Waiting {
        var bridge: Int
        var continuation: CheckedContinuation<Outcome, Never>
    }
    private struct State {
        var last = 0
        /// The newest connection of each source.
        var bridges: [String: Bridge] = [:]
        var waiting: [String: Waiting] = [:]
        /// Connections that are open, older ones of a source included.
        var open: Set<Int> = []
        var refused = 0
    }
    private let state = Mutex(State())
    private let sleep: @Sendable (Int64) async throws -> Void

    /// - Parameters:
    ///   - sleep: waits so many milliseconds.
    ///   - most: connections that may be open at once.
    public init(
        most: Int = PBXOrders.mostByDefault,
        sleep: @escaping @Sendable (Int64) async throws -> Void = { try await Task.sleep(for: .milliseconds($0)) }
    ) {
        self.most = most
        self.sleep = sleep
    }

    /// Each PBX has one. More is a bridge that does not close its own, and would use up the descriptors that streams
    /// need.
    public static let mostByDefault = 256
    /// Connections that may be open at once.
    public let most: Int

    /// Connections that are open.
    public var connections: Int { state.withLock { $0.open.count } }
    /// Connections that were refused since the start.
    public var refusedCount: Int { state.withLock { $0.refused } }

    /// Whether one more connection may be opened; one that may not is counted as refused. The connections of a daemon
    /// are opened on one thread, so the answer holds until `opened`.
    public func admits() -> Bool {
        state.withLock { state in
            if state.open.count < most { return true }
            state.refused += 1
            return false
        }
    }

    /// Sends an order, and waits for its outcome.
    ///
    /// - Parameters:
    ///   - source: the PBX of the operator; nil: the only one that accepts orders.
    ///   - milliseconds: the longest wait.
    public func send(_ order: PBXOrder, to source: String?, within milliseconds: Int64) async -> Outcome {
        var order = order
        let taken = state.withLock { state -> (bridge: Bridge, id: String)? in
            let only = state.bridges.count == 1 ? state.bridges.values.first : nil
            guard let bridge = source.flatMap({ state.bridges[$0] }) ?? (source == nil ? only : nil) else { return nil }
            state.last += 1
            return (bridge, String(state.last))
        }
        guard let (bridge, id) = taken else { return .nobody }
        order.id = id
        var out = ByteBuilder(capacity: 256)
        order.write(into: &out)
        let bytes = out.bytes
        // Armed when the order is registered, and not before: a time-out that ran out first would end nothing.
        var timeOut: Task<Void, Never>?
        let outcome = await withCheckedContinuation { continuation in
            let stands = state.withLock { state in
                guard state.bridges.values.contains(where: { $0.number == bridge.number }) else { return false }
                state.waiting[id] = Waiting(bridge: bridge.number, continuation: continuation)
                return true
            }
            guard stands else { return continuation.resume(returning: .nobody) }
            timeOut = Task {
                try? await sleep(milliseconds)
                if !Task.isCancelled { end(id, .noAnswer) }
            }
            bridge.send(bytes)
        }
        timeOut?.cancel()
        return outcome
    }

    /// Registers a bridge that accepts orders for this PBX; `send` writes to it.
    ///
    /// - Returns: the number of the connection.
    public func opened(_ source: String, send: @escaping @Sendable ([UInt8]) -> Void) -> Int {
        state.withLock { state in
            state.last += 1
            state.bridges[source] = Bridge(number: state.last, send: send)
            state.open.insert(state.last)
            return state.last
        }
    }

    /// Unregisters a connection; its open orders stay without an answer.
    public func closed(_ bridge: Int) {
        let left = state.withLock { state in
            state.open.remove(bridge)
            state.bridges = state.bridges.filter { $0.value.number != bridge }
            let left = state.waiting.filter { $0.value.bridge == bridge }
            for id in left.keys { state.waiting[id] = nil }
            return left
        }
        for one in left.values { one.continuation.resume(returning: .noAnswer) }
    }

    /// Records the outcome of an order, and resumes whoever waits for it.
    ///
    /// - Parameter bridge: the connection that reports it; orders of another connection are left alone.
    public func end(_ id: String, _ outcome: Outcome, by bridge: Int? = nil) {
        let found = state.withLock { state -> Waiting? in
            guard let found = state.waiting[id], bridge == nil || found.bridge == bridge else { return nil }
            state.waiting[id] = nil
            return found
        }
        found?.continuation.resume(returning: outcome)
    }
}
