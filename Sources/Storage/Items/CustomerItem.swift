import CallCenter

/// What belongs to a customer and has versions of its own: a purchase, a contract, a contact that somebody recorded by
/// hand, a note, a file (customers.md).
public struct CustomerItem: Equatable, Sendable {
    /// What an item is; the raw value is in the log and in the file.
    public enum Kind: Int64, Equatable, Sendable, CaseIterable {
        /// Something that was bought or ordered.
        case purchase = 1
        /// Something that was agreed.
        case contract = 2
        /// A contact that somebody recorded by hand.
        case contact = 3
        /// A note that belongs to no call.
        case note = 4
        /// A picture or a document.
        case file = 5
    }

    /// Unique among the items of all kinds; not used again.
    public var id: Int64
    /// The customer's id.
    public var customer: Int64
    /// 1 at first, and one more with each change.
    public var version: Int64
    /// When it was recorded.
    public var createdAt: Timestamp
    /// As of an `Author`: an operator's number, a token's id, nil for a program on the same machine.
    public var createdBy: String?
    /// When it was changed last; at first as `createdAt`.
    public var updatedAt: Timestamp
    /// Who changed it last, as of an `Author`.
    public var updatedBy: String?
    /// What it says.
    public var content: Content

    /// What it is.
    public var kind: Kind { content.kind }

    /// Where it is in a list.
    public var place: ItemPlace { ItemPlace(at: content.place(createdAt: createdAt), id: id) }

    /// What an item says.
    public enum Content: Equatable, Sendable {
        /// Something that was bought or ordered.
        case purchase(Purchase)
        /// Something that was agreed.
        case contract(Contract)
        /// A contact that somebody recorded by hand.
        case contact(Contact)
        /// A note that belongs to no call.
        case note(Note)
        /// A picture or a document, without its bytes.
        case file(CustomerFile)

        /// What it is.
        var kind: Kind {
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
    /// When it was bought.
    public var at: DayOrTime
    /// What was bought, in the centre's words.
    public var product: String
    /// How many or how much; nil when nobody said.
    public var quantity: ExactDecimal?
    /// The price of one, in `currency`; nil when nobody said.
    public var unitPrice: ExactDecimal?
    /// The price of all, in `currency`; nil when nobody said.
    public var amount: ExactDecimal?
    /// ISO 4217, three capitals.
    public var currency: String?
    /// The order's number.
    public var order: String?
    /// One of the centre's states: `ordered`, `shipped`, …
    public var state: String

    /// Copies its arguments; quantity, prices and order are set afterwards.
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
        /// It goes on by itself.
        case yes
        /// It ends when it expires.
        case no
        /// It was, or will be, renewed on this day.
        case at(DayOrTime)
    }

    /// What was agreed, in the centre's words.
    public var service: String
    /// What it costs, in `currency`; nil when nobody said.
    public var amount: ExactDecimal?
    /// ISO 4217, three capitals.
    public var currency: String?
    /// When it was signed; nil when nobody said.
    public var signed: DayOrTime?
    /// From when on it holds; nil when nobody said.
    public var starts: DayOrTime?
    /// When it ends; nil: without an end.
    public var expires: DayOrTime?
    /// Whether it goes on by itself; nil when nobody said.
    public var renews: Renewal?

    /// A contract of which nothing but what it is for is known.
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
    /// When it took place.
    public var at: Timestamp
    /// `visit`, `phone`, `letter` and the like, or the centre's own.
    public var channel: String
    /// Who contacted whom; nil when nobody said.
    public var direction: TouchpointRecorded.Direction?
    /// What it was about; empty for nothing.
    public var summary: String
    /// Milliseconds.
    public var duration: Int64?
    /// The operator who had it; nil for none.
    public var `operator`: String?

    /// Copies its arguments; the rest is set afterwards.
    public init(at: Timestamp, channel: String) {
        self.at = at
        self.channel = channel
        summary = ""
    }
}

/// A note on a customer that belongs to no call.
public struct Note: Equatable, Sendable {
    /// When it was written.
    public var at: Timestamp
    /// What was written.
    public var text: String
    /// How long it was written on. Milliseconds.
    public var spent: Int64?
    /// The operator who wrote it; nil for none.
    public var `operator`: String?

    /// Copies its arguments.
    public init(at: Timestamp, text: String) {
        self.at = at
        self.text = text
    }
}

/// Where a list continues: behind the item or contact with this time and id.
public struct ItemPlace: Equatable, Sendable {
    /// The time by which items are ordered. Milliseconds since 1970.
    public var at: Int64
    public var id: Int64

    /// Copies its arguments.
    public init(at: Int64, id: Int64) {
        self.at = at
        self.id = id
    }

    static let newest = ItemPlace(at: .max, id: .max)
}

/// A version of an item: who made it, when, through what, and what the item was before and after it.
public struct ItemVersion: Equatable, Sendable {
    /// The number of the version, from 1 on.
    public var version: Int64
    /// When it was made.
    public var at: Timestamp
    /// Who made it.
    public var author: Author
    /// The import that wrote it, or whose undoing did; nil for another change.
    public var importID: Int64?
    /// nil when there was none: it was created, or brought back.
    public var before: CustomerItem.Content?
    /// nil when the version is a deletion.
    public var after: CustomerItem.Content?
}
