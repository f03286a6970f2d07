import Dispatch
import PostgresLog

/// What this node knows of the cluster from the database.
struct ClusterView: Sendable {
    private(set) var head: LogHead?
    private(set) var nodes: [Membership.Node] = []
    /// Whether the last heartbeat was answered.
    private(set) var seesDatabase = false
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
        let end = head?.last ?? 0
        for one in seen.nodes where one.seq >= end { caughtUp[one.name] = now }
        head = seen.head
        nodes = seen.nodes
        return election.advise(
            leader: seen.head?.node, nodes: seen.nodes.filter { $0.name != election.node }.map(Election.Seen.init),
            seq: seq, now: now)
    }

    mutating func noteWaiting(now: Int64) { leaderWaitedAt = now }

    /// Whether the leader waits for the database: it says so twice a second.
    func leaderWaits(now: Int64) -> Bool { leaderWaitedAt.map { now - $0 < 1_500 } ?? false }

    /// Who leads, as far as the database says; nil when nobody does.
    var leader: Membership.Node? { head?.node.flatMap { name in nodes.first { $0.name == name } } }

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
