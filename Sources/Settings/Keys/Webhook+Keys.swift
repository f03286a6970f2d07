import CallCenter

/// `[[webhook]]`: who is told of events, a table each.
extension Settings.Webhook {
    static let keys: [Key<Settings.Webhook>] = [
        .text("name", \.name) { text, node throws(SettingsError) in
            let isName = text.utf8.allSatisfy { byte in
                (byte | 0x20 >= 97 && byte | 0x20 <= 122) || (byte >= 48 && byte <= 57) || byte == 45 || byte == 95
            }
            guard isName, (1...64).contains(text.utf8.count) else {
                throw node.wrong("write a name of a to z, A to Z, 0 to 9, _ and -, at most 64")
            }
            return text
        },
        .text("url", \.url) { url, node throws(SettingsError) in
            guard url.hasPrefix("https://") || url.hasPrefix("http://"), url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
            else { throw node.wrong("write an address that begins with https://") }
            return url
        },
        Key(name: "types", leaves: ["types"]) { node, webhook throws(SettingsError) in
            webhook.types = try node.list { element throws(SettingsError) -> String in
                let type = try element.text()
                guard !OutwardTypes.all.contains(type) else { return type }
                let near = Suggestion.nearest(to: type, in: OutwardTypes.all.sorted())
                throw element.wrong(
                    near.map { "there is no such type; did you mean \(Shown.quoted($0))?" }
                        ?? "there is no such type; docs/integrator.md lists them")
            }
        },
        .names("queues", \.queues),
        .names("tiers", \.tiers),
        .text("key_file", \.keyFile) { path, node throws(SettingsError) in
            if path.isEmpty { return nil }
            guard path.hasPrefix("/") else { throw node.wrong("write an absolute path, one that begins with /") }
            return path
        },
        .text("template", \.template) { text, _ throws(SettingsError) in text.isEmpty ? nil : text },
        .text("content_type", \.contentType) { text, node throws(SettingsError) in
            guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }), text.contains("/") else {
                throw node.wrong(#"write a type such as "application/json""#)
            }
            return text
        },
        .choice("role", \.role),
        .number("tries", \.tries, 1...100),
        .duration("timeout", \.timeout, DurationText.second...DurationText.minute),
    ]

    /// The tables in the order of the file. Each has a name of its own and an address.
    static let tables = Key<Settings>(name: "webhook", leaves: keys.flatMap(\.leaves).map { "webhook.*.\($0)" }) {
        node, settings throws(SettingsError) in
        guard case .list(let tables) = node.value else {
            throw node.wrong("write a table for each of them: [[webhook]]")
        }
        var all: [Settings.Webhook] = []
        for table in tables {
            guard case .table = table.value else { throw table.wrong("write a table for each of them: [[webhook]]") }
            var one = Settings.Webhook()
            try table.read(into: &one, keys: keys)
            guard let name = table["name"] else {
                throw SettingsError(
                    table.place, "[[webhook]] has no name; write one below it, such as name = \"crm\"")
            }
            if all.contains(where: { $0.name == one.name }) {
                throw name.wrong("there is one with this name already; leave only one of the two")
            }
            guard !one.url.isEmpty else {
                throw SettingsError(
                    table.place, "the webhook \(Shown.quoted(one.name)) has no url; write where events are posted")
            }
            all.append(one)
        }
        settings.webhooks = all
    }
}
