/// The kind of a log entry. One sequence has all of them, so that one position says how far a projection is.
///
/// An event keeps the source that a PBX gave it. The other kinds are told from it by a source that begins with a
/// control character, which no PBX's source may contain.
public enum EntryKind: Equatable, Sendable {
    /// A line of the event protocol.
    case event
    /// A change of the records: customers, cases, blocked numbers, imports (`ChangeEntry`).
    case records
    /// A change of tokens, accounts or sessions. No export shows it.
    case secrets
    /// The rules that apply to the entries after it. Only a log that several machines share has them among its entries:
    /// each machine applies them at the same position.
    case policy

    private static let recordsSource = "\u{0}records"
    private static let secretsSource = "\u{0}secrets"
    private static let policySource = "\u{0}policy"

    /// The source that an entry of this kind has in the log; nil for an event, which has its own.
    public var source: String? {
        switch self {
        case .event: nil
        case .records: EntryKind.recordsSource
        case .secrets: EntryKind.secretsSource
        case .policy: EntryKind.policySource
        }
    }

    /// - Parameter source: as the entry has it in the log.
    public init(source: String) {
        switch source {
        case EntryKind.recordsSource: self = .records
        case EntryKind.secretsSource: self = .secrets
        case EntryKind.policySource: self = .policy
        default: self = .event
        }
    }
}

extension EventLog.Entry {
    /// What it is, by its source.
    public var kind: EntryKind { EntryKind(source: source) }
}
