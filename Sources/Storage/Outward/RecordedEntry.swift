import CallCenter

/// An entry of the log that changed records, for those who are told of it outside.
public struct RecordedEntry: Sendable {
    public var at: Timestamp
    public var author: Author
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
    case customer(id: Int64, version: Int64, CustomerFields)
    case deleted(customer: Int64, version: Int64)
    case undeleted(customer: Int64, version: Int64)
    case erased(customer: Int64)
    /// `other` is a part of `into` now.
    case merged(id: Int64, into: Int64, other: Int64)
    case unmerged(id: Int64)
    case blocked(BlockedNumber)
    case unblocked(String)
    /// Without the customer's name.
    case customerCase(CustomerCase)
    case caseClaim(id: Int64, CaseClaim?)
    case caseLate(LateCase)
    case importRun(ImportRun)
    case item(CustomerItem)
    case itemDeleted(id: Int64, version: Int64)
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
    public var customer: Int64
    public var owner: String?
    public var due: Timestamp

    public init(id: Int64, customer: Int64, owner: String?, due: Timestamp) {
        self.id = id
        self.customer = customer
        self.owner = owner
        self.due = due
    }
}

/// A warning to supervisors about a call, as the log has it: ids alone, and no number or name.
public struct RecordedAlert: Equatable, Sendable {
    public var kind: AlertKind
    public var call: CallKey
    public var queue: String?
    public var `operator`: String?
    public var customer: Int64?
    public var tier: String
    /// Time waited so far. Milliseconds.
    public var waited: Int64

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
