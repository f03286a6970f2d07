import CallCenter

/// The lists that every centre has.
public enum BuiltInList: String, Equatable, Sendable, CaseIterable {
    /// No contact for `[alerts] dormant_after`.
    case dormant
    /// A contract ends soon, and does not go on by itself.
    case expiring
    /// The purchase that was to be expected did not come.
    case overduePurchase = "overdue_purchase"
    /// A complaint, something that is late or unanswered, a long wait.
    case atRisk = "at_risk"
    /// Those who spent most.
    case best

    /// Stands for it in `list_work` and in the log. A number is never given another meaning.
    var number: Int64 {
        switch self {
        case .dormant: -1
        case .expiring: -2
        case .overduePurchase: -3
        case .atRisk: -4
        case .best: -5
        }
    }
}

/// By what a list is sorted that may be sorted in several ways.
public enum ListOrder: String, Equatable, Sendable, CaseIterable {
    /// The longest silence first.
    case lastContact = "last_contact"
    /// The highest spend first.
    case spend
    /// The most contacts first.
    case frequency
}

/// Which customers are in a list, besides what the list itself asks for; nil asks for nothing.
public struct ListFilter: Equatable, Sendable {
    /// What contacts say of a customer: none yet, some lately, none for long.
    public enum Status: String, Equatable, Sendable, CaseIterable { case new, active, dormant }

    /// Only customers of this tier.
    public var tier: String?
    /// Only customers with this tag.
    public var tag: String?
    /// Only customers who are assigned to this operator.
    public var owner: String?
    /// Only customers with this status.
    public var status: Status?
    /// A part of a text by which the search finds a customer.
    public var text: String?
    /// Spent no less. Units of ten to the minus 6.
    public var minSpent: Int64?
    /// Of contracts that end: within so many days; nil for what the centre has configured.
    public var days: Int64?

    /// Asks for nothing: every customer.
    public init() {}
}

/// A list that somebody saved: one of the built-in ones, or all customers, with a filter.
public struct CustomerList: Equatable, Sendable {
    public var id: Int64
    /// a–z, 0–9, `-` and `_`; unique.
    public var name: String
    /// 1 at first, and one more with each change.
    public var version: Int64
    /// When it was saved first.
    public var createdAt: Timestamp
    /// Who saved it first, as of an `Author`.
    public var createdBy: String?
    /// When it was changed last.
    public var updatedAt: Timestamp
    /// Which customers are in it, and who works through it.
    public var content: Content

    /// What somebody may change of a list.
    public struct Content: Equatable, Sendable {
        /// What people call it.
        public var title: String
        /// nil: all customers.
        public var of: BuiltInList?
        /// How it is sorted; nil: as the list itself is.
        public var order: ListOrder?
        /// Which of its customers are in it.
        public var filter = ListFilter()
        /// Operators who work through it.
        public var assigned: [String] = []

        /// All customers, for nobody in particular.
        public init(title: String) { self.title = title }
    }
}

/// A version of a saved list.
public struct ListVersion: Equatable, Sendable {
    /// The number of the version, from 1 on.
    public var version: Int64
    /// When it was made.
    public var at: Timestamp
    /// Who made it.
    public var author: Author
    /// nil when it was made, or came back after it was deleted.
    public var before: CustomerList.Content?
    /// nil when it was deleted.
    public var after: CustomerList.Content?
}

/// A saved list that was deleted, as it was.
public struct DeletedList: Equatable, Sendable {
    public var id: Int64
    /// Its name, which another list may have now.
    var name: String
    /// When it was saved first.
    var createdAt: Timestamp
    /// Who saved it first, as of an `Author`.
    var createdBy: String?
    /// When it was deleted.
    var deletedAt: Timestamp
}

/// A list that is asked for.
public enum ListSource: Equatable, Sendable {
    /// One that every centre has.
    case builtIn(BuiltInList)
    /// One that somebody saved.
    case saved(CustomerList)

    /// As of `list_work`.
    var number: Int64 {
        switch self {
        case .builtIn(let list): list.number
        case .saved(let list): list.id
        }
    }

    /// Its name in the interface.
    public var name: String {
        switch self {
        case .builtIn(let list): list.rawValue
        case .saved(let list): list.name
        }
    }

    /// The list that it is, or is made of; nil for a search.
    public var of: BuiltInList? {
        switch self {
        case .builtIn(let list): list
        case .saved(let list): list.content.of
        }
    }

    /// Which of its customers are wanted.
    var filter: ListFilter {
        if case .saved(let list) = self { list.content.filter } else { ListFilter() }
    }

    /// How it is sorted; nil: as the list itself is.
    public var order: ListOrder? {
        if case .saved(let list) = self { list.content.order } else { nil }
    }
}

