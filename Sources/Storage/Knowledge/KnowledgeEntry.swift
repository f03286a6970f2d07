import CallCenter

/// What the centre knows and writes down for everybody: an article, a template of a text, an incident.
public struct KnowledgeEntry: Equatable, Sendable {
    public enum Kind: Int64, Equatable, Sendable, CaseIterable {
        case article = 1
        case template = 2
        case incident = 3
    }

    /// Unique among the entries of all kinds; not used again.
    public var id: Int64
    /// 1 at first, and one more with each change.
    public var version: Int64
    public var createdAt: Timestamp
    /// As of an `Author`: an operator's number, a token's id, nil for a program on the same machine.
    public var createdBy: String?
    public var updatedAt: Timestamp
    public var updatedBy: String?
    public var content: Content

    public var kind: Kind { content.kind }

    /// What an entry says.
    public enum Content: Equatable, Sendable {
        case article(Article)
        case template(TextTemplate)
        case incident(Incident)

        public var kind: Kind {
            switch self {
            case .article: .article
            case .template: .template
            case .incident: .incident
            }
        }

        public var title: String {
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

        public var tags: [String] {
            switch self {
            case .article(let one): one.tags
            case .template(let one): one.tags
            case .incident(let one): one.tags
            }
        }

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
    public enum Kind: String, Equatable, Sendable, CaseIterable { case faq, manual }

    public var kind = Kind.faq
    public var title: String
    /// Markdown.
    public var body = ""
    /// What is written into a note; nil: the body.
    public var answer: String?
    public var tags: [String] = []
    public var queues: [String] = []
    public var products: [String] = []
    /// Who sees to it.
    public var owner: String?
    /// The day on which somebody has to read it again.
    public var review: DayOrTime?

    public init(title: String) { self.title = title }
}

/// A text with fields that are filled in (`TemplateField`).
public struct TextTemplate: Equatable, Sendable {
    public var title: String
    public var text = ""
    public var tags: [String] = []
    public var queues: [String] = []

    public init(title: String) { self.title = title }
}

/// Something that makes many call: what happened, why, and what is to be said.
public struct Incident: Equatable, Sendable {
    public var title: String
    public var cause = ""
    public var course = ""
    public var solution = ""
    public var cost: ExactDecimal?
    /// ISO 4217, three capitals.
    public var currency: String?
    public var openedAt: Timestamp
    /// nil while it goes on.
    public var closedAt: Timestamp?
    public var tags: [String] = []
    public var queues: [String] = []
    public var products: [String] = []
    /// Places as a pop shows them, or the beginnings of numbers in E.164.
    public var regions: [String] = []
    /// Numbers that were called.
    public var lines: [String] = []
    /// Ids of cases that it caused.
    public var cases: [Int64] = []

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
    public var queue: String?
    /// The number that was called.
    public var line: String?
    /// The caller's number, and where it is.
    public var e164: String?
    public var place: String?
    public var region: String?
    /// The customer's.
    public var tags: [String] = []
    /// What the customer bought and has contracts on.
    public var products: [String] = []
    /// What is typed about the call.
    public var note = ""

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
    public var version: Int64
    public var at: Timestamp
    public var author: Author
    /// nil when there was none: it was created, or brought back.
    public var before: KnowledgeEntry.Content?
    /// nil when it was deleted.
    public var after: KnowledgeEntry.Content?
}

/// An entry that was deleted, as it was.
public struct DeletedKnowledge: Equatable, Sendable {
    public var entry: KnowledgeEntry
    public var at: Timestamp
    public var by: String?
}
