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

    private static let recordsSource = "\u{0}records"
    private static let secretsSource = "\u{0}secrets"

    /// The source that an entry of this kind has in the log; nil for an event, which has its own.
    public var source: String? {
        switch self {
        case .event: nil
        case .records: EntryKind.recordsSource
        case .secrets: EntryKind.secretsSource
        }
    }

    /// - Parameter source: as the entry has it in the log.
    public init(source: String) {
        switch source {
        case EntryKind.recordsSource: self = .records
        case EntryKind.secretsSource: self = .secrets
        default: self = .event
        }
    }
}

extension EventLog.Entry {
    public var kind: EntryKind { EntryKind(source: source) }
}
