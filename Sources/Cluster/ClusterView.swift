import Dispatch
import NodeLink
import PostgresLog

/// What this node knows of the cluster from the database.
struct ClusterView: Sendable {
    private(set) var head: LogHead?
    private(set) var nodes: [Membership.Node] = []
    /// Whether the last heartbeat was answered.
    private(set) var seesDatabase = false
    /// When the last answer came. Monotonic milliseconds.
    private var sawDatabaseAt: Int64?
    /// Who said that it leads, which the database may not have shown yet; and the epoch of its leadership.
    private var told: (leader: Peer, epoch: Int64, at: Int64)?
    /// When the leader last said that an append of its waits for the database. Monotonic milliseconds.
    private var leaderWaitedAt: Int64?
    private var election: Election
    /// When each node's copy was last seen to have everything that the log had a heartbeat before. Monotonic
    /// milliseconds.
    private var caughtUp: [String: Int64] = [:]

    init(node: String) { election = Election(node: node) }

    /// Notes what a heartbeat has shown.
    ///
    /// - Parameter now: a monotonic clock. Milliseconds.
    mutating func note(
        _ seen: (nodes: [Membership.Node], head: LogHead?)?, seq: Int64, now: Int64
    ) -> Election.Advice {
        guard let seen else {
            seesDatabase = false
            election.lostSight()
            return .follow
        }
        seesDatabase = true
        sawDatabaseAt = now
        let end = head?.last ?? 0
        for one in seen.nodes where one.seq >= end { caughtUp[one.name] = now }
        head = seen.head
        nodes = seen.nodes
        // It was in the database before it was said: what the database does not have after seconds it has lost.
        if let told, now - told.at > 5_000 { self.told = nil }
        return election.advise(
            leader: seen.head?.node, nodes: seen.nodes.filter { $0.name != election.node }.map(Election.Seen.init),
            seq: seq, now: now)
    }

    mutating func noteWaiting(now: Int64) { leaderWaitedAt = now }

    /// A heartbeat that was answered within this time says that the database answers this node, and a leader's that
    /// was not there for so long that it does not answer the leader. Some heartbeats. Milliseconds.
    private static let fresh: Int64 = 350

    /// Whether the leader waits for the database: it says so some times a second.
    ///
    /// A leader that waits alone, while this node sees the database, is cut off from it. Another node is about to lead,
    /// and the desks are not to go where it is not.
    func leaderWaits(now: Int64) -> Bool {
        guard let leaderWaitedAt, now - leaderWaitedAt < 1_500 else { return false }
        guard let sawDatabaseAt, now - sawDatabaseAt < ClusterView.fresh, let leader = head?.node else { return true }
        return silence(of: leader, now: now) ?? 0 < ClusterView.fresh
    }

    /// Notes that a node says that it leads.
    mutating func note(_ leader: Peer, leads epoch: Int64, now: Int64) {
        if epoch > told?.epoch ?? 0 { told = (leader, epoch, now) }
    }

    /// Who leads, as far as the database or the leader itself has said; nil when nobody does. Its address is missing
    /// while its row in the database is.
    var leader: (node: String, address: String?)? {
        if let told, told.epoch > head?.epoch ?? 0 { return (told.leader.node, told.leader.address) }
        guard let name = head?.node else { return nil }
        return (name, nodes.first { $0.name == name }?.address)
    }

    /// How long a node's copy has been behind the log; 0 when it is not. Milliseconds.
    func lag(of node: String, now: Int64) -> Int64 {
        let since = now - (caughtUp[node] ?? now)
        // A few heartbeats: no node can be seen to be nearer than that.
        return since <= 3 * Int64(Heart.every) ? 0 : since
    }

    /// Milliseconds since a node's heartbeat was last seen to change; nil for one that was never seen.
    func silence(of node: String, now: Int64) -> Int64? { election.changed[node].map { now - $0.at } }
}

extension Election.Seen {
    init(_ node: Membership.Node) {
        self.init(
            node: node.name, beat: node.beat, seq: node.seq, isLeaving: node.state == NodeState.leaving.rawValue,
            isJoining: node.state == NodeState.joining.rawValue)
    }
}

/// A monotonic clock. Milliseconds.
func monotonicMs() -> Int64 { Int64(DispatchTime.now().uptimeNanoseconds / 1_000_000) }
