import Glibc

/// The nodes of the cluster, as one of them sees them.
public struct ClusterStatus: Equatable, Sendable {
    public enum State: String, CaseIterable, Sendable {
        case leader, follower
        /// It copies a snapshot, or applies what it does not have yet.
        case joining
    }

    public struct Node: Equatable, Sendable {
        /// Its name in the configuration.
        public var node: String
        public var state: State
        /// The newest position of the log that it has applied.
        public var seq: Int64
        /// How far it is behind the leader. Milliseconds.
        public var lagMs: Int64

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
    public var nodes: [Node]

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
