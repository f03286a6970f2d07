import CRMLookup
import CallCenter

/// `[[lookup]]`: where callers are looked up outside, a table each.
extension LookupPlan {
    static let keys: [Key<LookupPlan>] = own + inner(of: requests + parts)

    private static let own: [Key<LookupPlan>] = [
        .text("name", \.name) { text, node throws(SettingsError) in
            let isName = text.utf8.allSatisfy { byte in
                (byte | 0x20 >= 97 && byte | 0x20 <= 122) || (byte >= 48 && byte <= 57) || byte == 45 || byte == 95
            }
            guard isName, (1...64).contains(text.utf8.count) else {
                throw node.wrong("write a name of a to z, A to Z, 0 to 9, _ and -, at most 64")
            }
            return text
        },
        .text("preset", \.preset) { name, node throws(SettingsError) in
            if LookupPresets.all[name] != nil { return name }
            let known = LookupPresets.all.keys.sorted().joined(separator: ", ")
            throw node.wrong("known are \(known); for others write requests of your own, as config/lookup has them")
        },
        .text("label", \.label) { text, node throws(SettingsError) in
            try text.isEmpty ? "" : node.name()
        },
        .text("secret_file", \.secretFile) { path, node throws(SettingsError) in try path.absolute(node) },
        .text("user", \.user) { text, _ throws(SettingsError) in text },
        .duration("budget", \.budget, 10...10 * DurationText.second),
        .duration("timeout", \.timeout, 100...30 * DurationText.second),
        .duration("wait", \.wait, 0...150),
        .duration("keep_found", \.keepFound, 0...DurationText.day),
        .duration("keep_missing", \.keepMissing, 0...DurationText.day),
        .duration("keep_old", \.keepOld, 0...400 * DurationText.day),
        .number("at_once", \.atOnce, 1...64),
        .number("answer_max", \.answerMax, 1_024...4_194_304),
        .number("failures", \.failuresMax, 1...1_000),
        .duration("pause", \.pause, DurationText.second...DurationText.hour),
    ]

    /// The requests and what their answers mean: most centres have them from a preset.
    private static let requests: [Key<LookupPlan>] =
        Request.keys.map { $0.within(\LookupPlan.request) }

    private static let parts: [Key<LookupPlan>] = [
        .choice("kind", \.kind),
        .text("database", \.sql.database) { text, _ throws(SettingsError) in text },
        .text("query", \.sql.query) { text, _ throws(SettingsError) in text },
        .text("base", \.ldap.base) { text, _ throws(SettingsError) in text },
        .text("filter", \.ldap.filter) { text, _ throws(SettingsError) in text },
        .choice("scope", \.ldap.scope),
        .yesNo("starttls", \.ldap.startTLS),
        .text("ca_file", \.ldap.authorities) { path, node throws(SettingsError) in try path.absolute(node) },
        .map("values", \.values) { _, node throws(SettingsError) in try node.text() },
        Key(name: "numbers", leaves: []) { node, plan throws(SettingsError) in
            plan.numbers = try node.list { element throws(SettingsError) -> NumberNotation in
                try element.choice()
            }
        },
        .table("answer", \.answer, Answer.keys),
        Key(name: "field", leaves: []) { node, plan throws(SettingsError) in
            plan.fields = try LookupPlan.fields(node)
        },
        .text("external_id", \.externalID) { text, _ throws(SettingsError) in text },
        .text("link", \.link) { text, _ throws(SettingsError) in text },
        .choice("auth", \.authentication),
        .text("scheme", \.scheme) { _, node throws(SettingsError) in try node.name() },
        .table("oauth2", \.oauth2, OAuth2.keys),
        Key(name: "follow", leaves: []) { node, plan throws(SettingsError) in
            var all: [Follow] = []
            for table in try node.tables("lookup.follow") {
                var one = Follow()
                try table.read(into: &one, keys: Follow.keys)
                all.append(one)
            }
            plan.follows = all
        },
    ]

    /// The same keys without a line of their own in the shipped file.
    private static func inner(of keys: [Key<LookupPlan>]) -> [Key<LookupPlan>] {
        keys.map { Key(name: $0.name, leaves: [], read: $0.read) }
    }

    fileprivate static func fields(_ node: Node) throws(SettingsError) -> [Field] {
        var all: [Field] = []
        for table in try node.tables("lookup.field") {
            var one = Field()
            try table.read(into: &one, keys: Field.keys)
            all.append(one)
        }
        return all
    }

