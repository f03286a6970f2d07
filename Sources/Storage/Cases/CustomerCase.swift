import CallCenter

/// A case of a customer: whatever is not finished (customers.md, "Cases"). A promise is one of a line with a due time;
/// a task is one that a colleague is to do, of which the customer knows nothing.
public struct CustomerCase: Equatable, Sendable {
    public var id: Int64
    /// The customer's id.
    public var customer: Int64
    /// The customer's name, as the record has it now.
    public var customerName: String
    /// Whether it is a case or a promise.
    public var kind: OpenCase.Kind
    /// What it is about, in a line.
    public var title: String
    /// The operator whose it is; nil when it is nobody's.
    public var owner: String?
    /// By when it is to be done; nil for one without a date.
    public var due: Timestamp?
    /// When it was opened.
    public var createdAt: Timestamp
    /// Who opened it, as of an `Author`.
    public var createdBy: String?
    /// When it was closed; nil while it is open.
    public var closedAt: Timestamp?
    /// Who closed it, as of an `Author`; nil while it is open.
    public var closedBy: String?
    /// How long it was written on, where the desk measured it. Milliseconds.
    public var spent: Int64?
    /// 1 at first, and one more with each change; a claim makes none.
    public var version: Int64
    /// Everything else that a case has.
    public var details: CaseDetails
    /// How many promises and tasks of this case are open; they are read from other records.
    public var openParts: Int64
    /// Who works on it now. It does not last: `isClaimed(at:limit:)` says whether it still counts.
    public var claim: CaseClaim?

    /// Copies its arguments.
    public init(
        id: Int64, customer: Int64, customerName: String, kind: OpenCase.Kind, title: String, owner: String? = nil,
        due: Timestamp? = nil, createdAt: Timestamp, createdBy: String? = nil, closedAt: Timestamp? = nil,
        closedBy: String? = nil, spent: Int64? = nil, version: Int64 = 1, details: CaseDetails = CaseDetails(),
        openParts: Int64 = 0, claim: CaseClaim? = nil
    ) {
        self.id = id
        self.customer = customer
        self.customerName = customerName
        self.kind = kind
        self.title = title
        self.owner = owner
        self.due = due
        self.createdAt = createdAt
        self.createdBy = createdBy
        self.closedAt = closedAt
        self.closedBy = closedBy
        self.spent = spent
        self.version = version
        self.details = details
        self.openParts = openParts
        self.claim = claim
    }

    /// The phase of a case that is closed, whatever phases the centre has.
    public static let closedPhase = "closed"

    /// The phase that is shown.
    public var phase: String? { closedAt == nil ? details.phase : CustomerCase.closedPhase }

    /// When something last went forward.
    public var progressAt: Timestamp { details.progressAt ?? createdAt }

    /// From the opening to the first thing that was done. Milliseconds; nil while nothing was.
    public var response: Int64? { details.respondedAt.map { max(0, $0 - createdAt) } }

    /// What delays are judged by.
    public var facts: CaseFacts {
        CaseFacts(
            kind: kind, isOpen: closedAt == nil, hasOwner: owner != nil, due: due,
            progressAt: progressAt, waitingSince: details.waitingSince)
    }

    /// What escalations go by, from some moment on.
    public func moment(from at: Timestamp) -> CaseMoment {
        CaseMoment(at: at, facts: facts, phase: details.phase, ownerSince: details.ownerSince ?? createdAt)
    }

    /// Without what is read from other records, and without the claim.
    var fields: RecordChange.CaseFields {
        RecordChange.CaseFields(
            id: id, customer: customer, kind: kind, title: title, owner: owner, due: due, createdAt: createdAt,
            createdBy: createdBy, closedAt: closedAt, closedBy: closedBy, spent: spent, version: version,
            details: details)
    }
}

/// What a case has besides its line, owner and due time.
public struct CaseDetails: Equatable, Sendable {
    /// One of the centre's phases; nil for a promise and a task. A closed case has the one that it was closed in.
    public var phase: String?
    /// Percent, 0 to 100.
    public var progress: Int64?
    /// How pressing it is.
    public var priority = CasePriority.normal
    /// What is to be done next, in a line; nil for nothing said.
    public var nextStep: String?
    /// The channel by which it came in.
    public var cameBy: String?
    /// Ids of calls that it is about, at most `linksMax`.
    public var calls: [String] = []
    /// Ids of contacts that were recorded by hand, at most `linksMax`.
    public var contacts: [Int64] = []
    /// Since when the customer has to do something; nil when it is the centre's turn.
    public var waitingSince: Timestamp?
    /// When something last went forward; nil: nothing since the opening.
    public var progressAt: Timestamp?
    /// When something was done for the first time.
    public var respondedAt: Timestamp?
    /// A handover that was neither accepted nor declined.
    public var handover: CaseHandover?
    /// How often it was opened again after it was closed.
    public var reopened: Int64 = 0
    /// Since when its owner has it, or nobody has; nil: since the opening.
    public var ownerSince: Timestamp?
    /// The rules that it fired, by their names, and since when it had been as the rule says.
    public var escalated: [String: Timestamp] = [:]
    /// The customer complains; nil for a case that is no complaint.
    public var complaint: CaseComplaint?
    /// The case that a promise or a task is a part of.
    public var partOf: Int64?

    /// Calls, and contacts, that one case may have.
    public static let linksMax = 100

    /// The details of a case that was opened with a line alone.
    public init() {}
}

/// What a complaint is about.
public struct CaseComplaint: Equatable, Sendable {
    /// The operator; nil when it is about none.
    public var about: String?

    /// Copies its argument.
    public init(about: String? = nil) { self.about = about }
}

/// A case that somebody wants to hand to a colleague.
public struct CaseHandover: Equatable, Sendable {
    /// The owner; nil when nobody had it.
    public var from: String?
    /// The operator who is to have it.
    public var to: String
    /// What was written to that operator; nil for nothing.
    public var note: String?
    /// When it was offered.
    public var at: Timestamp

    /// Copies its arguments.
    init(from: String?, to: String, note: String?, at: Timestamp) {
        self.from = from
        self.to = to
        self.note = note
        self.at = at
    }
}

/// Who works on something now.
public struct CaseClaim: Equatable, Sendable {
    /// The operator who works on it.
    public var by: String
    /// Since when.
    public var since: Timestamp

    /// Copies its arguments.
    init(by: String, since: Timestamp) {
        self.by = by
        self.since = since
    }

    /// Whether it still counts: it falls back after a time.
    ///
    /// - Parameter limit: milliseconds.
    public func isValid(at now: Timestamp, limit: Int64) -> Bool { now - since < limit }
}

/// A version of a case: who made it, when, through what, and what the case was before and after it.
public struct CaseVersion: Equatable, Sendable {
    /// The number of the version, from 1 on.
    public var version: Int64
    /// When it was made.
    public var at: Timestamp
    /// Who made it.
    public var author: Author
    /// nil when there was none: it was opened.
    public var before: CustomerCase?
    /// What the case was afterwards; nil: it was deleted.
    public var after: CustomerCase?
}
