import CallCenter

/// An entry of the log that changed records, for those who are told of it outside.
public struct RecordedEntry: Sendable {
    /// When the changes were made.
    public var at: Timestamp
    /// Who made them.
    public var author: Author
    /// The import whose rows these are, or whose undoing; nil for other changes.
    public var importID: Int64?
    /// In the order in which they were made; `nil` for what concerns nobody outside.
    public var changes: [RecordedChange?]

    /// - Returns: nil for an entry that changes no records, and for one that a newer version wrote.
    public init?(_ entry: EventLog.Entry) {
        guard entry.kind == .records, let change = try? ChangeEntry(entry.line) else { return nil }
        at = change.at
        author = change.author
        importID = change.importID
        changes = change.changes.map(RecordedChange.init)
    }
}

/// A change of one record: what it is after the change.
public enum RecordedChange: Sendable {
    /// A customer as it is afterwards, new or changed.
    case customer(id: Int64, version: Int64, CustomerFields)
    /// A customer was deleted, and may come back.
    case deleted(customer: Int64, version: Int64)
    /// A deleted customer is back as it was.
    case undeleted(customer: Int64, version: Int64)
    /// A customer was erased, and does not come back.
    case erased(customer: Int64)
    /// `other` is a part of `into` now.
    case merged(id: Int64, into: Int64, other: Int64)
    /// A merge was taken apart; `id` is that of the merge.
    case unmerged(id: Int64)
    /// A number is blocked, or for another reason.
    case blocked(BlockedNumber)
    /// A number in E.164 is not blocked any more.
    case unblocked(String)
    /// Without the customer's name.
    case customerCase(CustomerCase)
    /// Somebody works on a case; nil: nobody any more.
    case caseClaim(id: Int64, CaseClaim?)
    /// The due time of an open case has passed.
    case caseLate(LateCase)
    /// An import as it is afterwards: begun, ended or undone.
    case importRun(ImportRun)
    /// An item as it is afterwards, new or changed.
    case item(CustomerItem)
    /// An item was deleted, and may come back.
    case itemDeleted(id: Int64, version: Int64)
    /// Supervisors were warned about a call.
    case alert(RecordedAlert)

    init?(_ change: RecordChange) {
        switch change {
        case .customer(let kept): self = .customer(id: kept.id, version: kept.version, kept.fields)
        case .deleted(let id, let version): self = .deleted(customer: id, version: version)
        case .undeleted(let id, let version): self = .undeleted(customer: id, version: version)
        case .erased(let one): self = .erased(customer: one.id)
        case .merged(let one): self = .merged(id: one.id, into: one.into, other: one.other)
        case .unmerged(let one): self = .unmerged(id: one.id)
        case .blocked(let number): self = .blocked(number)
        case .unblocked(let number): self = .unblocked(number)
        case .blockList(let one): self = one.after.map { .blocked($0) } ?? .unblocked(one.number)
        case .customerCase(let one):
            self = .customerCase(
                CustomerCase(
                    id: one.id, customer: one.customer, customerName: "", kind: one.kind, title: one.title,
                    owner: one.owner, due: one.due, createdAt: one.createdAt, createdBy: one.createdBy,
                    closedAt: one.closedAt, closedBy: one.closedBy, spent: one.spent, version: one.version,
                    details: one.details))
        case .caseClaim(let id, let claim): self = .caseClaim(id: id, claim)
        case .caseLate(let one): self = .caseLate(one)
        case .importRun(let run): self = .importRun(run)
        case .item(let kept):
            self = .item(
                CustomerItem(
                    id: kept.id, customer: kept.customer, version: kept.version, createdAt: kept.createdAt,
                    createdBy: kept.createdBy, updatedAt: kept.createdAt, updatedBy: kept.createdBy,
                    content: kept.content))
        case .itemDeleted(let id, let version): self = .itemDeleted(id: id, version: version)
        case .alert(let alert): self = .alert(alert)
        case .webhookPosition, .deadDelivery, .deadDeliveryGone: return nil
        // A contact is an item once somebody is known to be its customer.
        case .inbox, .inboxClaim, .trace: return nil
        // The file itself is an item; its bytes are asked for by whoever wants them.
        case .filePiece, .fileGone: return nil
        // Nobody deleted it: what a system outside keeps, and for how long, is its own rule.
        case .itemsAged: return nil
        // What the centre writes for itself: no system outside has a use for it.
        case .knowledge, .knowledgeDeleted, .knowledgeUse, .knowledgeMissing: return nil
        case .message, .messageRead, .messagesBehind: return nil
        case .list, .listDeleted, .listClaim, .listResult, .fieldUse: return nil
        // A mail that was sent is a contact.
        case .mailReply, .replyProgress, .repliesBehind: return nil
        // What was long ago is no news; that there was an import is told.
        case .pastCall, .pastFigures, .pastCallsGone, .pastFiguresGone: return nil
        }
    }
}

/// A case whose due time has passed while it was open.
public struct LateCase: Equatable, Sendable {
    public var id: Int64
    /// The id of the customer whose it is.
    public var customer: Int64
    /// The operator whose it is; nil when it is nobody's.
    public var owner: String?
    /// The time that has passed.
    public var due: Timestamp

    /// Copies its arguments.
    init(id: Int64, customer: Int64, owner: String?, due: Timestamp) {
        self.id = id
        self.customer = customer
        self.owner = owner
        self.due = due
    }
}

/// A warning to supervisors about a call, as the log has it: ids alone, and no number or name.
public struct RecordedAlert: Equatable, Sendable {
    /// What was warned of.
    public var kind: AlertKind
    /// The call that it is about.
    public var call: CallKey
    /// The call's queue; nil without one.
    public var queue: String?
    /// The operator concerned; nil when it concerns nobody alone.
    public var `operator`: String?
    /// The likeliest customer's id; nil when nobody matches.
    public var customer: Int64?
    /// The customer's tier; `unknown` when nobody matches.
    public var tier: String
    /// Time waited so far. Milliseconds.
    public var waited: Int64

    /// Copies its arguments.
    public init(
        kind: AlertKind, call: CallKey, queue: String?, operator: String?, customer: Int64?, tier: String,
        waited: Int64
    ) {
        self.kind = kind
        self.call = call
        self.queue = queue
        self.operator = `operator`
        self.customer = customer
        self.tier = tier
        self.waited = waited
    }
}