/// By which moments and thresholds a list is made.
public struct ListClock: Equatable, Sendable {
    /// The moment for which it is made.
    public var now: Timestamp
    /// The centre's day, in days since 1970-01-01.
    public var today: Int64
    /// Without a contact since before this moment a customer is dormant.
    public var dormantBefore: Timestamp
    /// Contracts that end within so many days.
    public var expiringDays: Int64
    /// Complaints, calls that nobody answered and long waits since this moment are a risk.
    public var riskSince: Timestamp
    /// By which cases are late.
    public var cases: CaseClock
    /// So many customers are the best.
    public var best: Int64
    /// What was worked off before this moment is in the list again; nil: never.
    public var againBefore: Timestamp?

    /// Copies its arguments.
    public init(
        now: Timestamp, today: Int64, dormantBefore: Timestamp, expiringDays: Int64, riskSince: Timestamp,
        cases: CaseClock, best: Int64, againBefore: Timestamp?
    ) {
        self.now = now
        self.today = today
        self.dormantBefore = dormantBefore
        self.expiringDays = expiringDays
        self.riskSince = riskSince
        self.cases = cases
        self.best = best
        self.againBefore = againBefore
    }
}

/// Why a customer is at risk.
public struct Risks: OptionSet, Equatable, Sendable {
    public var rawValue: Int64
    /// The risks with these bits.
    public init(rawValue: Int64) { self.rawValue = rawValue }

    // Each weighs more than all below it: the sum by which the list is sorted is this set.
    /// A call of theirs waited long.
    public static let longWait = Risks(rawValue: 1)
    /// A call of theirs was not answered, and nobody has had contact since.
    public static let unansweredCall = Risks(rawValue: 2)
    /// A case in which nobody has done anything yet, for so long that it is stalled.
    public static let unansweredCase = Risks(rawValue: 4)
    /// Something open with them is past its due time.
    public static let overdue = Risks(rawValue: 8)
    /// They complained.
    public static let complaint = Risks(rawValue: 16)

    /// The heaviest first.
    public static let words: [(risk: Risks, word: String)] = [
        (.complaint, "complaint"), (.overdue, "overdue"), (.unansweredCase, "unanswered_case"),
        (.unansweredCall, "unanswered_call"), (.longWait, "long_wait"),
    ]
}

/// What was done with an entry of a list.
public struct ListResult: Equatable, Sendable {
    /// One of the centre's words.
    public var result: String
    /// What was written with it; nil for nothing.
    public var note: String?
    /// The operator; nil for a program that named none.
    public var by: String?
    /// When it was said.
    public var at: Timestamp

    /// Copies its arguments.
    init(result: String, note: String?, by: String?, at: Timestamp) {
        self.result = result
        self.note = note
        self.by = by
        self.at = at
    }
}

/// Who works on an entry, and what came of it.
public struct ListWork: Equatable, Sendable {
    /// It does not last: `CaseClaim.isValid` says whether it still counts.
    public var claim: CaseClaim?
    /// What came of it; nil while nothing did.
    public var result: ListResult?

    /// Copies its arguments.
    public init(claim: CaseClaim? = nil, result: ListResult? = nil) {
        self.claim = claim
        self.result = result
    }
}

/// A customer in a list.
public struct ListEntry: Equatable, Sendable {
    /// The customer's id.
    public var customer: Int64
    /// The customer's name.
    public var name: String
    /// The name of the customer's tier.
    public var tier: String
    /// The assigned operator; nil for none.
    public var owner: String?
    /// By which the list is sorted.
    public var key: Int64
    /// What the list's question was answered by.
    public var facts: CustomerFacts
    /// Of contracts that end: which one.
    public var service: String?
    /// Who works on it, and what came of it.
    public var work: ListWork
    /// The customer does not want to be called.
    public var doNotCall = false

    /// Copies its arguments.
    public init(
        customer: Int64, name: String, tier: String, owner: String?, key: Int64, facts: CustomerFacts,
        service: String?, work: ListWork
    ) {
        self.customer = customer
        self.name = name
        self.tier = tier
        self.owner = owner
        self.key = key
        self.facts = facts
        self.service = service
        self.work = work
    }

    /// Where the list continues behind this one.
    public var place: ListPlace { ListPlace(key: key, customer: customer) }
}

/// Where a list continues: behind the entry with this key and customer.
public struct ListPlace: Equatable, Sendable {
    /// By which the list is sorted.
    public var key: Int64
    /// The customer's id.
    public var customer: Int64

    /// Copies its arguments.
    public init(key: Int64, customer: Int64) {
        self.key = key
        self.customer = customer
    }
}

/// How far a list is worked through.
public struct ListProgress: Equatable, Sendable {
    /// Entries that wait, counted up to a limit.
    public var open: Int
    /// Whether there are more than were counted.
    public var isMore: Bool
    /// Worked off and not back yet, by result.
    public var results: [String: Int64]
    /// Claimed now.
    public var claimed: Int64

    /// Entries that were worked off and are not back yet.
    public var done: Int64 { results.values.reduce(0, +) }
}
