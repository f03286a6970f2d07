extension Examination {
    /// Milliseconds that a clock may be off the database's.
    static let clockOffMax: Int64 = 500
    /// Milliseconds that a follower may be behind the leader.
    static let lagMax: Int64 = 2_000

    /// Bytes of the database's log that a standby may be behind: some seconds of a busy centre.
    static let replicationLagMax: Int64 = 64 << 20

    static func findings(of cluster: ClusterFacts) -> [Finding] {
        [leader(cluster), nodes(cluster)] + peers(cluster) + database(cluster) + clocks(cluster) + lags(cluster)
            + [versions(cluster)]
    }

    // Nodes

    private static func leader(_ cluster: ClusterFacts) -> Finding {
        if let leader = cluster.leader {
            return Finding(.ok, .leader, Sentence("ノード \(leader) がリーダーです。", "Node \(leader) leads."))
        }
        return Finding(
            .problem, .leader,
            Sentence(
                "リーダーがいません。ポップは続きますが、イベントは確定されません。", "No node leads: no event is acknowledged until one does."),
            advice: Sentence(
                "数秒以内に決まらなければ、データベースに接続できるかを確かめてください。",
                "One should within seconds. If not, see whether the nodes reach a database that can be written."))
    }

    private static func nodes(_ cluster: ClusterFacts) -> Finding {
        let alive = cluster.nodes.filter(\.isAlive).map(\.name).sorted()
        let silent = cluster.nodes.filter { !$0.isAlive }.map(\.name).sorted()
        if alive.count < 2 {
            return Finding(
                .problem, .nodes,
                Sentence(
                    "動いているノードは一つだけです。このマシンが止まると、センターも止まります。",
                    "Only one node is running: when its machine fails, the centre stops."),
                advice: silent.isEmpty
                    ? Sentence(
                        "もう一台に同じ `[cluster]` を設定し、別の `node` で起動してください。",
                        "Start another one with the same `[cluster]`, and a `node` of its own.")
                    : again(silent))
        }
        if !silent.isEmpty {
            let names = silent.joined(separator: ", ")
            return Finding(
                .warning, .nodes,
                Sentence("応答のないノードがあります: \(names)", "Not running, or not reaching the database: \(names)."),
                advice: again(silent))
        }
        let names = alive.joined(separator: ", ")
        return Finding(.ok, .nodes, Sentence("動いているノード: \(names)", "Running: \(names)."))
    }

    private static func again(_ silent: [String]) -> Sentence {
        let names = silent.joined(separator: ", ")
        return Sentence(
            "\(names) で `systemctl status screenpopd` を確かめてください。",
            "See `systemctl status screenpopd` on \(names).")
    }

    private static func clocks(_ cluster: ClusterFacts) -> [Finding] {
        let known = cluster.nodes.filter { $0.isAlive && $0.clockAhead != nil }
        let off = known.filter { ($0.clockAhead ?? 0).magnitude > UInt64(clockOffMax) }
        if known.isEmpty { return [] }
        if off.isEmpty {
            return [Finding(.ok, .nodeClock, Sentence("ノードの時計は揃っています。", "The nodes' clocks agree."))]
        }
        return off.map { node in
            let ahead = node.clockAhead ?? 0
            return Finding(
                .warning, .nodeClock,
                Sentence(
                    "ノード \(node.name) の時計が \(ahead.magnitude) ms \(ahead > 0 ? "進んで" : "遅れて")います。",
                    "The clock of node \(node.name) is \(ahead.magnitude) ms \(ahead > 0 ? "ahead" : "behind")."),
                advice: Sentence(
                    "そのマシンとデータベースのマシンで時計を同期させてください。`chronyc tracking` または `timedatectl`。",
                    "Let that machine and the database's follow the same time servers: `chronyc tracking`, "
                        + "`timedatectl`."))
        }
    }

    private static func lags(_ cluster: ClusterFacts) -> [Finding] {
        let followers = cluster.nodes.filter { $0.isAlive && $0.name != cluster.leader }
        let known = followers.filter { $0.lag != nil }
        let behind = known.filter { ($0.lag ?? 0) > lagMax }
        if known.isEmpty { return [] }
        if behind.isEmpty {
            return [Finding(.ok, .lag, Sentence("どのノードも最新です。", "Every follower has what the leader has."))]
        }
        return behind.map { node in
            Finding(
                .warning, .lag,
                Sentence(
                    "ノード \(node.name) は \(node.lag ?? 0) ms 遅れています。そこの画面も遅れます。",
                    "Node \(node.name) is \(node.lag ?? 0) ms behind, and so are the desks on it."),
                advice: Sentence(
                    "起動直後なら待ってください。続くなら、そのマシンの負荷と、リーダーの `address` に接続できるかを確かめてください。",
                    "Wait if it has just started. Otherwise look at its load, and whether it reaches the leader's "
                        + "`address`."))
        }
    }

    private static func versions(_ cluster: ClusterFacts) -> Finding {
        let alive = cluster.nodes.filter(\.isAlive).sorted { $0.name < $1.name }
        let versions = Set(alive.map(\.version))
        if versions.count < 2 {
            let version = versions.first ?? "?"
            return Finding(
                .ok, .version, Sentence("バージョンは全て \(version) です。", "Every node is version \(version)."))
        }
        let all = alive.map { "\($0.name) \($0.version)" }.joined(separator: ", ")
        return Finding(
            .warning, .version,
            Sentence("ノードのバージョンが異なります: \(all)", "The nodes are of different versions: \(all)."),
            advice: Sentence(
                "更新を最後のノードまで終えてください。", "Finish the upgrade, node by node: docs/cluster.md."))
    }

    // The database

    private static func database(_ cluster: ClusterFacts) -> [Finding] {
        guard let database = cluster.database else {
            let why = cluster.databaseProblem.map { ": \($0)" } ?? ""
            return [
                Finding(
                    .problem, .database,
                    Sentence(
                        "ノード \(cluster.asked) からデータベースに接続できません\(why)",
                        "Node \(cluster.asked) does not reach the database\(why)"),
                    advice: Sentence(
                        "`[cluster] database` と、データベースの `patronictl list` を確かめてください。",
                        "See `[cluster] database`, and `patronictl list` on a machine of the database."))
            ]
        }
        var found = [
            Finding(
                .ok, .database,
                Sentence("データベースに接続しています。", "Node \(cluster.asked) is connected with the database."))
        ]
        if database.isInRecovery {
            found.append(
                Finding(
                    .problem, .recovery,
                    Sentence(
                        "接続先はスタンバイで、書き込めません。",
                        "The database that the node is connected with is a standby: nothing can be written there."),
                    advice: Sentence(
                        "`[cluster] database` に三台全てを書き、`target_session_attrs=read-write` を付けてください。",
                        "Name all of them in `[cluster] database`, with `target_session_attrs=read-write`.")))
            return found
        }
        return found + [standby(database)] + replication(database)
            + [commit(database), fsync(database), pages(database)]
    }

    private static func standby(_ database: DatabaseFacts) -> Finding {
        if database.standbyNames.isEmpty {
            return Finding(
                .problem, .standby,
                Sentence(
                    "同期スタンバイが設定されていません。確定したイベントは一台のディスクにしかありません。",
                    "No standby is synchronous: what is acknowledged is on the disk of one machine."),
                advice: Sentence(
                    "Patroni では `synchronous_mode: true`、手動なら `synchronous_standby_names = 'ANY 1 (…)'` です。",
                    "Under Patroni set `synchronous_mode: true`, otherwise `synchronous_standby_names = 'ANY 1 (…)'`."))
        }
        guard let count = database.synchronousStandbys else {
            return Finding(
                .warning, .standby,
                Sentence(
                    "スタンバイの状態を見る権限がありません。", "Whether a standby is connected cannot be seen by the daemon's user."),
                advice: Sentence(
                    "データベースで `GRANT pg_monitor TO screenpop` を実行してください。",
                    "In the database: `GRANT pg_monitor TO screenpop`."))
        }
        if count == 0 {
            return Finding(
                .problem, .standby,
                Sentence(
                    "同期スタンバイが一台も接続していないため、イベントは確定されません。",
                    "No synchronous standby is connected, so no event is acknowledged."),
                advice: Sentence(
                    "スタンバイを起動してください: `patronictl list`。", "Start the standbys: `patronictl list` shows them."))
        }
        if database.standbys == 1 {
            return Finding(
                .warning, .standby,
                Sentence(
                    "スタンバイは一台だけです。それが止まると、イベントは確定されません。",
                    "One standby alone is connected: when it fails, no event is acknowledged."),
                advice: Sentence(
                    "もう一台を起動してください: `patronictl list`。", "Start the other one: `patronictl list` shows them."))
        }
        return Finding(
            .ok, .standby, Sentence("同期スタンバイが接続しています。", "A synchronous standby is connected."))
    }

    private static func commit(_ database: DatabaseFacts) -> Finding {
        let value = database.synchronousCommit
        let advice = Sentence(
            "`synchronous_commit = on` にしてください。データベース、ユーザー、接続文字列のどこかで変えられています。",
            "Set `synchronous_commit = on`: it is changed for the server, the database, the user, or in the "
                + "connection's options.")
        switch value {
        case "on", "remote_apply":
            return Finding(
                .ok, .synchronousCommit,
                Sentence("確定はスタンバイのディスクを待ちます。", "An acknowledgement waits for a standby's disk."))
        case "remote_write":
            return Finding(
                .warning, .synchronousCommit,
                Sentence(
                    "確定はスタンバイのメモリまでしか待ちません（synchronous_commit = remote_write）。",
                    "An acknowledgement waits for a standby's memory, not for its disk (synchronous_commit = "
                        + "remote_write)."),
                advice: advice)
        default:
            return Finding(
                .problem, .synchronousCommit,
                Sentence(
                    "確定はスタンバイを待ちません（synchronous_commit = \(value)）。故障で失われることがあります。",
                    "An acknowledgement does not wait for a standby (synchronous_commit = \(value)): a failure can "
                        + "lose what was acknowledged."),
                advice: advice)
        }
    }

    private static func fsync(_ database: DatabaseFacts) -> Finding {
        if database.hasFsync {
            return Finding(.ok, .fsync, Sentence("fsync は有効です。", "The database writes to its disk (fsync)."))
        }
        return Finding(
            .problem, .fsync,
            Sentence(
                "fsync が無効です。停電でデータベース全体が壊れることがあります。",
                "The database does not wait for its disk (fsync = off): a power failure can destroy all of it."),
            advice: Sentence("`fsync = on` にして、再読み込みしてください。", "Set `fsync = on`, and reload."))
    }

    private static func pages(_ database: DatabaseFacts) -> Finding {
        if database.hasFullPageWrites {
            return Finding(
                .ok, .fullPageWrites, Sentence("full_page_writes は有効です。", "Pages are protected (full_page_writes)."))
        }
        return Finding(
            .problem, .fullPageWrites,
            Sentence(
                "full_page_writes が無効です。停電で書きかけのページが残ることがあります。",
                "A power failure can leave half-written pages (full_page_writes = off)."),
            advice: Sentence(
                "`full_page_writes = on` にして、再読み込みしてください。", "Set `full_page_writes = on`, and reload."))
    }
}
