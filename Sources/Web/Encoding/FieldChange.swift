import EventWire

/// A field that a version changed, as `history` answers it.
struct FieldChange: Equatable {
    var field: String
    var from: String?
    var to: String?

    typealias Values = [(name: String, value: String?)]

    /// The fields that differ; of a new or a deleted one, which has no values before or after, all that are filled.
    static func between(_ before: Values, _ after: Values) -> [FieldChange] {
        (before.isEmpty ? after : before).map(\.name).compactMap { name in
            let change = FieldChange(
                field: name, from: before.first { $0.name == name }?.value,
                to: after.first { $0.name == name }?.value)
            return change.from == change.to ? nil : change
        }
    }

    static func write(_ changes: [FieldChange], into out: inout ByteBuilder) {
        out.key("changes")
        out.array { out in
            for change in changes {
                out.object { out in
                    out.field("field", change.field)
                    out.field("from", change.from)
                    out.field("to", change.to)
                }
            }
        }
    }
}
