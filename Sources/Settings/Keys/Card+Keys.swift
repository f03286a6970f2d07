import CallCenter

/// `[card]` and `[[card.rule]]`: what a card says of a customer.
extension CardPolicy {
    static let keys: [Key<CardPolicy>] = [
        .number("contract_days", \.contractDays, 0...366),
        .number("complaint_days", \.complaintDays, 0...366),
        .number("topic_days", \.topicDays, 0...366),
        rules,
    ]

    /// The tables in the order of the file.
    private static let rules = Key<CardPolicy>(name: "rule", leaves: Rule.keys.flatMap(\.leaves).map { "rule.*.\($0)" })
    { node, card throws(SettingsError) in
        guard case .list(let tables) = node.value else {
            throw node.wrong("write a table for each of them: [[card.rule]]")
        }
        var all: [Rule] = []
        for table in tables {
            guard case .table = table.value else {
                throw table.wrong("write a table for each of them: [[card.rule]]")
            }
            var one = Rule()
            try table.read(into: &one, keys: Rule.keys)
            guard !one.has.isEmpty, !one.lacks.isEmpty else {
                throw SettingsError(
                    table.place, "[[card.rule]] says what a customer has and lacks; write both, such as "
                        + "has = \"coffee machine\" and lacks = \"maintenance\"")
            }
            all.append(one)
        }
        card.rules = all
    }
}

extension CardPolicy.Rule {
    static let keys: [Key<CardPolicy.Rule>] = [
        .text("has", \.has) { _, node throws(SettingsError) in try node.name() },
        .text("lacks", \.lacks) { _, node throws(SettingsError) in try node.name() },
        .table(
            "say", \.say,
            [
                .text("ja", \.ja) { _, node throws(SettingsError) in try node.name() },
                .text("en", \.en) { _, node throws(SettingsError) in try node.name() },
            ]),
    ]
}
