import CallCenter
import PhoneNumbers

/// A customer's record, as an editor or a file writes it (customers.md).
public struct CustomerFields: Equatable, Sendable {
    /// The centre's own number for the customer in its CRM; unique. An import with it is repeatable.
    public var externalID: String?
    /// The customer's name, at least one character.
    public var name: String
    /// Reading of the name.
    public var kana: String?
    /// The company's name, as it was written; nil for none.
    public var company: String?
    /// As they were written, most important first.
    public var phones: [PhoneEntry] = []
    /// The first mail address, as it was written; nil for none.
    public var email: String?
    /// The customer's id on LINE.
    public var lineID: String?
    /// The postal address in one text; nil for none.
    public var address: String?
    /// The name of a tier, as the centre configures them.
    public var tier = CustomerFields.tierDefault
    /// The assigned operator.
    public var owner: String?
    /// Words that the centre uses to group customers.
    public var tags: [String] = []
    /// To be read before speaking.
    public var cautions: [String] = []
    /// Operators this customer is not to be given to.
    public var doNotPair: [String] = []
    /// The centre's own fields.
    public var custom: [String: String] = [:]
    /// What most records do not have.
    public var details = CustomerDetails()

    /// The tier of a customer for whom nobody chose one.
    public static let tierDefault = "regular"

    /// A customer of the default tier, with nothing but a name.
    public init(name: String) { self.name = name }
}

/// One of a customer's numbers: as it was written, and as it was read.
public struct PhoneEntry: Equatable, Sendable {
    /// As it was written.
    public var raw: String
    /// nil for what is no telephone number, such as an extension: it is found by exactly its digits.
    public var e164: String?
    /// As people write it.
    public var display: String

    /// Copies its arguments.
    public init(raw: String, e164: String?, display: String) {
        self.raw = raw
        self.e164 = e164
        self.display = display
    }

    /// As a reader reads it; nil for a text that no caller can have, such as a word.
    public init?(raw: String, _ reading: NumberReading) {
        guard reading.key != nil else { return nil }
        self.init(raw: raw, e164: reading.recorded.e164, display: reading.recorded.display)
    }

    /// What it is found by: E.164, or its digits. Only E.164 begins with `+`.
    var key: String? { e164 ?? NumberText.exactKey(of: raw) }
}

/// A customer as it is in the database.
public struct CustomerRecord: Equatable, Sendable {
    public var id: Int64
    /// Everything that an editor may change.
    public var fields: CustomerFields
    /// Incremented with each change, so that an edit of an outdated version can be refused.
    public var version: Int64
    /// When the record was made.
    public var createdAt: Timestamp
    /// When the record was changed last.
    public var updatedAt: Timestamp
    /// When the newest contact began; nil without any.
    public var lastContact: Timestamp?

    /// Copies its arguments.
    public init(
        id: Int64, fields: CustomerFields, version: Int64, createdAt: Timestamp, updatedAt: Timestamp,
        lastContact: Timestamp?
    ) {
        self.id = id
        self.fields = fields
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.lastContact = lastContact
    }

    /// What a pop and a routing decision need.
    public var card: CustomerCard {
        CustomerCard(
            id: id, externalID: fields.externalID, name: fields.name, kana: fields.kana, company: fields.company,
            email: fields.email,
            tier: fields.tier, owner: fields.owner, tags: fields.tags, cautions: fields.cautions,
            doNotPair: fields.doNotPair,
            custom: fields.custom, display: fields.phones.first?.display)
    }
}
