import Synchronization

/// The number of open event connections.
public final class ConnectionCount: Sendable {
    private let count = Atomic<Int>(0)

    public init() {}

    public var now: Int { count.load(ordering: .relaxed) }
    func begin() { count.wrappingAdd(1, ordering: .relaxed) }
    func end() { count.wrappingSubtract(1, ordering: .relaxed) }
}
