import CallCenter

/// What the centre knows and writes down for everybody: an article, a template of a text, an incident.
public struct KnowledgeEntry: Equatable, Sendable {
    /// What an entry is; the raw value is in the log and in the file.
    public enum Kind: Int64, Equatable, Sendable, CaseIterable {
        /// A question with its answer, or a page of the manual.
        case article = 1
        /// A text that operators fill in.
        case template = 2
        /// Something that makes many call.
        case incident = 3
    }

    /// Unique among the entries of all kinds; not used again.
    public var id: Int64
    /// 1 at first, and one more with each change.
    public var version: Int64
    /// When it was written.
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

    /// What an entry says.
    public enum Content: Equatable, Sendable {
        /// A question with its answer, or a page of the manual.
        case article(Article)
        /// A text that operators fill in.
        case template(TextTemplate)
        /// Something that makes many call.
        case incident(Incident)

        /// What it is.
        var kind: Kind {
            switch self {
            case .article: .article
            case .template: .template
            case .incident: .incident
            }
        }

        /// Its title, whatever it is.
        var title: String {
            switch self {
            case .article(let one): one.title
            case .template(let one): one.title
            case .incident(let one): one.title
            }
        }

        /// Calls of these queues; none: of every queue.
        public var queues: [String] {
            switch self {
            case .article(let one): one.queues
            case .template(let one): one.queues
            case .incident(let one): one.queues
            }
        }

        /// Words by which it fits a customer.
        public var tags: [String] {
            switch self {
            case .article(let one): one.tags
            case .template(let one): one.tags
            case .incident(let one): one.tags
            }
        }

        /// Products that it is about; a template has none.
        public var products: [String] {
            switch self {
            case .article(let one): one.products
            case .template: []
            case .incident(let one): one.products
            }
        }

        /// An incident that goes on; all others are always open.
        var isOpen: Bool { if case .incident(let one) = self { one.closedAt == nil } else { true } }

        /// What the search finds it by.
        var searched: [String] {
            switch self {
            case .article(let one): [one.title, one.body, one.answer ?? ""] + one.tags + one.products
            case .template(let one): [one.title, one.text] + one.tags
            case .incident(let one): [one.title, one.cause, one.course, one.solution] + one.tags + one.products
            }
        }
    }

    /// How many elements a list of an entry may have.
    public static let listMax = 100
}

/// A question with its answer, or a page of the manual.
public struct Article: Equatable, Sendable {
    /// A question with its answer, or a page of the manual.
    public enum Kind: String, Equatable, Sendable, CaseIterable { case faq, manual }

    /// Which of both it is.
    public var kind = Kind.faq
    /// What it is about, in a line.
    public var title: String
    /// Markdown.
    public var body = ""
    /// What is written into a note; nil: the body.
    public var answer: String?
    /// Customers with one of these tags; none: of any.
    public var tags: [String] = []
    /// Calls of these queues; none: of every queue.
    public var queues: [String] = []
    /// Products that it is about.
    public var products: [String] = []
    /// Who sees to it.
    public var owner: String?
    /// The day on which somebody has to read it again.
    public var review: DayOrTime?

    /// An article with nothing but a title.
    public init(title: String) { self.title = title }
}

/// A text with fields that are filled in (`TemplateField`).
public struct TextTemplate: Equatable, Sendable {
    /// What it is for, in a line.
    public var title: String
    /// The text, with its fields in two braces each.
    public var text = ""
    /// Words that group templates.
    public var tags: [String] = []
    /// Calls of these queues; none: of every queue.
    public var queues: [String] = []

    /// A template with nothing but a title.
    public init(title: String) { self.title = title }
}

/// Something that makes many call: what happened, why, and what is to be said.
public struct Incident: Equatable, Sendable {
    /// What happened, in a line.
    public var title: String
    /// Why it happened; empty while nobody knows.
    public var cause = ""
    /// What is happening and was done; empty for nothing written.
    public var course = ""
    /// What is to be said or done; empty while nobody knows.
    public var solution = ""
    /// What it cost, in `currency`; nil when nobody said.
    public var cost: ExactDecimal?
    /// ISO 4217, three capitals.
    public var currency: String?
    /// When it began.
    public var openedAt: Timestamp
    /// nil while it goes on.
    public var closedAt: Timestamp?
    /// Customers with one of these tags; none: of any.
    public var tags: [String] = []
    /// Calls of these queues; none: of every queue.
    public var queues: [String] = []
    /// Customers with one of these products; none: of any.
    public var products: [String] = []
    /// Places as a pop shows them, or the beginnings of numbers in E.164.
    public var regions: [String] = []
    /// Numbers that were called.
    public var lines: [String] = []
    /// Ids of cases that it caused.
    public var cases: [Int64] = []

    /// An incident that goes on, with nothing but a title.
    public init(title: String, openedAt: Timestamp) {
        self.title = title
        self.openedAt = openedAt
    }

    /// Whether a call is concerned: of each of its lists that is not empty, something fits the call.
    public func matches(_ call: KnowledgeContext) -> Bool {
        func fits(_ list: [String], _ isOne: (String) -> Bool) -> Bool { list.isEmpty || list.contains(where: isOne) }
        return fits(queues) { $0 == call.queue } && fits(lines) { $0 == call.line } && self.fits(customer: call)
            && fits(regions) { call.isFrom($0) }
    }

    /// Whether its tags and products fit the customer.
    func fits(customer: KnowledgeContext) -> Bool {
        (tags.isEmpty || tags.contains { customer.tags.contains($0) })
            && (products.isEmpty || products.contains { customer.hasProduct($0) })
    }
}

/// What of a call the fitting knowledge is chosen by.
public struct KnowledgeContext: Equatable, Sendable {
    /// The queue that the call is in; nil without one.
    public var queue: String?
    /// The number that was called.
    public var line: String?
    /// The caller's number, and where it is.
    public var e164: String?
    /// Where the number is, as the pop shows it; nil when it is not known.
    public var place: String?
    /// The number's region, ISO 3166; nil when it is not known.
    public var region: String?
    /// The customer's.
    public var tags: [String] = []
    /// What the customer bought and has contracts on.
    public var products: [String] = []
    /// What is typed about the call.
    public var note = ""

    /// A call of which nothing is known.
    public init() {}

    /// Whether the customer has something of this name, spellings aside.
    func hasProduct(_ name: String) -> Bool {
        let wanted = SearchText.normalized(name)
        return !wanted.isEmpty && products.contains { SearchText.contains(SearchText.normalized($0), wanted) }
    }

    func isFrom(_ place: String) -> Bool {
        if place.hasPrefix("+") { return e164?.hasPrefix(place) ?? false }
        return self.place?.contains(place) ?? false || region == place
    }
}

/// A version of an entry: who made it, when, through what, and what the entry was before and after it.
public struct KnowledgeVersion: Equatable, Sendable {
    /// The number of the version, from 1 on.
    public var version: Int64
    /// When it was made.
    public var at: Timestamp
    /// Who made it.
    public var author: Author
    /// nil when there was none: it was created, or brought back.
    public var before: KnowledgeEntry.Content?
    /// nil when it was deleted.
    public var after: KnowledgeEntry.Content?
}

/// An entry that was deleted, as it was.
public struct DeletedKnowledge: Equatable, Sendable {
    /// The entry, as it was.
    public var entry: KnowledgeEntry
    /// When it was deleted.
    public var at: Timestamp
    /// Who deleted it, as of an `Author`.
    public var by: String?
}
