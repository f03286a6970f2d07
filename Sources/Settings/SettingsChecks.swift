import CallCenter

/// Checks across values: names that must exist elsewhere, values that must fit each other. Defaults are not reported as
/// errors.
struct SettingsChecks {
    let settings: Settings
    /// What was read, the strongest last.
    let given: [Node]

    func run() throws(SettingsError) {
        try groups()
        try routing()
        try tiers()
        try times()
        try sockets()
        try cluster()
        try tls()
    }

    private func tls() throws(SettingsError) {
        guard let table = node("tls"), let tls = settings.tls else { return }
        for (key, isMissing) in [("certificate", tls.certificate.isEmpty), ("key", tls.key.isEmpty)] where isMissing {
            throw SettingsError(
                table.place, "\(table.subject) needs certificate and key, each the path of a file; \(key) is not there")
        }
        guard tls.listen == settings.http, tls.listen.port > 0, let node = node("tls", "listen") else { return }
        throw node.wrong("http has the same address; write two different ones")
    }

    private func cluster() throws(SettingsError) {
        guard let table = node("cluster"), let cluster = settings.cluster else { return }
        let needed = [
            ("database", cluster.database.isEmpty), ("node", cluster.node.isEmpty),
            ("address", cluster.address.port == 0), ("secret_file", cluster.secretFile.isEmpty),
        ]
        for (key, isMissing) in needed where isMissing {
            throw SettingsError(
                table.place, "\(table.subject) needs database, node, address and secret_file; \(key) is not there")
        }
    }

    /// The value that counts for a key.
    private func node(_ key: String...) -> Node? {
        for document in given.reversed() {
            var node: Node? = document
            for part in key { node = node?[part] }
            if let node { return node }
        }
        return nil
    }

    private func children(of key: String) -> [Node.Entry] {
        if case .table(let entries)? = node(key)?.value { entries } else { [] }
    }

    private func groups() throws(SettingsError) {
        for group in children(of: "groups") where group.node["operators"] == nil {
            throw SettingsError(
                group.node.place, "\(group.node.subject) has no operators; write operators = [\"101\"] below it")
        }
    }

    private func routing() throws(SettingsError) {
        if let node = node("routing", "veterans"), let name = settings.policy.routing.veterans,
            settings.policy.groups[name] == nil
        {
            throw node.wrong(missing("group", "groups", name, among: settings.policy.groups.keys))
        }
        let queues = settings.policy.queues
        if let node = node("routing", "blocked_queue"), let name = settings.policy.routing.blockedQueue,
            queues[name] == nil
        {
            throw node.wrong(missing("queue", "queues", name, among: queues.keys))
        }
    }

    private func missing(_ what: String, _ table: String, _ name: String, among names: some Sequence<String>) -> String
    {
        let near = Suggestion.nearest(to: name, in: names.sorted())
        let advice =
            near.map { "did you mean \(Shown.quoted($0))?" } ?? "add [\(Node.key([table, name]))] or name another"
        return "there is no such \(what); \(advice)"
    }

    private func tiers() throws(SettingsError) {
        for tier in children(of: "tiers") where Policy.tiersDefault[tier.name] == nil && tier.node["rank"] == nil {
            throw SettingsError(
                tier.node.place, "\(tier.node.subject) has no rank; write one below it, such as rank = 5")
        }
    }

    private func times() throws(SettingsError) {
        guard settings.dayStart % settings.interval != 0, let node = node("day_start") ?? node("interval") else {
            return
        }
        throw node.wrong(
            "the day must begin where an interval of \(settings.interval) minutes does; write a day_start on such a "
                + "boundary"
        )
    }

    private func sockets() throws(SettingsError) {
        guard settings.paths.eventsSocket == settings.paths.apiSocket,
            let node = node("api_socket") ?? node("events_socket")
        else { return }
        throw node.wrong("the other socket has the same path; write two different ones")
    }

}
