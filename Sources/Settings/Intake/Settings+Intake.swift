import Intake

/// `[intake.NAME]`: requests of PBXs, messengers and forms, and what they become.
extension Settings {
    /// One table: how its requests are known to be its sender's, and what they become.
    public struct Intake: Equatable, Sendable {
        /// How a signature's bytes are written.
        public enum Encoding: String, Equatable, Sendable, CaseIterable { case hex, base64 }

        /// The source of its events; the intake's name where it is not said.
        public var source = ""
        /// The file with the token that a request has in `?token=`, or as a bearer token; empty for none.
        public var tokenFile = ""
        /// The file with the key by which the body is signed, HMAC-SHA256; empty for none.
        public var signatureFile = ""
        /// Where the signature is.
        public var signatureHeader = "X-Signature"
        /// How the signature behind `signaturePrefix` is written.
        public var signatureEncoding = Encoding.hex
        /// What is before it, such as `sha256=`.
        public var signaturePrefix = ""
        /// How dates without a zone are read; empty: as the centre's clock.
        public var timezone = ""
        /// The address of this intake as the sender reaches it: for replies.
        public var url = ""
        /// The body of the answer to a request that was accepted; nil: what became of it, as JSON.
        public var reply: IntakeTemplate?
        /// Its media type.
        public var replyType = "text/plain"
        /// What its requests become.
        public var mapping = IntakeMapping()
        /// The mapping that is shipped, by its name; empty for none.
        public var preset = ""

        init() {}

        /// How dates without a zone are read.
        ///
        /// - Parameter centre: the centre's time zone.
        public func zone(centre: String) -> IntakeZone {
            guard let rules = ZoneDirectory.rules(timezone.isEmpty ? centre : timezone) else { return .utc }
            return IntakeZone { Int64(rules.offset(at: $0)) }
        }
    }
}

extension Settings.Intake {
    static let keys: [Key<Settings.Intake>] = [
        .text("preset", \.preset) { name, node throws(SettingsError) in
            if IntakePresets.all[name] != nil { return name }
            let known = IntakePresets.all.keys.sorted().joined(separator: ", ")
            throw node.wrong("known are \(known); for others write rules of your own, as config/intake has them")
        },
        .text("source", \.source) { _, node throws(SettingsError) in try node.name() },
        .text("token_file", \.tokenFile) { path, node throws(SettingsError) in try node.path(path) },
        .text("signature_file", \.signatureFile) { path, node throws(SettingsError) in try node.path(path) },
        .text("signature_header", \.signatureHeader) { text, node throws(SettingsError) in
            let isName = !text.isEmpty && text.utf8.allSatisfy { isBareKeyByte($0) }
            guard isName else { throw node.wrong(#"write the name of a header, such as "X-Signature""#) }
            return text
        },
        .choice("signature_encoding", \.signatureEncoding),
        .text("signature_prefix", \.signaturePrefix) { text, _ throws(SettingsError) in text },
        .text("timezone", \.timezone) { name, node throws(SettingsError) in
            if let problem = ZoneDirectory.problem(name) { throw node.wrong(problem) }
            return name
        },
        .text("url", \.url) { text, node throws(SettingsError) in
            guard text.hasPrefix("https://") || text.hasPrefix("http://") else {
                throw node.wrong("write an address that begins with https://")
            }
            return text
        },
        .text("reply", \.reply) { text, node throws(SettingsError) -> IntakeTemplate? in
            do throws(IntakeTemplate.Wrong) { return try IntakeTemplate(text) } catch {
                throw node.wrong(error.description)
            }
        },
        .text("reply_type", \.replyType) { _, node throws(SettingsError) in try node.name() },
        .text("each", \.mapping.each) { text, _ throws(SettingsError) in
            text.split(separator: ".").map(String.init)
        },
        Key(name: "rule", leaves: []) { node, intake throws(SettingsError) in
            guard case .list(let tables) = node.value else {
                throw node.wrong("write a table for each of them: [[\(Node.key(node.path))]]")
            }
            for table in tables { intake.mapping.rules.append(try rule(table)) }
        },
    ]

    /// `when`, and `event` or `contact`.
    private static func rule(_ table: Node) throws(SettingsError) -> IntakeMapping.Rule {
        guard case .table(let entries) = table.value else { throw table.wrong("write a table") }
        var conditions: [IntakeMapping.Rule.Condition] = [], said: [(kind: IntakeMapping.Rule.Kind, node: Node)] = []
        for entry in entries {
            switch entry.name {
            case "when":
                for one in try entry.node.entries(example: Node.key(entry.node.path)) {
                    conditions.append(.init(path: one.name, texts: try texts(one.node)))
                }
            case "event": said.append((.event, entry.node))
            case "contact": said.append((.contact, entry.node))
            default:
                throw SettingsError(
                    entry.node.place, "unknown key \(entry.name); a rule has when, and event or contact")
            }
        }
        guard let one = said.first, said.count == 1 else {
            throw SettingsError(table.place, "a rule has either event or contact; write one of them below it")
        }
        var fields: [(name: String, text: String)] = []
        for field in try one.node.entries(example: Node.key(one.node.path)) {
            fields.append((field.name, try field.node.text()))
        }
        do throws(IntakeTemplate.Wrong) {
            return try IntakeMapping.Rule(when: conditions, kind: one.kind, fields: fields)
        } catch { throw SettingsError(one.node.place, error.description) }
    }

    /// One text, or several of which any will do.
    private static func texts(_ node: Node) throws(SettingsError) -> [String] {
        if case .list = node.value {
            return try node.list { element throws(SettingsError) -> String in try element.text() }
        }
        return [try node.text()]
    }

    /// The tables of the file. Each has a mapping, and a way to know its sender.
    static let tables = Key<Settings>(
        name: "intake", leaves: keys.flatMap(\.leaves).map { "intake.*.\($0)" }
    ) {
        node, settings throws(SettingsError) in
        for entry in try node.entries(example: "intake.NAME") {
            var one = try start(entry.node)
            try entry.node.read(into: &one, keys: keys)
            if one.source.isEmpty { one.source = entry.name }
            let name = Node.key(entry.node.path)
            guard !one.mapping.rules.isEmpty else {
                throw SettingsError(
                    entry.node.place, "[\(name)] maps nothing; give it a preset, or rules: [[\(name).rule]]")
            }
            guard !one.tokenFile.isEmpty || !one.signatureFile.isEmpty else {
                throw SettingsError(
                    entry.node.place,
                    "[\(name)] would take requests of anybody; give it token_file or signature_file")
            }
            settings.intakes[entry.name] = one
        }
    }

    /// What the preset says: the keys of the file count more, and rules of the file are instead of its rules.
    private static func start(_ node: Node) throws(SettingsError) -> Settings.Intake {
        var one = Settings.Intake()
        guard let preset = node["preset"], case .text(let name) = preset.value, let text = IntakePresets.all[name]
        else { return one }
        let document = try TOMLDocument.parse(ConfigFile(preset: name, text: text))
        guard let table = document["intake"]?[name] else { return one }
        try table.read(into: &one, keys: keys)
        if node["rule"] != nil { one.mapping.rules = [] }
        return one
    }
}

extension ConfigFile {
    /// A mapping that is shipped, as the program has it.
    init(preset name: String, text: String) {
        self.path = "config/intake/\(name).toml"
        self.text = text
    }
}
