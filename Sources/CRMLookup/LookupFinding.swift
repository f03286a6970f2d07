/// What a look-up found of a number, as it is kept and shown.
public enum LookupFinding: Equatable, Sendable {
    /// Somebody has the number.
    case found(LookupRecord)
    /// Nobody has the number.
    case missing
}

/// A CRM's record, as far as the configuration maps it.
public struct LookupRecord: Equatable, Sendable {
    /// A line on the card.
    public struct Field: Equatable, Sendable {
        /// What the value is called there; from the configuration.
        public var label: String
        /// One line of plain text, from the CRM.
        public var value: String

        /// Copies its values.
        public init(label: String, value: String) {
            self.label = label
            self.value = value
        }
    }

    /// In the order of the configuration; those that the CRM has a value for.
    public var fields: [Field] = []
    /// The id that our records have as `external_id`; nil where none is mapped or the CRM has none.
    public var externalID: String?
    /// The record's page.
    public var url: String?
    /// Records that have the number: this is the first.
    public var count = 1

    /// A record without fields, the only one that has the number.
    public init() {}

    /// Bytes of all lines together, below what the log takes.
    static let textMax = 12_000

    /// A line `label: value` for each field; nil without any.
    public var text: String? {
        var lines: [String] = [], bytes = 0
        for field in fields {
            let line = "\(field.label): \(field.value)"
            bytes += line.utf8.count + 1
            guard bytes <= LookupRecord.textMax else { break }
            lines.append(line)
        }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }
}