    /// The tables in the order of the file. Each has a name of its own, and requests that can be made.
    static let tables = Key<Settings>(name: "lookup", leaves: keys.flatMap(\.leaves).map { "lookup.*.\($0)" }) {
        node, settings throws(SettingsError) in
        var all: [LookupPlan] = []
        for table in try node.tables("lookup") {
            var one = try start(table)
            try table.read(into: &one, keys: keys)
            guard let name = table["name"] else {
                throw SettingsError(
                    table.place, "[[lookup]] has no name; write one below it, such as name = \"crm\"")
            }
            if all.contains(where: { $0.name == one.name }) {
                throw name.wrong("there is one with this name already; leave only one of the two")
            }
            do throws(LookupWrong) { _ = try LookupRecipe(one) } catch {
                throw SettingsError(table.place, "the look-up \(Shown.quoted(one.name)) cannot be used: \(error)")
            }
            all.append(one)
        }
        guard all.count <= countMax else {
            throw SettingsError(node.place, "there are more than \(countMax) look-ups; leave some out")
        }
        settings.lookups = all
        settings.policy.outside = all.map { OutsideSource(name: $0.name, label: $0.title) }
    }

    /// Look-ups, at most.
    static let countMax = 8

    /// What the preset says: the keys of the file count more.
    private static func start(_ node: Node) throws(SettingsError) -> LookupPlan {
        var one = LookupPlan()
        guard let preset = node["preset"], case .text(let name) = preset.value, let text = LookupPresets.all[name]
        else { return one }
        let document = try TOMLDocument.parse(ConfigFile(lookup: name, text: text))
        guard case .list(let tables)? = document["lookup"]?.value, let table = tables.first else { return one }
        try table.read(into: &one, keys: keys)
        return one
    }
}

extension LookupPlan.Request {
    fileprivate static let keys: [Key<LookupPlan.Request>] = [
        .choice("method", \.method),
        .text("url", \.url) { text, _ throws(SettingsError) in text },
        .map("headers", \.headers) { _, node throws(SettingsError) in try node.text() },
        .text("body", \.body) { text, _ throws(SettingsError) in text },
        .text("content_type", \.contentType) { text, node throws(SettingsError) in
            guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }), text.contains("/") else {
                throw node.wrong(#"write a type such as "application/json""#)
            }
            return text
        },
    ]
}

extension LookupPlan.Answer {
    fileprivate static let keys: [Key<LookupPlan.Answer>] = [
        Key(name: "missing_status", leaves: []) { node, answer throws(SettingsError) in
            answer.missingStatus = try node.list { element throws(SettingsError) -> Int in
                guard case .integer(let status) = element.value, (100...599).contains(status) else {
                    throw element.wrong("write a status of HTTP, such as 404")
                }
                return status
            }
        },
        .text("records", \.records) { text, _ throws(SettingsError) in text },
        .text("error", \.error) { text, _ throws(SettingsError) in text },
    ]
}

extension LookupPlan.Field {
    fileprivate static let keys: [Key<LookupPlan.Field>] = [
        .text("label", \.label) { _, node throws(SettingsError) in try node.name() },
        .text("path", \.path) { _, node throws(SettingsError) in try node.name() },
    ]
}

extension LookupPlan.Follow {
    fileprivate static let keys: [Key<LookupPlan.Follow>] = requests + parts

    private static let requests: [Key<LookupPlan.Follow>] =
        LookupPlan.Request.keys.map { $0.within(\LookupPlan.Follow.request) }

    private static let parts: [Key<LookupPlan.Follow>] = [
        .table("answer", \.answer, LookupPlan.Answer.keys),
        Key(name: "field", leaves: []) { node, follow throws(SettingsError) in
            follow.fields = try LookupPlan.fields(node)
        },
    ]
}

extension LookupPlan.OAuth2 {
    fileprivate static let keys: [Key<LookupPlan.OAuth2>] = [
        .text("token_url", \.tokenURL) { text, _ throws(SettingsError) in text },
        .choice("grant", \.grant),
        .text("client_id", \.clientID) { text, _ throws(SettingsError) in text },
        .text("scope", \.scope) { text, _ throws(SettingsError) in text },
        .text("refresh_token_file", \.refreshTokenFile) { path, node throws(SettingsError) in
            try path.absolute(node)
        },
        .map("parameters", \.parameters) { _, node throws(SettingsError) in try node.text() },
    ]
}

extension Key {
    /// The same key, of a part of something bigger.
    fileprivate func within<Outer>(_ path: WritableKeyPath<Outer, Target> & Sendable) -> Key<Outer> {
        let read = self.read
        return Key<Outer>(name: name, leaves: leaves) { node, outer throws(SettingsError) in
            try read(node, &outer[keyPath: path])
        }
    }
}

extension Node {
    /// The tables of a list of them.
    fileprivate func tables(_ name: String) throws(SettingsError) -> [Node] {
        guard case .list(let tables) = value else { throw wrong("write a table for each of them: [[\(name)]]") }
        for table in tables {
            guard case .table = table.value else { throw table.wrong("write a table for each of them: [[\(name)]]") }
        }
        return tables
    }
}

extension String {
    fileprivate func absolute(_ node: Node) throws(SettingsError) -> String {
        guard isEmpty || hasPrefix("/") else { throw node.wrong("write an absolute path, one that begins with /") }
        return self
    }
}

extension ConfigFile {
    /// A look-up that is shipped, as the program has it.
    init(lookup name: String, text: String) {
        self.path = "config/lookup/\(name).toml"
        self.text = text
    }
}
