import NodeLink
import PostgresLog

/// What a node tells of the cluster.
extension ClusterNode {
    /// One node, as the database shows it.
    public struct NodeStatus: Equatable, Sendable {
        public var node: String
        public var state: NodeState
        public var version: String
        /// The end of its copy of the log.
        public var seq: Int64
        /// How long its copy has been behind. Milliseconds.
        public var lagMs: Int64
        /// By how much its clock differs from the database's. Milliseconds; nil when it is not known.
        public var clockOffsetMs: Int64?
    }

    public struct Status: Equatable, Sendable {
        /// nil when nobody leads, or it is not known who does.
        public var leader: String?
        /// The living nodes by name.
        public var nodes: [NodeStatus]
        /// Whether the database was reached at the last heartbeat.
        public var seesDatabase: Bool
        /// Whether a commit of this node waits for the database.
        public var waitsForDatabase: Bool
    }

    /// A node whose heartbeat has been silent for this time is not listed. Milliseconds.
    private static let forgottenAfter: Int64 = 10_000

    public var status: Status {
        let now = monotonicMs(), view = view.withLock { $0 }
        let nodes = view.nodes.compactMap { one -> NodeStatus? in
            let isOwn = one.name == node
            guard isOwn || view.silence(of: one.name, now: now) ?? 0 < ClusterNode.forgottenAfter,
                let state = isOwn ? (leads ? .leader : .follower) : NodeState(rawValue: one.state), state != .leaving
            else { return nil }
            return NodeStatus(
                node: one.name, state: state, version: one.version, seq: isOwn ? position.now : one.seq,
                lagMs: view.lag(of: one.name, now: now), clockOffsetMs: one.clockOffsetMs)
        }
        let isLeading = leads, leader = view.head?.node
        return Status(
            leader: isLeading ? node : leader == node ? nil : leader, nodes: nodes.sorted { $0.node < $1.node },
            seesDatabase: view.seesDatabase, waitsForDatabase: leading.isAway)
    }

    /// Whether this node leads.
    public var leads: Bool { leading.epoch != nil }

    /// The node that leads, and where it is; nil when this one does, or nobody is known to.
    public var leader: Peer? {
        if leads { return nil }
        return view.withLock { view in
            guard let leader = view.leader, leader.name != node, leader.state == NodeState.leader.rawValue else {
                return nil
            }
            return Peer(node: leader.name, address: leader.address)
        }
    }

    /// Returns when somebody leads, or after the time: a start is over then.
    public func knowsLeader(atMost time: Duration) async {
        let end = ContinuousClock.now + time
        while !leads, leader == nil, ContinuousClock.now < end { try? await Task.sleep(for: .milliseconds(20)) }
    }

    /// Returns when this node's state and records are at the position, or after five seconds.
    ///
    /// - Returns: whether they are.
    public func reached(_ position: Int64) async -> Bool {
        await self.position.wait(for: position, atMost: .seconds(5))
    }

    /// A follower's queue of what is appended from now on.
    public func subscribe() -> Feed { leading.subscribe() }
}
