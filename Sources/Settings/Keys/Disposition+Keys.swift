import CallCenter

/// `[[dispositions]]`: how calls come out, a table each.
extension DispositionPolicy {
    static let keys: [Key<DispositionPolicy>] = [
        .text("code", \.code) { _, node throws(SettingsError) in try node.name() },
        .table(
            "label", \.label,
            [
                .text("ja", \.ja) { _, node throws(SettingsError) in try node.name() },
                .text("en", \.en) { _, node throws(SettingsError) in try node.name() },
            ]),
        .yesNo("complaint", \.isComplaint),
        Key(name: "queues", leaves: ["queues"]) { node, disposition throws(SettingsError) in
            let queues = try node.list { element throws(SettingsError) in try element.name() }
            disposition.queues = queues.isEmpty ? nil : queues
        },
    ]

    /// The tables in the order of the file. Each has a code, and no two have the same.
    static let tables = Key<Settings>(
        name: "dispositions", leaves: keys.flatMap(\.leaves).map { "dispositions.*.\($0)" }
    ) {
        node, settings throws(SettingsError) in
        guard case .list(let tables) = node.value else {
            throw node.wrong("write a table for each of them: [[dispositions]]")
        }
        var all: [DispositionPolicy] = []
        for table in tables {
            guard case .table = table.value else {
                throw table.wrong("write a table for each of them: [[dispositions]]")
            }
            var one = DispositionPolicy(code: "")
            try table.read(into: &one, keys: keys)
            guard let code = table["code"] else {
                throw SettingsError(
                    table.place, "[[dispositions]] has no code; write one below it, such as code = \"resolved\"")
            }
            if all.contains(where: { $0.code == one.code }) {
                throw code.wrong("there is one with this code already; leave only one of the two")
            }
            all.append(one)
        }
        settings.policy.dispositions = all
    }
}
