import CallCenter

/// A case of a customer: whatever is not finished (customers.md, "Cases"). A promise is one of a line with a due time;
/// a task is one that a colleague is to do, of which the customer knows nothing.
public struct CustomerCase: Equatable, Sendable {
    public var id: Int64
    public var customer: Int64
    public var customerName: String
    public var kind: OpenCase.Kind
    public var title: String
    public var owner: String?
    public var due: Timestamp?
    public var createdAt: Timestamp
    public var createdBy: String?
    public var closedAt: Timestamp?
    public var closedBy: String?
    /// How long it was written on, where the desk measured it. Milliseconds.
    public var spent: Int64?
    /// 1 at first, and one more with each change; a claim makes none.
    public var version: Int64
    public var details: CaseDetails
    /// How many promises and tasks of this case are open; they are read from other records.
    public var openParts: Int64
    /// Who works on it now. It does not last: `isClaimed(at:limit:)` says whether it still counts.
    public var claim: CaseClaim?

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
    public var priority = CasePriority.normal
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

    public init() {}
}

/// What a complaint is about.
public struct CaseComplaint: Equatable, Sendable {
    /// The operator; nil when it is about none.
    public var about: String?

    public init(about: String? = nil) { self.about = about }
}

/// A case that somebody wants to hand to a colleague.
public struct CaseHandover: Equatable, Sendable {
    /// The owner; nil when nobody had it.
    public var from: String?
    public var to: String
    public var note: String?
    public var at: Timestamp

    public init(from: String?, to: String, note: String?, at: Timestamp) {
        self.from = from
        self.to = to
        self.note = note
        self.at = at
    }
}

/// Who works on something now.
public struct CaseClaim: Equatable, Sendable {
    public var by: String
    public var since: Timestamp

    public init(by: String, since: Timestamp) {
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
    public var version: Int64
    public var at: Timestamp
    public var author: Author
    /// nil when there was none: it was opened.
    public var before: CustomerCase?
    public var after: CustomerCase?
}
