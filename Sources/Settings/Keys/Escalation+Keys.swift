import CallCenter

/// `[[escalation]]`: what happens with cases that wait for too long, a table each.
extension EscalationRule {
    static let keys: [Key<EscalationRule>] = [
        .text("name", \.name) { _, node throws(SettingsError) in try node.name() },
        .choice("when", \.condition),
        .duration("after", \.after, 0...365 * DurationText.day),
        Key(name: "kind", leaves: ["kind"]) { node, rule throws(SettingsError) in
            guard let kind = OpenCase.Kind(rawValue: try node.text()) else {
                throw node.wrong(#"write "case", "promise" or "task", or leave it out for all"#)
            }
            rule.kind = kind
        },
        .text("phase", \.phase) { _, node throws(SettingsError) in try node.name() },
        Key(name: "priority", leaves: ["priority"]) { node, rule throws(SettingsError) in
            guard let priority = CasePriority(word: try node.text()) else {
                let words = CasePriority.allCases.map { "\"\($0.word)\"" }
                throw node.wrong("write one of \(words.joined(separator: ", "))")
            }
            rule.priority = priority
        },
        .text("owner", \.owner) { _, node throws(SettingsError) in try node.name() },
        .yesNo("alarm", \.alarm),
        .yesNo("webhook", \.webhook),
    ]

    /// The tables in the order of the file. Each has a name of its own and something to do.
    static let tables = Key<Settings>(
        name: "escalation", leaves: keys.flatMap(\.leaves).map { "escalation.*.\($0)" }
    ) {
        node, settings throws(SettingsError) in
        guard case .list(let tables) = node.value else {
            throw node.wrong("write a table for each of them: [[escalation]]")
        }
        var all: [EscalationRule] = []
        for table in tables {
            guard case .table = table.value else {
                throw table.wrong("write a table for each of them: [[escalation]]")
            }
            var one = EscalationRule(name: "")
            try table.read(into: &one, keys: keys)
            guard let name = table["name"] else {
                throw SettingsError(
                    table.place, "[[escalation]] has no name; write one below it, such as name = \"late\"")
            }
            if all.contains(where: { $0.name == one.name }) {
                throw name.wrong("there is one with this name already; leave only one of the two")
            }
            guard one.priority != nil || one.owner != nil || one.alarm || one.webhook else {
                throw SettingsError(
                    table.place,
                    "the escalation \(Shown.quoted(one.name)) does nothing; give it priority, owner, alarm or webhook")
            }
            all.append(one)
        }
        settings.escalations = all
    }
}
