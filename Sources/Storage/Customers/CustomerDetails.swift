import CallCenter
import SQLite

/// What a record has besides a customer's name, numbers and tier; empty for most.
public struct CustomerDetails: Equatable, Sendable {
    /// Whether the record is of a person, or of a company that persons may belong to.
    public enum Kind: String, Equatable, Sendable, CaseIterable { case person, company }

    /// An account at a service: a name on a social network, a number in a shop.
    public struct Account: Equatable, Sendable {
        /// `instagram`, `x`, `line`, … or the centre's own.
        public var service: String
        public var id: String

        /// Copies its arguments.
        public init(service: String, id: String) {
            self.service = service
            self.id = id
        }
    }

    /// Whether the record is of a person or of a company.
    public var kind = Kind.person
    /// The company that a person belongs to: its tier, owner and cautions count where the person has none.
    public var companyID: Int64?
    /// Mail addresses besides the first one, which is `CustomerFields.email`.
    public var emails: [String] = []
    /// Accounts at services, most important first.
    public var accounts: [Account] = []
    /// What the customer is like, in words of the centre.
    public var persona: [String] = []
    /// What the customer wants and likes, in words of the centre.
    public var preferences: [String] = []
    /// What the customer agreed to and what not: `newsletter`, `recording`, …
    public var consent: [String: Bool] = [:]
    /// The customer does not want to be called: a pop and lists say so.
    public var doNotCall = false
    /// Why the customer's status is what it is, as somebody wrote it.
    public var statusReason: String?

    /// A person without any details.
    init() {}

    var isEmpty: Bool { self == CustomerDetails() }

    /// Any of which finds the customer.
    var identities: [(kind: IdentityKind, value: String)] {
        emails.map { (.email, $0) } + accounts.map { (.account, $0.id) }
    }

    enum IdentityKind: Int64 {
        case email = 1
        case account = 2
    }

    /// As a column has it; nil for none.
    var packed: [UInt8]? {
        guard !isEmpty else { return nil }
        var out = PackedWriter()
        out.details(self)
        return out.bytes
    }

    init(packed bytes: [UInt8]) throws(Malformed) {
        self = try bytes.reading { from throws(Malformed) in try from.details() }
    }
}

extension PackedWriter {
    mutating func details(_ details: CustomerDetails) {
        byte(1)
        text(details.kind.rawValue)
        optional(details.companyID)
        list(details.emails) { $0.text($1) }
        list(details.accounts) { out, account in
            out.text(account.service)
            out.text(account.id)
        }
        list(details.persona) { $0.text($1) }
        list(details.preferences) { $0.text($1) }
        list(details.consent.sorted { $0.key < $1.key }) { out, one in
            out.text(one.key)
            out.byte(one.value ? 1 : 0)
        }
        byte(details.doNotCall ? 1 : 0)
        optional(details.statusReason)
    }
}

extension PackedReader {
    mutating func details() throws(Malformed) -> CustomerDetails {
        guard try byte() == 1 else { throw Malformed() }
        var details = CustomerDetails()
        details.kind = try word()
        details.companyID = try optionalSigned()
        details.emails = try texts()
        details.accounts = try list { from throws(Malformed) in
            CustomerDetails.Account(service: try from.text(), id: try from.text())
        }
        details.persona = try texts()
        details.preferences = try texts()
        let consent = try list { from throws(Malformed) in (try from.text(), try from.byte() == 1) }
        for (name, agreed) in consent { details.consent[name] = agreed }
        details.doNotCall = try byte() == 1
        details.statusReason = try optionalText()
        return details
    }
}

extension CustomerStore {
    /// When the newest contacts began that follow each other without a gap as long as `gap`; nil without any contact.
    ///
    /// - Parameter gap: milliseconds.
    public func activeSince(_ id: Int64, gap: Int64) throws(StoreError) -> Timestamp? {
        try reading { state throws(SQLiteError) in
            let all = try state.database.prepare(
                "SELECT at FROM touchpoint WHERE customer=? AND channel<>'\(Touchpoint.note)' ORDER BY at DESC")
            try all.bind(id, 1)
            var since: Timestamp?
            while try all.step() {
                let at = Timestamp(ms: all.int(0))
                if let since, since - at > gap { break }
                since = at
            }
            return since
        }
    }
}

/// The tables of the details.
enum DetailTables {
    /// `customer_identity` has what finds a customer besides the columns of the record: mail addresses (1) and accounts
    /// (2).
    static let schema = """
        ALTER TABLE customer ADD COLUMN details BLOB;
        ALTER TABLE customer ADD COLUMN belongs_to INTEGER;
        CREATE INDEX customer_belongs_to ON customer(belongs_to) WHERE belongs_to IS NOT NULL;
        CREATE TABLE customer_identity(
          customer INTEGER NOT NULL REFERENCES customer ON DELETE CASCADE, kind INTEGER NOT NULL, value TEXT NOT NULL,
          PRIMARY KEY(customer, kind, value)) STRICT, WITHOUT ROWID;
        CREATE INDEX customer_identity_value ON customer_identity(value, kind)
        """
}
