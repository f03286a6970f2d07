import CallCenter

/// Somebody was shown a customer's record, or a part of it that names the customer.
///
/// It has ids alone, and no name, number or text: the view log outlives the records, and stays when a customer is
/// erased.
public struct RecordView: Equatable, Sendable {
    /// When it was shown.
    public var at: Timestamp
    /// Who was shown it.
    public var by: Viewer
    /// By what it was shown.
    public var through: Means
    /// The customer's id; `everybody` for all customers that there were.
    public var customer: Int64

    /// Stands for all customers in an export of everything. No customer has this id.
    public static let everybody: Int64 = 0

    /// Copies its arguments.
    public init(at: Timestamp, by: Viewer, through: Means, customer: Int64) {
        self.at = at
        self.by = by
        self.through = through
        self.customer = customer
    }

    /// By what it was shown.
    public enum Means: String, Equatable, Sendable, CaseIterable {
        /// The record itself, in a browser.
        case desk
        /// The record itself, by a program with a token.
        case api
        /// The record itself, by a program of this machine over the Unix socket: the command line.
        case command
        /// A pop or a warning on a stream, or a pop that was asked for.
        case pop
        /// One of those that a search, or a look-up of a number, found.
        case search
        /// An export of all customers, or of the log.
        case export
        /// A call, or a line of a list of calls.
        case call
        /// A line of the list of callbacks.
        case callback
        /// A promise, or what else is open with a customer.
        case openCase = "case"
        /// An entry of a list that somebody works through.
        case list

        /// What stands for it in the file. A code is never given another meaning.
        var code: UInt8 {
            switch self {
            case .desk: 1
            case .api: 2
            case .pop: 3
            case .search: 4
            case .export: 5
            case .call: 6
            case .callback: 7
            case .openCase: 8
            case .command: 9
            case .list: 14
            }
        }

        private static let byCode: [UInt8: Means] = Dictionary(
            uniqueKeysWithValues: allCases.map { ($0.code, $0) })

        /// nil for a code that this version does not know.
        init?(code: UInt8) {
            guard let known = Means.byCode[code] else { return nil }
            self = known
        }
    }
}

/// Who was shown it.
public enum Viewer: Hashable, Sendable {
    /// An operator's number: signed in at the desk, or with a token that opens this operator's screen.
    case `operator`(String)
    /// The id of a token that is no operator's.
    case token(String)
    /// A program on this machine, over the Unix socket; with its user's id where the kernel named it.
    case local(user: UInt32?)

    /// How the interface writes it: `101`, a token's id, `local` or `local:1000`.
    public var text: String {
        switch self {
        case .operator(let number): number
        case .token(let id): id
        case .local(let user): user.map { "local:\($0)" } ?? "local"
        }
    }

    /// The word for what kind it is.
    public var kind: String {
        switch self {
        case .operator: "operator"
        case .token: "token"
        case .local: "local"
        }
    }
}
