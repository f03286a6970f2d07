import Synchronization

/// A node's heartbeat, and who else is there. A session of its own whose commits wait for no standby, so that a leader
/// whose commit waits still shows that it lives.
///
/// Calls block, 2 s at most, and one after another when several threads call. After `unavailable` the session is over:
/// join again.
public final class Membership: Sendable {
    /// A node of the cluster, as its last heartbeat described it.
    public struct Node: Equatable, Sendable {
        /// As `PostgresPlace.node`; unique in the cluster.
        public var name: String
        /// Where other nodes reach it.
        public var address: String
        /// The version of its program.
        public var version: String
        /// The node's own word for what it does.
        public var state: String
        /// Up to where its copy has come.
        public var seq: Int64
        /// Counts up with each heartbeat. Unchanged for a time by the reader's monotonic clock: the node is silent.
        public var beat: Int64
        /// Its clock without the database's. Milliseconds; nil where it could not be measured.
        public var clockOffsetMs: Int64?
        /// By the database's clock, for people: a clock that was set falsifies it.
        public var seenMsAgo: Int64

        /// Copies its arguments.
        init(
            name: String, address: String, version: String, state: String, seq: Int64, beat: Int64,
            clockOffsetMs: Int64?, seenMsAgo: Int64
        ) {
            self.name = name
            self.address = address
            self.version = version
            self.state = state
            self.seq = seq
            self.beat = beat
            self.clockOffsetMs = clockOffsetMs
            self.seenMsAgo = seenMsAgo
        }
    }

    /// What `join` and each heartbeat say of the node.
    private struct Own: Sendable {
        var name: String, address: String, version: String
        /// Which process of this node: greater than that of every earlier one.
        var started: Int64

        /// - Parameter seq: nil keeps what the row has.
        func fill(_ parameters: inout Parameters, state: String, seq: Int64?, clockOffsetMs: Int64?) {
            parameters.add(name)
            parameters.add(address)
            parameters.add(version)
            parameters.add(state)
            parameters.add(seq)
            parameters.add(clockOffsetMs)
            parameters.add(started)
        }
    }

    private struct State {
        var session: Session?
        var clockOffsetMs: Int64?
    }

    private let own: Own
    private let state: Mutex<State>

    private init(_ session: sending Session, _ own: Own, clockOffsetMs: Int64?) {
        self.own = own
        state = Mutex(State(session: session, clockOffsetMs: clockOffsetMs))
    }

    /// Nodes that were not seen for so long are removed when another one joins.
    private static let forgottenAfter = "7 days"

    private static let forget = Statement.once(
        "DELETE FROM screenpop_node WHERE node <> $1::text AND seen < clock_timestamp() - interval '\(forgottenAfter)'")
    // The clock of the server may have been set back: an earlier process of this node never looks newer.
    private static let started = Statement.once(
        """
        SELECT greatest((extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
          (SELECT n.started + 1 FROM screenpop_node n WHERE n.node = $1::text)), \(WallClock.server)
        """)

    /// Says that this node is there, in the state `joining`. An earlier process of the same name is then refused.
    ///
    /// - Parameters:
    ///   - node: as `PostgresPlace.node`.
    ///   - address: where other nodes reach this one.
    public static func join(_ place: PostgresPlace, node: String, address: String, version: String)
        throws(PostgresError) -> Membership
    {
        let session = try Session(place, settings: [("synchronous_commit", "off")])
        let sent = WallClock.nowMs()
        let begun = try session.run(started { $0.add(node) }, within: Limits.beat)
        let offset = WallClock.offsetMs(
            sent: sent, server: try begun.integer(0, 1), received: WallClock.nowMs())
        let own = Own(name: node, address: address, version: version, started: try begun.integer(0, 0))
        _ = try session.run(
            [
                write { own.fill(&$0, state: "joining", seq: nil, clockOffsetMs: offset) },
                forget { $0.add(node) },
            ], within: Limits.beat)
        return Membership(session, own, clockOffsetMs: offset)
    }

    // A row that was lost with an earlier primary is written again. One of a newer process is left as it is.
    private static let write = Statement(
        "beat",
        """
        INSERT INTO screenpop_node AS n (node, address, version, state, seq, beat, seen, clock_ms, started)
        VALUES ($1::text, $2::text, $3::text, $4::text, coalesce($5::bigint, 0), 1, clock_timestamp(), $6::bigint,
          $7::bigint)
        ON CONFLICT (node) DO UPDATE SET address = EXCLUDED.address, version = EXCLUDED.version,
          state = EXCLUDED.state, seq = coalesce($5::bigint, n.seq), beat = n.beat + 1, seen = EXCLUDED.seen,
          clock_ms = EXCLUDED.clock_ms, started = EXCLUDED.started
        WHERE n.started <= EXCLUDED.started
        """)
    private static let nodes = Statement(
        "nodes",
        """
        SELECT node, address, version, state, seq, beat, clock_ms,
          (extract(epoch FROM clock_timestamp() - seen) * 1000)::bigint
        FROM screenpop_node ORDER BY node
        """)
    private static let clock = Statement("clock", "SELECT \(WallClock.server)")

    /// Writes this node's heartbeat and reads all nodes and the head: one round trip.
    ///
    /// - Parameters:
    ///   - state: a word for people and for the other nodes.
    ///   - seq: up to where this node's copy has come.
    /// - Returns: all nodes, this one too, by name; the head, nil before there is a log.
    /// - Throws: `refused` when another process has joined under this node's name.
    public func beat(state word: String, seq: Int64) throws(PostgresError) -> (nodes: [Node], head: LogHead?) {
        try state.withLock { (state) throws(PostgresError) in
            guard let session = state.session else { throw .unavailable("the session was closed") }
            let calls = [
                Membership.write { own.fill(&$0, state: word, seq: seq, clockOffsetMs: state.clockOffsetMs) },
                Membership.clock(), Membership.nodes(), LogHead.read(),
            ]
            let sent = WallClock.nowMs()
            let answers = try session.run(calls, within: Limits.beat)
            state.clockOffsetMs = WallClock.offsetMs(
                sent: sent, server: try answers[1].integer(0, 0), received: WallClock.nowMs())
            let nodes = try Membership.read(answers[2])
            guard answers[0].written == 1 else {
                let other = nodes.first { $0.name == own.name }?.address ?? "unknown"
                throw .refused(
                    "another screenpopd has joined as node \(own.name), at \(other): each node needs a name of its own")
            }
            return (nodes, try LogHead(answers[3]))
        }
    }

    private static func read(_ answer: Answer) throws(PostgresError) -> [Node] {
        var nodes: [Node] = []
        for row in 0..<answer.rows {
            nodes.append(
                Node(
                    name: try answer.text(row, 0), address: try answer.text(row, 1), version: try answer.text(row, 2),
                    state: try answer.text(row, 3), seq: try answer.integer(row, 4), beat: try answer.integer(row, 5),
                    clockOffsetMs: answer.integerIfAny(row, 6), seenMsAgo: try answer.integer(row, 7)))
        }
        return nodes
    }

    private static let remove = Statement.once(
        "DELETE FROM screenpop_node WHERE node = $1::text AND started = $2::bigint")

    /// A planned stop: removes this node from the list and closes. 2 s at most.
    public func leave() {
        state.withLock { state in
            let remove = Membership.remove {
                $0.add(own.name)
                $0.add(own.started)
            }
            _ = try? state.session?.run(remove, within: Limits.close)
            state.session = nil
        }
    }

    /// Closes, and leaves the node in the list.
    public func close() { state.withLock { $0.session = nil } }
}
