import NIOCore
import Synchronization

/// Counts the open event connections, and limits them.
public final class ConnectionCount: Sendable {
    /// A PBX has a few connections. More than this is a client that does not close its own, and would use up the
    /// descriptors that streams need (`LimitNOFILE` of the unit is 16,384).
    public static let mostByDefault = 4_096

    private let count = Atomic<Int>(0)
    private let open = Mutex<[ObjectIdentifier: any Channel]>([:])
    let most: Int

    /// - Parameter most: how many connections may be open at once.
    public init(most: Int = ConnectionCount.mostByDefault) { self.most = most }

    /// Connections that are open. To be read on any thread.
    public var now: Int { count.load(ordering: .relaxed) }

    /// - Returns: false at the limit: the connection is not counted and has to be closed.
    func begin() -> Bool {
        guard count.wrappingAdd(1, ordering: .relaxed).newValue > most else { return true }
        end()
        return false
    }
    /// A connection is there until it is closed.
    func note(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        open.withLock { $0[id] = channel }
        channel.closeFuture.whenComplete { [weak self] _ in _ = self?.open.withLock { $0.removeValue(forKey: id) } }
    }

    /// Closes all connections, so that their clients connect again: to where events are accepted now.
    public func closeAll() {
        for channel in open.withLock({ Array($0.values) }) { channel.close(promise: nil) }
    }

    func end() { count.wrappingSubtract(1, ordering: .relaxed) }
}
