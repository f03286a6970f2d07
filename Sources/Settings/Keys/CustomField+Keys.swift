import CallCenter

/// `[customers.fields]`: COLUMN = LABEL, or COLUMN = a table with the label and what the field may hold.
extension Settings.CustomField {
    /// What the record has without configuration (configuration.md).
    private static let builtIn = [
        "external_id", "name", "kana", "company", "phone", "phone2", "phone3", "email", "tier", "owner", "tags",
        "cautions", "address",
        "line_id", "do_not_pair",
    ]

    private static let keys: [Key<Settings.CustomField>] = [
        labelKey,
        .choice("type", \.type),
        .names("choices", \.choices, least: 1),
        .yesNo("required", \.isRequired),
        .yesNo("card", \.isOnCard),
        .choice("seen_by", \.seenBy),
        .text("format", \.format) { text, node throws(SettingsError) in
            try NumberPattern.check(text, node)
            return text
        },
    ]

    /// A text, or one for each language: `label = { ja = "契約", en = "Contract" }`.
    private static let labelKey = Key<Settings.CustomField>(name: "label", leaves: ["label", "label.ja", "label.en"]) {
        node, field throws(SettingsError) in
        guard case .table = node.value else {
            field.label = try node.name()
            return
        }
        var labels = DispositionPolicy.Label()
        try node.read(
            into: &labels,
            keys: [
                .text("ja", \.ja) { _, node throws(SettingsError) in try node.name() },
                .text("en", \.en) { _, node throws(SettingsError) in try node.name() },
            ])
        guard let label = labels.ja ?? labels.en else {
            throw node.wrong("write a text, or ja and en, such as { ja = \"契約番号\", en = \"Contract\" }")
        }
        field.label = label
        field.labels = labels
    }

    init(_ entry: Node.Entry) throws(SettingsError) {
        let (name, node) = (entry.name, entry.node)
        let isPlain = name.utf8.allSatisfy { isBareKeyByte($0) && $0 != UInt8(ascii: "-") } && name == name.lowercased()
        guard isPlain, name.utf8.count <= 64 else {
            throw SettingsError(
                node.place,
                "\(node.subject) cannot be a column; write a name of a to z, 0 to 9 and _, such as contract_no")
        }
        if Self.builtIn.contains(name) {
            throw SettingsError(
                node.place, "\(node.subject) is there without configuration; give your own field another name")
        }
        guard case .table = node.value else {
            self.init(name: name, label: try node.name())
            return
        }
        self.init(name: name, label: "")
        try node.read(into: &self, keys: Self.keys)
        try check(node)
    }

    private func check(_ node: Node) throws(SettingsError) {
        guard !label.isEmpty else {
            throw SettingsError(node.place, "\(node.subject) has no label; write one, such as label = \"契約番号\"")
        }
        if type == .choice, choices.isEmpty {
            throw SettingsError(
                node.place, "\(node.subject) has no choices; write them, such as choices = [\"A\", \"B\"]")
        }
        if type != .choice, let choices = node["choices"] {
            throw choices.wrong("only a field of type \"choice\" has choices")
        }
        if type != .text, let format = node["format"] {
            throw format.wrong("only a field of type \"text\" has a format")
        }
    }
}
