import CallCenter
import EventWire
import Storage

/// A version of a customer as JSON: what each field was and what it became.
enum VersionEncoder {
    /// - Parameter hidden: the centre's own fields that the client does not see.
    static func version(
        _ version: CustomerVersion, without hidden: Set<String>, into out: inout ByteBuilder
    ) {
        out.object { out in
            out.field("version", version.version)
            out.field("at", version.at)
            out.field("by", version.author.who)
            out.field("through", version.author.through.rawValue)
            out.field("import", version.importID)
            out.field("kind", kind(version))
            out.key("changes")
            out.array { out in
                for change in changes(version)
                where !change.field.hasPrefix("custom.") || !hidden.contains(String(change.field.dropFirst(7))) {
                    out.object { out in
                        out.field("field", change.field)
                        value("from", change.from, into: &out)
                        value("to", change.to, into: &out)
                    }
                }
            }
        }
    }

    private static func kind(_ version: CustomerVersion) -> String {
        switch (version.before, version.after) {
        case (nil, _): "created"
        case (_, nil): "deleted"
        default: "changed"
        }
    }

    /// The value of a field: one text, or several.
    enum Value: Equatable {
        case text(String?)
        case list([String])

        var isEmpty: Bool { self == .text(nil) || self == .list([]) }
    }

    struct Change: Equatable {
        var field: String
        var from: Value
        var to: Value
    }

    /// The fields that differ, in the order of the record; of a new or a deleted record all that are filled.
    static func changes(_ version: CustomerVersion) -> [Change] {
        let before = values(version.before), after = values(version.after)
        var names = before.map(\.name)
        names += after.map(\.name).filter { !names.contains($0) }
        return names.compactMap { name in
            let from = before.first { $0.name == name }?.value, to = after.first { $0.name == name }?.value
            let kind = from ?? to ?? .text(nil)
            let change = Change(field: name, from: from ?? kind.emptied, to: to ?? kind.emptied)
            return change.from == change.to ? nil : change
        }
    }

    private static func values(_ fields: CustomerFields?) -> [(name: String, value: Value)] {
        guard let fields else { return [] }
        return [
            ("external_id", .text(fields.externalID)), ("name", .text(fields.name)), ("kana", .text(fields.kana)),
            ("company", .text(fields.company)), ("phones", .list(fields.phones.map(\.display))),
            ("email", .text(fields.email)), ("line_id", .text(fields.lineID)), ("address", .text(fields.address)),
            ("tier", .text(fields.tier)), ("owner", .text(fields.owner)), ("tags", .list(fields.tags)),
            ("cautions", .list(fields.cautions)), ("do_not_pair", .list(fields.doNotPair)),
        ] + values(fields.details) + fields.custom.sorted { $0.key < $1.key }.map {
            // An empty field of a form is none.
            ("custom.\($0.key)", .text($0.value.isEmpty ? nil : $0.value))
        }
    }

    private static func values(_ details: CustomerDetails) -> [(name: String, value: Value)] {
        // A person is what everybody is who is no company.
        let kind = details.kind == .person ? nil : details.kind.rawValue
        return [
            ("kind", .text(kind)), ("company_id", .text(details.companyID.map(String.init))),
            ("emails", .list(details.emails)),
            ("accounts", .list(details.accounts.map { "\($0.service): \($0.id)" })),
            ("persona", .list(details.persona)), ("preferences", .list(details.preferences)),
            ("consent", .list(details.consent.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" })),
            ("do_not_call", .text(details.doNotCall ? "true" : nil)), ("status_reason", .text(details.statusReason)),
        ]
    }

    private static func value(_ name: StaticString, _ value: Value, into out: inout ByteBuilder) {
        switch value {
        case .text(let text): out.field(name, text)
        case .list(let texts): out.field(name, texts)
        }
    }
}

extension VersionEncoder.Value {
    fileprivate var emptied: VersionEncoder.Value {
        switch self {
        case .text: .text(nil)
        case .list: .list([])
        }
    }
}
