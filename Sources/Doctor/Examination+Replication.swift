extension Examination {
    /// Whether the nodes are those that somebody has named; nothing where nobody has.
    static func peers(_ cluster: ClusterFacts) -> [Finding] {
        guard !cluster.peers.isEmpty else { return [] }
        let others = cluster.nodes.filter { $0.name != cluster.asked }
        let strangers = others.filter { $0.isAlive && !cluster.peers.contains($0.address) }
        let missing = cluster.peers.filter { peer in !others.contains { $0.address == peer } }
        let found =
            strangers.map { node in
                Finding(
                    .warning, .peers,
                    Sentence(
                        "ノード \(node.name)（\(node.address)）は \(cluster.asked) の `[cluster] peers` にありません。",
                        "Node \(node.name) at \(node.address) is none of `[cluster] peers` of node \(cluster.asked)."),
                    advice: Sentence(
                        "正しいノードなら `peers` に加え、違うなら止めて `cluster-secret` を変えてください。",
                        "Add it to `peers`, or stop it and change the secret of the others."))
            }
            + missing.map { peer in
                Finding(
                    .warning, .peers,
                    Sentence(
                        "`[cluster] peers` にある \(peer) のノードは一度も現れていません。",
                        "No node was ever there at \(peer), which `[cluster] peers` of node \(cluster.asked) names."),
                    advice: Sentence(
                        "そのノードの `address` を確かめて起動するか、`peers` から除いてください。",
                        "See its `address` and start it, or take it out of `peers`."))
            }
        return found.isEmpty
            ? [
                Finding(
                    .ok, .peers,
                    Sentence("ノードは `[cluster] peers` のとおりです。", "The nodes are those of `[cluster] peers`."))
            ] : found
    }

    /// How far standbys are behind: one that has much to catch up with cannot take the primary's place soon, and
    /// commits that wait for it are slow.
    static func replication(_ database: DatabaseFacts) -> [Finding] {
        guard !database.behind.isEmpty else { return [] }
        let late = database.behind.filter { max($0.unwritten ?? 0, $0.unapplied ?? 0) > replicationLagMax }
        guard !late.isEmpty else {
            return [
                Finding(
                    .ok, .replication,
                    Sentence("スタンバイは遅れていません。", "The standbys have what the database has written."))
            ]
        }
        return late.map { standby in
            let unwritten = (standby.unwritten ?? 0) >> 20, unapplied = (standby.unapplied ?? 0) >> 20
            return Finding(
                .warning, .replication,
                Sentence(
                    "スタンバイ \(standby.name) は、ディスクに \(unwritten) MiB、適用で \(unapplied) MiB 遅れています。",
                    "Standby \(standby.name) has not written \(unwritten) MiB of the database's log, and not applied "
                        + "\(unapplied) MiB."),
                advice: Sentence(
                    "作り直した直後なら待ってください。続くなら、そのマシンのディスクとネットワークを確かめてください。",
                    "Wait if it has just been made. Otherwise look at its disk and network: it could not take over "
                        + "soon."))
        }
    }
}
