import NIOCore
import Synchronization

/// The open connections of the HTTP interface, all listeners together, and how many there may be.
///
/// A connection above the limit is answered with 503 and closed; those that are open go on. Far above it, connections
/// are closed at once: an answer costs memory, too. The limits are constants, as centres differ in nothing here: a
/// desk has two or three connections, and the largest centre five thousand operators.
final class HTTPConnections: Sendable {
    struct Limits: Sendable {
        /// Of all clients. `LimitNOFILE` of the unit is 16,384, of which PBXs may have 4,096.
        var all = 10_000
        /// Of one address over the network: a proxy or a router before the whole centre is one.
        var ofAddress = 8_192
        /// Above the limits, so many at once get an answer.
        var answered = 256
        /// How long a connection above the limits may wait with its request.
        var patience = TimeAmount.seconds(5)
    }

    enum Admission: Equatable {
        case served
        /// It gets 503 as its answer, and is closed.
        case refused
        case closed
    }

    private struct State {
        var served = 0
        var byAddress: [String: Int] = [:]
        var refused: [ObjectIdentifier: Problem] = [:]
    }
    let limits: Limits
    private let state = Mutex(State())
    private let refusals = Atomic<Int>(0)
    private let refusedNow = Atomic<Int>(0)

    init(limits: Limits = Limits()) { self.limits = limits }

    /// Connections that are served now.
    var count: Int { state.withLock { $0.served } }
    /// Connections that were refused since the start.
    var refusedCount: Int { refusals.load(ordering: .relaxed) }

    /// Counts a new connection until it is closed. To be called on its loop.
    ///
    /// - Parameter address: nil for a local program.
    func admit(_ channel: any Channel, address: String?) -> Admission {
        let id = ObjectIdentifier(channel)
        let admission = state.withLock { state -> Admission in
            let isTooManyOfOne = address.map { state.byAddress[$0, default: 0] >= limits.ofAddress } ?? false
            if state.served < limits.all, !isTooManyOfOne {
                state.served += 1
                if let address { state.byAddress[address, default: 0] += 1 }
                return .served
            }
            guard state.refused.count < limits.answered else { return .closed }
            state.refused[id] = isTooManyOfOne ? tooManyOfOne : tooMany
            return .refused
        }
        switch admission {
        case .served: channel.closeFuture.whenComplete { [weak self] _ in self?.ended(address) }
        case .refused:
            refusals.wrappingAdd(1, ordering: .relaxed)
            refusedNow.wrappingAdd(1, ordering: .relaxed)
            let cut = channel.eventLoop.scheduleTask(in: limits.patience) { channel.close(promise: nil) }
            channel.closeFuture.whenComplete { [weak self] _ in
                cut.cancel()
                self?.refusalEnded(id)
            }
        case .closed: refusals.wrappingAdd(1, ordering: .relaxed)
        }
        return admission
    }

    /// Why a connection is not served; nil for one that is.
    func refusal(of channel: any Channel) -> Problem? {
        guard refusedNow.load(ordering: .relaxed) > 0 else { return nil }
        return state.withLock { $0.refused[ObjectIdentifier(channel)] }
    }

    private func ended(_ address: String?) {
        state.withLock { state in
            state.served -= 1
            guard let address, let count = state.byAddress[address] else { return }
            state.byAddress[address] = count > 1 ? count - 1 : nil
        }
    }

    private func refusalEnded(_ id: ObjectIdentifier) {
        state.withLock { $0.refused[id] = nil }
        refusedNow.wrappingSubtract(1, ordering: .relaxed)
    }

    private var tooMany: Problem {
        Problem(
            .serviceUnavailable,
            "\(limits.all) connections are open already, which is the most: ask again in a moment.",
            headers: [.retryAfter: "5", .connection: "close"])
    }

    private var tooManyOfOne: Problem {
        Problem(
            .tooManyRequests,
            "\(limits.ofAddress) connections of this address are open already, which is the most: close some, or use "
                + "them for several requests.",
            headers: [.retryAfter: "5", .connection: "close"])
    }
}
