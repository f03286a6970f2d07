import NIOCore
import Synchronization

/// The open connections of one side, bounded, so that they can be counted and closed.
final class ConnectionTable: Sendable {
    private struct Entry {
        var channel: any Channel
        /// The other side, where it matters.
        var address: String
        /// The first line has come.
        var isOpen: Bool
    }
    private struct State {
        var entries: [ObjectIdentifier: Entry] = [:]
        var opening = 0
        var hasEnded = false
    }
    private let state = Mutex(State())

    /// Adds a connection; it is removed when it closes.
    ///
    /// - Parameter isOpen: false for one whose first line has not come; see `opened`.
    /// - Returns: false at the limit, and after `closeAll`: the caller closes it.
    func add(_ channel: any Channel, address: String = "", isOpen: Bool) -> Bool {
        let id = ObjectIdentifier(channel)
        let isAdded = state.withLock { state in
            guard !state.hasEnded, isOpen || state.opening < LinkLimits.openingMax else { return false }
            state.entries[id] = Entry(channel: channel, address: address, isOpen: isOpen)
            if !isOpen { state.opening += 1 }
            return true
        }
        guard isAdded else { return false }
        channel.closeFuture.whenComplete { [self] _ in
            state.withLock { state in
                if state.entries.removeValue(forKey: id)?.isOpen == false { state.opening -= 1 }
            }
        }
        return true
    }

    /// The first line of a connection has come.
    ///
    /// - Returns: false at the limit: the caller refuses it.
    func opened(_ channel: any Channel) -> Bool {
        state.withLock { state in
            let id = ObjectIdentifier(channel)
            guard state.entries[id]?.isOpen == false,
                state.entries.count - state.opening < LinkLimits.connectionsMax
            else { return false }
            state.entries[id]?.isOpen = true
            state.opening -= 1
            return true
        }
    }

    var count: Int { state.withLock { $0.entries.count } }

    /// Cuts the connections to other addresses than this one; nil: all.
    func close(allBut address: String?) {
        let others = state.withLock { state in
            state.entries.values.filter { address == nil || $0.address != address }.map(\.channel)
        }
        for channel in others { channel.cut() }
    }

    /// Cuts all connections, and accepts no further ones. Returns when they are closed.
    func closeAll() async {
        let all = state.withLock { state in
            state.hasEnded = true
            return state.entries.values.map(\.channel)
        }
        for channel in all { channel.cut() }
        for channel in all { try? await channel.closeFuture.get() }
    }
}
