import CRMLookup
import CallCenter

/// Every key there is, in the order of config/screenpopd.toml.
extension Settings {
    static let keys: [Key<Settings>] = [
        .text("timezone", \.timezone) { name, node throws(SettingsError) in
            if let problem = ZoneDirectory.problem(name) { throw node.wrong(problem) }
            return name
        },
        .text("day_start", \.dayStart) { text, node throws(SettingsError) in
            guard let minutes = TimeOfDay.minutes(text) else {
                throw node.wrong(#"write a time of day from "00:00" to "23:59""#)
            }
            return minutes
        },
        .text("region", \.region) { region, node throws(SettingsError) in
            if Regions.all.contains(region) { return region }
            let upper = region.uppercased()
            if Regions.all.contains(upper) { throw node.wrong("write \"\(upper)\"") }
            throw node.wrong(#"write a country of ISO 3166-1 in two capitals, such as "JP""#)
        },
        .text("interval", \.interval) { text, node throws(SettingsError) in
            guard let ms = DurationText.milliseconds(text),
                let minutes = intervals.first(where: { Int64($0) * DurationText.minute == ms })
            else { throw node.wrong(#"write "5m", "15m", "30m" or "60m""#) }
            return minutes
        },
        .text("http", \.http) { text, node throws(SettingsError) in
            if let address = ListenAddress(text) { return address }
            throw node.wrong(#"write HOST:PORT, such as "127.0.0.1:8790" or "[::1]:8790""#)
        },
        .text("state_dir", \.paths.state) { path, node throws(SettingsError) in try node.path(path) },
        .text("events_socket", \.paths.eventsSocket) { path, node throws(SettingsError) in try node.socketPath(path) },
        .text("api_socket", \.paths.apiSocket) { path, node throws(SettingsError) in try node.socketPath(path) },

        Settings.TLS.table,
        .table("sign_in", \.signIn, Settings.SignIn.keys),
        .table("numbers", \.numbers, Settings.Numbers.keys),
        .table("log", \.log, [.choice("level", \.level), .yesNo("mask_numbers", \.maskNumbers)]),
        .table(
            "retention", \.retention,
            [
                .duration("events", \.events, 2 * DurationText.day...3650 * DurationText.day),
                .duration("views", \.views, 2 * DurationText.day...3650 * DurationText.day),
                .duration("messages", \.messages, 2 * DurationText.day...3650 * DurationText.day),
                .duration("deleted", \.deleted, 2 * DurationText.day...3650 * DurationText.day),
                .duration("purchases", \.purchases, 30 * DurationText.day...Settings.Retention.forEver),
                .duration("contracts", \.contracts, 30 * DurationText.day...Settings.Retention.forEver),
                .duration("contacts", \.contacts, 30 * DurationText.day...Settings.Retention.forEver),
                .duration("notes", \.notes, 30 * DurationText.day...Settings.Retention.forEver),
                .duration("files", \.files, 30 * DurationText.day...Settings.Retention.forEver),
                .duration("inbox", \.inbox, 30 * DurationText.day...Settings.Retention.forEver),
            ]),
        .table(
            "ingest", \.ingest,
            [
                .names("allow_users", \.allowUsers),
                .names("allow_groups", \.allowGroups),
                .map("sources", \.sources) { _, node throws(SettingsError) in
                    let source = try node.name()
                    if source == ownSource {
                        throw node.wrong("that is what the daemon calls itself; write another name")
                    }
                    return source
                },
            ]),

        .table("queue_defaults", \.policy.queueDefault, QueuePolicy.keys),
        .tables("queues", \.policy.queues, QueuePolicy.keys, isLast: true) { settings, _ in settings.policy.queueDefault
        },
        .tables("groups", \.policy.groups, groupKeys) { _, _ in [] },
        .table("routing", \.policy.routing, RoutingPolicy.keys),
        .tables("tiers", \.policy.tiers, TierPolicy.keys) { settings, name in
            settings.policy.tiers[name] ?? TierPolicy(rank: 0, vip: false)
        },
        .table("alerts", \.policy.alerts, AlertPolicy.keys),
        .table("alarms", \.alarms, Settings.Alarms.keys),
        .table("pop", \.policy.pop, PopPolicy.keys),
        .map("operator_languages", \.policy.operatorLanguages) { _, node throws(SettingsError) in try node.choice() },
        .table(
            "desk", \.desk,
            [
                .names("dispositions", \.dispositions),
                .yesNo("disposition_required", \.isDispositionRequired),
                .names("pause_reasons", \.pauseReasons),
                .names("proxies", \.proxies),
                .text("user_header", \.userHeader) { text, node throws(SettingsError) in
                    let isName = text.utf8.allSatisfy {
                        ($0 | 0x20 >= 97 && $0 | 0x20 <= 122) || ($0 >= 48 && $0 <= 57) || $0 == 45
                    }
                    guard isName else { throw node.wrong(#"write the name of a header, such as "X-Remote-User""#) }
                    return text
                },
            ]),
        DispositionPolicy.tables,
        .table("card", \.policy.card, CardPolicy.keys),
        .table(
            "customers", \.customers,
            [
                Key(name: "fields", leaves: ["fields.*"]) { node, customers throws(SettingsError) in
                    for entry in try node.entries(example: Node.key(node.path)) {
                        customers.fields.append(try CustomField(entry))
                    }
                }
            ]),
        .table(
            "purchases", \.purchases,
            [.names("states", \.states, least: 1), .names("not_counted", \.notCounted)]),
        .table("cases", \.cases, Cases.keys),
        .table("contacts", \.contacts, Contacts.keys),
        .table("mail", \.mail, Mail.keys),
        Intake.tables,
        .table("lists", \.lists, Lists.keys),
        .table("opening_hours", \.hours, Hours.keys),
        EscalationRule.tables,
        Settings.Webhook.tables,
        LookupPlan.tables,
        Key(name: "cluster", leaves: Settings.Cluster.keys.flatMap(\.leaves).map { "cluster.\($0)" }) {
            node, settings throws(SettingsError) in
            var cluster = Settings.Cluster()
            try node.read(into: &cluster, keys: Settings.Cluster.keys)
            // The shipped file has the table with nothing in it.
            settings.cluster = cluster == Settings.Cluster() ? nil : cluster
        },
    ]

    /// Minutes; whole ones of each make up an hour (metrics.md).
    static let intervals = [5, 15, 30, 60]
    /// The source of the events that the daemon itself writes into its log.
    static let ownSource = "screenpop"
}

extension Settings.Numbers {
    fileprivate static let keys: [Key<Settings.Numbers>] = [
        Key(name: "also_valid", leaves: ["also_valid"]) { node, numbers throws(SettingsError) in
            let patterns = try node.list { element throws(SettingsError) -> String in
                let text = try element.text()
                try NumberPattern.check(text, element)
                return text
            }
            guard patterns.count <= NumberPattern.countMax else {
                throw node.wrong("write at most \(NumberPattern.countMax) expressions")
            }
            numbers.alsoValid = patterns
        },
        .text("outside_prefix", \.outsidePrefix) { text, node throws(SettingsError) in
            guard text.utf8.count <= 8, text.allSatisfy({ "0123456789*#".contains($0) }) else {
                throw node.wrong(#"write what is dialled, at most 8 of 0 to 9, * and #, such as "0""#)
            }
            return text
        },
        .choice("seen_by", \.seenBy),
    ]
}

extension Node {
    /// Flags and variables may be relative to where the daemon is started; in a file that would mean something else
    /// each time.
    func path(_ path: String) throws(SettingsError) -> String {
        if case .file = place, !path.hasPrefix("/") { throw wrong("write an absolute path, one that begins with /") }
        guard !path.isEmpty, !path.utf8.contains(0) else { throw wrong("write a path") }
        return path
    }

    func socketPath(_ path: String) throws(SettingsError) -> String {
        // unix(7): sun_path has 108 bytes, the last one for the end.
        guard path.utf8.count <= 107 else {
            throw wrong("the path of a socket has at most 107 bytes; write a shorter one")
        }
        return try self.path(path)
    }
}
