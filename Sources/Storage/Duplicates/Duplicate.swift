/// Why two records may be of one customer.
public enum DuplicateReason: String, Equatable, Sendable, CaseIterable {
    /// A telephone number.
    case number
    /// A mail address.
    case email
    /// An account, or an id on LINE.
    case account
    /// A name that is the same in another spelling, and the same address.
    case nameAndAddress = "name_address"
    /// A name that is the same in another spelling, and the same company.
    case nameAndCompany = "name_company"
}

/// A record that may be of the same customer.
public struct Duplicate: Equatable, Sendable {
    /// The record, as it is now.
    public var customer: CustomerRecord
    /// Why; at least one.
    public var reasons: [DuplicateReason]
    /// The names are one name; members of a family share numbers, and have others.
    public var isSameName: Bool
}

/// Two records that may be of one customer.
public struct DuplicatePair: Equatable, Sendable {
    /// The older one, by its id.
    public var first: Int64
    /// The newer one, by its id.
    public var second: Int64
    /// Why; at least one.
    public var reasons: [DuplicateReason]
    /// Whether the names are one name, spellings aside.
    public var isSameName: Bool
}

/// What is known of somebody who is being typed in, or of a record.
public struct DuplicateProbe: Equatable, Sendable {
    /// The name, as it is being typed.
    var name: String
    /// The reading of the name; nil for none.
    public var kana: String?
    /// Keys of numbers: E.164, or the digits of what is no telephone number.
    public var numbers: [String] = []
    /// Mail addresses, in letters of any case.
    public var emails: [String] = []
    /// Accounts and ids on LINE.
    public var accounts: [String] = []
    /// The postal address; nil for none.
    public var address: String?
    /// The company's name; nil for none.
    public var company: String?
    /// The id of the company that the person belongs to; nil for none.
    var companyID: Int64?
    /// The record itself is no duplicate; nor is the company that it belongs to.
    public var except: Int64?

    /// Somebody of whom nothing but the name is known.
    public init(name: String) { self.name = name }

    /// A record that is there: compared with all others.
    public init(_ record: CustomerRecord) {
        let fields = record.fields
        self.init(name: fields.name)
        kana = fields.kana
        numbers = fields.phones.compactMap(\.key)
        emails = [fields.email].compactMap { $0 } + fields.details.emails
        accounts = [fields.lineID].compactMap { $0 } + fields.details.accounts.map(\.id)
        address = fields.address
        company = fields.company
        companyID = fields.details.companyID
        except = record.id
    }

    /// Why a record may be of the same customer; nil when nothing says so.
    func duplicate(_ record: CustomerRecord) -> Duplicate? {
        guard record.id != except, record.id != companyID,
            except == nil || record.fields.details.companyID != except
        else { return nil }
        let other = DuplicateProbe(record)
        let isSameName = Likeness.isSameName((name, kana), (other.name, other.kana))
        var reasons: [DuplicateReason] = []
        if !Set(numbers).isDisjoint(with: other.numbers) { reasons.append(.number) }
        if !Set(emails.map { $0.lowercased() }).isDisjoint(with: other.emails.map { $0.lowercased() }) {
            reasons.append(.email)
        }
        if !Set(accounts).isDisjoint(with: other.accounts) { reasons.append(.account) }
        if isSameName {
            let place = Likeness.address(address)
            if !place.isEmpty, place == Likeness.address(other.address) { reasons.append(.nameAndAddress) }
            let firm = Likeness.company(company)
            let isSameFirm = !firm.isEmpty && firm == Likeness.company(other.company)
            if isSameFirm || companyID != nil && companyID == other.companyID { reasons.append(.nameAndCompany) }
        }
        guard !reasons.isEmpty else { return nil }
        // Colleagues share the number of their company.
        if reasons == [.number], !isSameName, companyID != nil, companyID == other.companyID { return nil }
        return Duplicate(customer: record, reasons: reasons, isSameName: isSameName)
    }
}
