import CallCenter
import EventWire
import Storage

/// Items and their versions as JSON.
enum ItemEncoder {
    /// - Parameter reader: who is shown the item.
    static func item(_ item: CustomerItem, to reader: Reader, into out: inout ByteBuilder) {
        reader.sees(item.customer)
        out.object { out in
            out.field("id", item.id)
            out.field("customer", item.customer)
            content(item.content, into: &out)
            out.field("version", item.version)
            out.field("created_at", item.createdAt)
            out.field("created_by", item.createdBy)
            out.field("updated_at", item.updatedAt)
            out.field("updated_by", item.updatedBy)
        }
    }

    /// A note that an earlier version wrote as an event: it has no versions.
    static func note(_ entry: TouchpointEntry, to reader: Reader, into out: inout ByteBuilder) {
        reader.sees(entry.customer)
        var note = Note(at: entry.touchpoint.at, text: entry.touchpoint.summary)
        note.spent = entry.touchpoint.duration
        note.operator = entry.touchpoint.operator
        out.object { out in
            out.field("id", entry.id)
            out.field("customer", entry.customer)
            content(.note(note), into: &out)
            out.field("version", Int64?.none)
            out.field("created_at", note.at)
            out.field("created_by", note.operator)
            out.field("updated_at", note.at)
            out.field("updated_by", note.operator)
        }
    }

    static func content(_ content: CustomerItem.Content, into out: inout ByteBuilder) {
        switch content {
        case .purchase(let one):
            out.field("at", one.at.text)
            out.field("product", one.product)
            number("quantity", one.quantity, into: &out)
            out.field("unit_price", one.unitPrice?.text)
            out.field("amount", one.amount?.text)
            out.field("currency", one.currency)
            out.field("order", one.order)
            out.field("state", one.state)
        case .contract(let one):
            out.field("service", one.service)
            out.field("amount", one.amount?.text)
            out.field("currency", one.currency)
            out.field("signed", one.signed?.text)
            out.field("starts", one.starts?.text)
            out.field("expires", one.expires?.text)
            switch one.renews {
            case nil: out.field("renews", String?.none)
            case .yes: out.field("renews", true)
            case .no: out.field("renews", false)
            case .at(let moment): out.field("renews", moment.text)
            }
        case .contact(let one):
            out.field("at", one.at)
            out.field("channel", one.channel)
            out.field("direction", one.direction?.rawValue)
            out.field("summary", one.summary)
            out.field("duration_ms", one.duration)
            out.field("operator", one.operator)
        case .note(let one):
            out.field("at", one.at)
            out.field("operator", one.operator)
            out.field("text", one.text)
            out.field("seconds", one.spent.map { Double($0) / 1_000 })
        case .file(let one):
            out.field("name", one.name)
            out.field("type", one.type)
            out.field("bytes", one.size)
            out.field("sha256", one.hash.hex)
        }
    }

    /// A number of JSON with exactly its digits.
    private static func number(_ name: StaticString, _ number: ExactDecimal?, into out: inout ByteBuilder) {
        guard let number else { return out.field(name, Int64?.none) }
        var digits = ByteBuilder(capacity: 24)
        digits.append(utf8: number.text)
        out.key(name)
        out.value(json: digits)
    }

    static func version(_ version: ItemVersion, into out: inout ByteBuilder) {
        out.object { out in
            out.field("version", version.version)
            out.field("at", version.at)
            out.field("by", version.author.who)
            out.field("through", version.author.through.rawValue)
            out.field("import", version.importID)
            out.field("kind", version.before == nil ? "created" : version.after == nil ? "deleted" : "changed")
            FieldChange.write(changes(version), into: &out)
        }
    }

    /// The fields that differ, in the order of the item; of a new or a deleted one all that are filled.
    static func changes(_ version: ItemVersion) -> [FieldChange] {
        FieldChange.between(version.before.map(values) ?? [], version.after.map(values) ?? [])
    }

    private static func values(_ content: CustomerItem.Content) -> [(name: String, value: String?)] {
        switch content {
        case .purchase(let one):
            return [
                ("at", one.at.text), ("product", one.product), ("quantity", one.quantity?.text),
                ("unit_price", one.unitPrice?.text), ("amount", one.amount?.text), ("currency", one.currency),
                ("order", one.order), ("state", one.state),
            ]
        case .contract(let one):
            let renews =
                switch one.renews {
                case nil: String?.none
                case .yes: "true"
                case .no: "false"
                case .at(let moment): moment.text
                }
            return [
                ("service", one.service), ("amount", one.amount?.text), ("currency", one.currency),
                ("signed", one.signed?.text), ("starts", one.starts?.text), ("expires", one.expires?.text),
                ("renews", renews),
            ]
        case .contact(let one):
            return [
                ("at", RFC3339.string(one.at)), ("channel", one.channel), ("direction", one.direction?.rawValue),
                ("summary", one.summary.isEmpty ? nil : one.summary), ("duration_ms", one.duration.map(String.init)),
                ("operator", one.operator),
            ]
        case .note(let one):
            return [
                ("text", one.text), ("seconds", one.spent.map { String(Double($0) / 1_000) }),
                ("operator", one.operator),
            ]
        case .file(let one):
            return [
                ("name", one.name), ("type", one.type), ("bytes", String(one.size)), ("sha256", one.hash.hex),
            ]
        }
    }
}

extension CustomerItem.Kind {
    /// The kind in a path.
    var path: String {
        switch self {
        case .purchase: "purchases"
        case .contract: "contracts"
        case .contact: "contacts"
        case .note: "notes"
        case .file: "files"
        }
    }

    /// In a sentence.
    var word: String {
        switch self {
        case .purchase: "purchase"
        case .contract: "contract"
        case .contact: "contact"
        case .note: "note"
        case .file: "file"
        }
    }
}

extension ItemPlace {
    /// As `next` gave it: two numbers with a dot between.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let at = Int64(parts[0]), let id = Int64(parts[1]), id >= 0 else { return nil }
        self.init(at: at, id: id)
    }

    var text: String { "\(at).\(id)" }
}
