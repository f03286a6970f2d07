import NodeLink
import PostgresLog

/// What a node tells of the cluster.
extension ClusterNode {
    /// One node, as the database shows it.
    public struct NodeStatus: Equatable, Sendable {
        /// Its name, unique in the cluster.
        public var node: String
        /// Where other nodes reach it.
        public var address: String
        /// What it does; a node that still says it leads while another one does is a follower here.
        public var state: NodeState
        /// Whether its heartbeat was seen within the last seconds.
        public var isAlive: Bool
        /// The version of its program.
        public var version: String
        /// The end of its copy of the log.
        public var seq: Int64
        /// How long its copy has been behind. Milliseconds.
        public var lagMs: Int64
        /// By how much its clock differs from the database's. Milliseconds; nil when it is not known.
        public var clockOffsetMs: Int64?
    }

    /// The cluster as this node sees it, by its last heartbeat.
    public struct Status: Equatable, Sendable {
        /// nil when nobody leads, or it is not known who does.
        public var leader: String?
        /// All nodes that did not leave in order, by name.
        public var nodes: [NodeStatus]
        /// Whether the database was reached at the last heartbeat.
        public var seesDatabase: Bool
        /// Whether a commit of this node waits for the database.
        public var waitsForDatabase: Bool
    }

    /// A node whose heartbeat has been silent for this time counts as dead. Milliseconds.
    private static let deadAfter: Int64 = 5_000

    /// The cluster as this node sees it now. Asks nobody; may be called on any thread.
    public var status: Status {
        let now = monotonicMs(), view = view.withLock { $0 }
        let nodes = view.nodes.compactMap { one -> NodeStatus? in
            let isOwn = one.name == node
            guard let state = isOwn ? (leads ? .leader : .follower) : NodeState(rawValue: one.state), state != .leaving
            else { return nil }
            // One that says it leads while another does was stopped before it could say otherwise.
            let isFormerLeader = state == .leader && !isOwn && one.name != view.leader?.node
            return NodeStatus(
                node: one.name, address: one.address, state: isFormerLeader ? .follower : state,
                isAlive: isOwn
                    || !isFormerLeader && view.silence(of: one.name, now: now) ?? 0 < ClusterNode.deadAfter,
                version: one.version, seq: isOwn ? position.now : one.seq,
                lagMs: view.lag(of: one.name, now: now), clockOffsetMs: one.clockOffsetMs)
        }
        let isLeading = leads, leader = view.leader?.node
        return Status(
            leader: isLeading ? node : leader == node ? nil : leader, nodes: nodes.sorted { $0.node < $1.node },
            seesDatabase: view.seesDatabase, waitsForDatabase: leading.isAway)
    }

    /// What the database says of itself; nil and the reason when it cannot be asked. At most one question in five
    /// seconds.
    public func database() async -> Result<ServerFacts, PostgresError> {
        let now = monotonicMs()
        if let known = asked.withLock({ $0 }), now - known.at < 5_000 { return known.facts }
        let facts = await withCheckedContinuation { continuation in
            asking.async { [place] in
                let result: Result<ServerFacts, PostgresError>
                do throws(PostgresError) {
                    let table = try LogTable.open(place)
                    defer { table.close() }
                    result = .success(try table.facts())
                } catch { result = .failure(error) }
                continuation.resume(returning: result)
            }
        }
        asked.withLock { $0 = (monotonicMs(), facts) }
        return facts
    }

    /// Whether pops are shown by the leader alone at the moment, and this node is another one: an append waits for the
    /// database.
    public var leaderWaits: Bool { !leads && view.withLock { $0.leaderWaits(now: monotonicMs()) } }

    func noteLeaderWaits() { view.withLock { $0.noteWaiting(now: monotonicMs()) } }

    /// Which leadership of this node this is: another one in each; nil while it does not lead.
    public var term: Int64? { leading.term }

    /// Whether this node leads.
    public var leads: Bool { leading.epoch != nil }

    /// The node that leads, and where it is; nil when this one does, or nobody is known to.
    public var leader: Peer? {
        if leads { return nil }
        return view.withLock { view in
            // Its own row may be older than its lock: who connects too early is sent away, and comes again.
            guard let (name, address) = view.leader, let address, name != node else { return nil }
            return Peer(node: name, address: address)
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

    /// A follower's queue of what comes after a position.
    public func subscribe(after position: Int64) -> Feed { leading.subscribe(after: position) }

    /// Another node says that it leads. One that is cut off from the database learns it by this alone.
    public func noteLeader(_ leader: Peer, leads epoch: Int64) {
        guard leader.node != node else { return }
        view.withLock { $0.note(leader, leads: epoch, now: monotonicMs()) }
        leading.superseded(by: epoch)
        add.yield(.poll)
    }
}
