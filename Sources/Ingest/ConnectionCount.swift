import Synchronization

/// Counts the open event connections, and limits them.
public final class ConnectionCount: Sendable {
    /// A PBX has a few connections. More than this is a client that does not close its own, and would use up the
    /// descriptors that streams need (`LimitNOFILE` of the unit is 16,384).
    public static let mostByDefault = 4_096

    private let count = Atomic<Int>(0)
    let most: Int

    /// - Parameter most: how many connections may be open at once.
    public init(most: Int = ConnectionCount.mostByDefault) { self.most = most }

    public var now: Int { count.load(ordering: .relaxed) }

    /// - Returns: false at the limit: the connection is not counted and has to be closed.
    func begin() -> Bool {
        guard count.wrappingAdd(1, ordering: .relaxed).newValue > most else { return true }
        end()
        return false
    }
    func end() { count.wrappingSubtract(1, ordering: .relaxed) }
}
