/// What the rows of an imported or exported file are.
public enum ImportKind: Equatable, Sendable, CaseIterable {
    /// Customers, a row each.
    case customers
    /// What belongs to customers: a row is one of them, and names whose it is.
    case items(CustomerItem.Kind)
    /// Calls of past days: lines of Asterisk's `queue_log`.
    case queueLog

    /// All but files, which are no rows of a table.
    public static let allCases: [ImportKind] = tables + [.queueLog]

    /// Those whose files are tables with headings: they are mapped, previewed and exported.
    public static let tables: [ImportKind] =
        [.customers] + CustomerItem.Kind.allCases.filter { $0 != .file }.map { ImportKind.items($0) }

    /// As the interface, the command line and the log name it.
    public var word: String {
        switch self {
        case .customers: "customers"
        case .items(.purchase): "purchases"
        case .items(.contract): "contracts"
        case .items(.contact): "contacts"
        case .items(.note): "notes"
        case .items(.file): "files"
        case .queueLog: "queue_log"
        }
    }

    /// The kind that this word names; nil for another word.
    public init?(word: String) {
        guard let kind = ImportKind.allCases.first(where: { $0.word == word }) else { return nil }
        self = kind
    }

    /// The names of all columns that a file of this kind may have, besides the centre's own fields.
    public var columns: [String] {
        switch self {
        case .customers: ImportColumns.Column.allCases.map(\.rawValue)
        case .items(let kind): ItemColumns.Column.columns(of: kind).map(\.rawValue)
        case .queueLog: []
        }
    }
}
