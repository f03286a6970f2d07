import Glibc

/// The nodes of the cluster, as one of them sees them.
public struct ClusterStatus: Equatable, Sendable {
    /// What a node does. The raw values are those of the HTTP interface.
    public enum State: String, CaseIterable, Sendable {
        /// It writes the log, or follows it.
        case leader, follower
        /// It copies a snapshot, or applies what it does not have yet.
        case joining
    }

    /// One node that is alive.
    public struct Node: Equatable, Sendable {
        /// Its name in the configuration.
        public var node: String
        /// What it does now.
        public var state: State
        /// The newest position of the log that it has applied.
        public var seq: Int64
        /// How far it is behind the leader. Milliseconds.
        public var lagMs: Int64

        /// Copies its values.
        public init(node: String, state: State, seq: Int64, lagMs: Int64) {
            self.node = node
            self.state = state
            self.seq = seq
            self.lagMs = lagMs
        }
    }

    /// The node that this is of.
    public var own: String
    /// nil while none leads.
    public var leader: String?
    /// Those that are alive, this one included.
    public var nodes: [Node]

    /// Copies its values.
    public init(own: String, leader: String?, nodes: [Node]) {
        self.own = own
        self.leader = leader
        self.nodes = nodes
    }

    /// A daemon without a cluster: one node, which leads, called as the machine is.
    public static func alone(seq: Int64) -> ClusterStatus {
        var name = [CChar](repeating: 0, count: 256)
        let isNamed = gethostname(&name, name.count - 1) == 0
        let text = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        let own = isNamed && !text.isEmpty ? text : "self"
        return ClusterStatus(own: own, leader: own, nodes: [Node(node: own, state: .leader, seq: seq, lagMs: 0)])
    }
}
