import Settings
import Storage

/// The centre's own fields of a customer, as one client may see and write them.
struct CustomFields {
    /// Those that the client does not see, and so cannot change.
    let hidden: Set<String>
    private let rules: [CustomFieldRule]

    init(_ all: [Settings.CustomField], for who: Who) {
        hidden = Set(all.filter { !who.may($0.right) }.map(\.name))
        rules = all.map(CustomFieldRule.init)
    }

    /// What the fields become.
    ///
    /// - Parameters:
    ///   - before: what they are: a value that stays is not checked again.
    ///   - isWhole: the client says all there is.
    func merged(
        _ wanted: [String: String], over before: [String: String], isWhole: Bool
    ) throws(Problem) -> [String: String] {
        let known = Set(rules.map(\.name)), reader = CustomFieldReader(rules)
        if let strange = wanted.keys.sorted().first(where: { !known.contains($0) || hidden.contains($0) }) {
            throw .bad(
                "custom has \"\(strange)\", which is no field of this centre that you may write; [customers.fields] in "
                    + "the configuration names them.")
        }
        var merged = wanted
        for (name, value) in wanted where before[name] != value {
            do throws(CustomFieldReader.Refused) { merged[name] = try reader.read(value, name) } catch {
                throw .bad("custom.\(name) cannot be that; \(error.advice).")
            }
        }
        for name in hidden { merged[name] = before[name] }
        let missing = reader.missing(in: merged).filter { name in
            !hidden.contains(name) && (isWhole || !before[name, default: ""].isEmpty)
        }
        if let name = missing.first { throw .bad("custom.\(name) is missing or empty; this centre needs it.") }
        return merged
    }
}

/// A value of a field as a client sends it: a text, a number, or true and false.
struct CustomValue: Decodable {
    var text: String

    init(from decoder: any Decoder) throws {
        switch try JSONMembers.Value(from: decoder) {
        case .text(let text): self.text = text
        case .flag(let flag): text = String(flag)
        case .whole(let number): text = String(number)
        case .number(let number): text = number.description
        case .null: text = ""
        case .texts, .wholes, .other:
            throw DecodingError.typeMismatch(
                String.self, .init(codingPath: decoder.codingPath, debugDescription: "a text, a number, true or false"))
        }
    }
}

extension Settings.CustomField {
    /// The right by which it is seen.
    var right: Who.Right {
        switch seenBy {
        case .operator: .operator
        case .supervisor: .supervisor
        case .admin: .admin
        }
    }
}

extension CustomFieldRule {
    init(_ field: Settings.CustomField) {
        let kind: Kind =
            switch field.type {
            case .text: .text
            case .number: .number
            case .date: .date
            case .choice: .choice(field.choices)
            case .yesNo: .yesNo
            }
        self.init(
            name: field.name, kind: kind, format: field.format.isEmpty ? nil : field.format,
            isRequired: field.isRequired)
    }
}

extension WebSettings {
    func customFieldAccess(for who: Who) -> CustomFields { CustomFields(customFieldLabels, for: who) }
    /// By which an import reads the centre's own fields.
    var customFieldRules: [CustomFieldRule] { customFieldLabels.map(CustomFieldRule.init) }
}
