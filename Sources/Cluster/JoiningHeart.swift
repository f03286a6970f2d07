import Dispatch
import PostgresLog
import Synchronization

/// Says in the database that this node joins, for as long as its start lasts: copying another node's files may take
/// minutes, and a node that was not seen for some seconds counts as dead.
///
/// An ordinary start is over before the first heartbeat. `Heart` follows, so `stop` has to be called before that joins.
final class JoiningHeart: Sendable {
    private struct State {
        var membership: Membership?
        var isOver = false
    }

    private let place: PostgresPlace
    private let node: String
    private let address: String
    private let version: String
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "cluster joining")

    /// Time between two heartbeats. Milliseconds.
    private static let every = 500

    init(_ place: PostgresPlace, node: String, address: String, version: String) {
        self.place = place
        self.node = node
        self.address = address
        self.version = version
    }

    func start() {
        queue.asyncAfter(deadline: .now() + .milliseconds(JoiningHeart.every)) { [weak self] in
            guard let self, !state.withLock({ $0.isOver }) else { return }
            // A database that is away is asked again.
            _ = try? beat()
            start()
        }
    }

    /// Writes a heartbeat, and reads the nodes. Blocks for some seconds at most.
    ///
    /// - Returns: all nodes, this one too; none after `stop`.
    @discardableResult
    func beat() throws(PostgresError) -> [Membership.Node] {
        try state.withLock { (state) throws(PostgresError) in
            guard !state.isOver else { return [] }
            do throws(PostgresError) {
                let joined: Membership
                if let membership = state.membership {
                    joined = membership
                } else {
                    joined = try Membership.join(place, node: node, address: address, version: version)
                    state.membership = joined
                }
                return try joined.beat(state: NodeState.joining.rawValue, seq: 0).nodes
            } catch {
                state.membership = nil
                throw error
            }
        }
    }

    /// Returns when no heartbeat of this one follows any more.
    func stop() {
        state.withLock { state in
            state.isOver = true
            state.membership?.close()
            state.membership = nil
        }
    }
}
