import Doctor

extension MetricsText {
    /// What a node knows of its cluster. Families without samples for a daemon that is alone.
    mutating func cluster(_ facts: ClusterFacts?) {
        one("nodes", "Nodes that have been there, this one included.", facts?.nodes.count)
        one("nodes_alive", "Nodes that are running.", facts?.nodes.count(where: \.isAlive))
        one("has_leader", "0 while no node leads.", facts.map { $0.leader == nil ? 0 : 1 })
        one("leads", "1 on the node that leads.", facts.map { $0.leader == $0.asked ? 1 : 0 })
        one(
            "database_reached", "0 while this node does not reach the database.",
            facts.map { $0.database == nil ? 0 : 1 })
        one(
            "synchronous_standbys", "Standbys of the database that an acknowledgement may wait for.",
            facts?.database?.synchronousStandbys)
        // A standby that a node is connected with has no commits.
        one(
            "commit_waits_for_standby",
            "0 where an acknowledgement does not wait for a standby's disk: synchronous_commit, or no such standby.",
            facts?.database.flatMap { $0.isInRecovery ? nil : $0.waitsForStandbysDisk ? 1 : 0 })
        let behind = facts?.database?.behind ?? []
        family(
            "screenpop_cluster_replication_lag_bytes",
            .gauge, "Of the database's log, what a standby has not on its disk, by standby.")
        for one in behind {
            sample(
                "screenpop_cluster_replication_lag_bytes", [("standby", one.name)], one.unwritten.map(Double.init))
        }
        family(
            "screenpop_cluster_replay_lag_bytes",
            .gauge, "Of the database's log, what a standby has not in its tables, by standby.")
        for one in behind {
            sample("screenpop_cluster_replay_lag_bytes", [("standby", one.name)], one.unapplied.map(Double.init))
        }
        each("lag_seconds", "How far a node is behind the leader, by node.", facts) { $0.lag }
        each("clock_ahead_seconds", "How far a node's clock is ahead of the database's, by node.", facts) {
            $0.clockAhead
        }
    }

    private mutating func one(_ name: String, _ help: String, _ value: Int?) {
        family("screenpop_cluster_\(name)", .gauge, help)
        sample("screenpop_cluster_\(name)", [], value.map(Double.init))
    }

    private mutating func each(
        _ name: String, _ help: String, _ facts: ClusterFacts?, _ ms: (ClusterFacts.Node) -> Int64?
    ) {
        family("screenpop_cluster_\(name)", .gauge, help)
        for node in facts?.nodes ?? [] where node.isAlive {
            seconds("screenpop_cluster_\(name)", [("node", node.name)], ms: ms(node))
        }
    }
}
