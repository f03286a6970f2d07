import CallCenter

/// What belongs to a customer and has versions of its own: a purchase, a contract, a contact that somebody recorded by
/// hand, a note, a file (customers.md).
public struct CustomerItem: Equatable, Sendable {
    public enum Kind: Int64, Equatable, Sendable, CaseIterable {
        case purchase = 1
        case contract = 2
        case contact = 3
        case note = 4
        case file = 5
    }

    /// Unique among the items of all kinds; not used again.
    public var id: Int64
    public var customer: Int64
    /// 1 at first, and one more with each change.
    public var version: Int64
    public var createdAt: Timestamp
    /// As of an `Author`: an operator's number, a token's id, nil for a program on the same machine.
    public var createdBy: String?
    public var updatedAt: Timestamp
    public var updatedBy: String?
    public var content: Content

    public var kind: Kind { content.kind }

    /// Where it is in a list.
    public var place: ItemPlace { ItemPlace(at: content.place(createdAt: createdAt), id: id) }

    /// What an item says.
    public enum Content: Equatable, Sendable {
        case purchase(Purchase)
        case contract(Contract)
        case contact(Contact)
        case note(Note)
        case file(CustomerFile)

        public var kind: Kind {
            switch self {
            case .purchase: .purchase
            case .contract: .contract
            case .contact: .contact
            case .note: .note
            case .file: .file
            }
        }

        /// Where the item is in a list by time. Milliseconds.
        func place(createdAt: Timestamp) -> Int64 {
            switch self {
            case .purchase(let one): one.at.ms
            case .contract(let one): (one.signed ?? one.starts)?.ms ?? createdAt.ms
            case .contact(let one): one.at.ms
            case .note(let one): one.at.ms
            case .file: createdAt.ms
            }
        }

        /// From when on its retention counts; nil for what is never old: a contract that still runs. Milliseconds.
        func agesFrom(createdAt: Timestamp) -> Int64? {
            if case .contract(let one) = self { one.end?.ms } else { place(createdAt: createdAt) }
        }
    }
}

/// What a customer bought or ordered.
public struct Purchase: Equatable, Sendable {
    public var at: DayOrTime
    public var product: String
    public var quantity: ExactDecimal?
    public var unitPrice: ExactDecimal?
    public var amount: ExactDecimal?
    /// ISO 4217, three capitals.
    public var currency: String?
    /// The order's number.
    public var order: String?
    /// One of the centre's states: `ordered`, `shipped`, …
    public var state: String

    public init(at: DayOrTime, product: String, state: String) {
        self.at = at
        self.product = product
        self.state = state
    }
}

/// What was agreed with a customer.
public struct Contract: Equatable, Sendable {
    /// Whether a contract goes on by itself.
    public enum Renewal: Equatable, Sendable {
        case yes
        case no
        case at(DayOrTime)
    }

    public var service: String
    public var amount: ExactDecimal?
    /// ISO 4217, three capitals.
    public var currency: String?
    public var signed: DayOrTime?
    public var starts: DayOrTime?
    public var expires: DayOrTime?
    public var renews: Renewal?

    public init(service: String) { self.service = service }

    /// When it ends; nil where nobody has said so, and for one that is renewed.
    var end: DayOrTime? {
        switch renews {
        case .yes, .at: nil
        case .no, nil: expires
        }
    }
}

/// A contact that somebody recorded by hand: a visit, a letter, a call on a mobile.
public struct Contact: Equatable, Sendable {
    public var at: Timestamp
    public var channel: String
    public var direction: TouchpointRecorded.Direction?
    public var summary: String
    /// Milliseconds.
    public var duration: Int64?
    public var `operator`: String?

    public init(at: Timestamp, channel: String) {
        self.at = at
        self.channel = channel
        summary = ""
    }
}

/// A note on a customer that belongs to no call.
public struct Note: Equatable, Sendable {
    public var at: Timestamp
    public var text: String
    /// How long it was written on. Milliseconds.
    public var spent: Int64?
    public var `operator`: String?

    public init(at: Timestamp, text: String) {
        self.at = at
        self.text = text
    }
}

/// Where a list continues: behind the item or contact with this time and id.
public struct ItemPlace: Equatable, Sendable {
    public var at: Int64
    public var id: Int64

    public init(at: Int64, id: Int64) {
        self.at = at
        self.id = id
    }

    static let newest = ItemPlace(at: .max, id: .max)
}

/// A version of an item: who made it, when, through what, and what the item was before and after it.
public struct ItemVersion: Equatable, Sendable {
    public var version: Int64
    public var at: Timestamp
    public var author: Author
    public var importID: Int64?
    /// nil when there was none: it was created, or brought back.
    public var before: CustomerItem.Content?
    /// nil when the version is a deletion.
    public var after: CustomerItem.Content?
}
