extension MetricsText {
    /// The nodes of the cluster, as this one sees them.
    mutating func cluster(_ status: ClusterStatus) {
        family("screenpop_cluster_leader", .gauge, "1 while this node leads.")
        sample("screenpop_cluster_leader", [], status.leader == status.own ? 1 : 0)
        family("screenpop_cluster_nodes", .gauge, "Nodes that this one sees, by state.")
        for state in ClusterStatus.State.allCases {
            sample(
                "screenpop_cluster_nodes", [("state", state.rawValue)], status.nodes.count { $0.state == state })
        }
        let sorted = status.nodes.sorted { $0.node < $1.node }
        family("screenpop_cluster_seq", .gauge, "The newest position that a node has applied.")
        for node in sorted { sample("screenpop_cluster_seq", [("node", node.node)], Double(node.seq)) }
        family("screenpop_cluster_lag_seconds", .gauge, "How far a node is behind the leader.")
        for node in sorted { seconds("screenpop_cluster_lag_seconds", [("node", node.node)], ms: node.lagMs) }
    }
}
