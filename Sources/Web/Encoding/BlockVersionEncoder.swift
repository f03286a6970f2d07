import EventWire
import Storage

/// A version of the block list as JSON: what the entry of a number was, and what it became.
enum BlockVersionEncoder {
    static func version(_ one: BlockVersion, into out: inout ByteBuilder) {
        out.object { out in
            out.field("version", one.version)
            out.field("at", one.at)
            out.field("by", one.author.who)
            out.field("through", one.author.through.rawValue)
            out.field("kind", one.after == nil ? "unblocked" : one.before == nil ? "blocked" : "changed")
            out.field("number", one.number)
            out.field("display", (one.after ?? one.before)?.display ?? one.number)
            FieldChange.write(FieldChange.between(values(one.before), values(one.after)), into: &out)
        }
    }

    private static func values(_ entry: BlockedNumber?) -> FieldChange.Values {
        guard let entry else { return [] }
        return [("reason", entry.reason), ("since", RFC3339.string(entry.since))]
    }
}
