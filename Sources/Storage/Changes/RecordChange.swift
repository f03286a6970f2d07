import CallCenter

/// A change of one record: what it is after the change. Applied twice it changes nothing.
enum RecordChange: Equatable, Sendable {
    /// A customer as it is after the change.
    case customer(Kept)
    /// A customer is gone, with its cases; `undeleted` brings all of it back.
    case deleted(id: Int64, version: Int64)
    /// A deleted customer is back as it was.
    case undeleted(id: Int64, version: Int64)
    case blocked(BlockedNumber)
    case unblocked(String)
    /// An entry of the block list as it was and is; `blocked` and `unblocked` are of earlier versions.
    case blockList(BlockChange)
    /// A case as it is after the change.
    case customerCase(CaseFields)
    /// Somebody works on a case now; nil: nobody any more. It makes no version.
    case caseClaim(id: Int64, CaseClaim?)
    /// An import as it is after the change: begun, ended or undone.
    case importRun(ImportRun)
    /// Something that belongs to a customer (`CustomerItem`), as it is after the change.
    case item(KeptItem)
    /// An item is gone; an `item` with a later version brings it back.
    case itemDeleted(id: Int64, version: Int64)
    /// Items are gone for good, with all their versions: they are older than the retention of their kind. `behind`: the
    /// id after which those of new items start.
    case itemsAged([Int64], behind: Int64)
    /// A customer is a part of another now; what that one is with it follows as a change of its own.
    case merged(Merged)
    /// A merge is taken apart again.
    case unmerged(Unmerged)
    /// An item of the inbox as it is after the change.
    case inbox(InboxItem)
    /// Somebody works on an item of the inbox now; nil: nobody any more. It makes no version.
    case inboxClaim(id: Int64, CaseClaim?)
    /// Where a contact from elsewhere is.
    case trace(Trace)
    /// A part of the bytes of a customer's file.
    case filePiece(FilePiece)
    /// Bytes that were stored with a customer belong to no file.
    case fileGone(home: Int64, hash: [UInt8])
    /// A customer is erased, with everything that belongs to it.
    case erased(Erased)
    /// An article, a template or an incident, as it is after the change.
    case knowledge(KeptKnowledge)
    /// It is gone; a `knowledge` with a later version brings it back.
    case knowledgeDeleted(id: Int64, version: Int64)
    case knowledgeUse(KnowledgeUse)
    /// A search that found nothing.
    case knowledgeMissing(String, by: String?)
    /// Somebody wrote to somebody.
    case message(DeskNote)
    /// An operator read a message.
    case messageRead(id: Int64, by: String)
    /// The id after which those of new messages start: beside an erase, which takes messages out of the log.
    case messagesBehind(Int64)
    /// How far a webhook is: what its receiver has.
    case webhookPosition(name: String, seq: Int64)
    /// An event was given up: a webhook's receiver did not accept it.
    case deadDelivery(DeadDelivery)
    /// Its receiver has it now.
    case deadDeliveryGone(webhook: String, seq: Int64, part: Int)
    /// Supervisors are warned about a call. It changes no record.
    case alert(RecordedAlert)
    /// The due time of an open case has passed.
    case caseLate(LateCase)
    /// A saved list as it is after the change.
    case list(ListFields)
    /// A saved list is gone, with what was worked off in it.
    case listDeleted(id: Int64, version: Int64)
    /// Somebody works on an entry of a list now; nil: nobody any more.
    case listClaim(list: Int64, customer: Int64, CaseClaim?)
    /// What came of an entry of a list; nil: it waits again.
    case listResult(list: Int64, customer: Int64, ListResult?)
    /// A mail that somebody writes in a case, as it is after it was written.
    case mailReply(MailReply)
    /// Where such a mail is, and what came of it.
    case replyProgress(ReplyProgress)
    /// The id after which those of new replies start: beside an erase, which takes replies out of the log.
    case repliesBehind(Int64)
    /// A sum of what operators did with a field on a day, as it is after the change. It names no customer.
    case fieldUse(FieldUse)
    /// A call of a past day, from a queue log. It is applied with the position of its entry (`applyPastCalls`).
    case pastCall(PastCall)
    /// What calls of past days add to the figures.
    case pastFigures(PastFigures)
    /// Calls that came with an import are gone.
    case pastCallsGone([Int64])
    /// What an import of calls added to the figures is gone.
    case pastFiguresGone(importID: Int64)

    /// The customer whose data the change has: erasing that customer takes the change out of the log. nil for a change
    /// that belongs to nobody.
    var belongsTo: Int64? {
        switch self {
        case .customer(let kept): kept.id
        case .deleted(let id, _), .undeleted(let id, _): id
        case .customerCase(let one): one.customer
        case .item(let kept): kept.customer
        case .filePiece(let piece): piece.home
        case .fileGone(let home, _): home
        case .inbox(let one): one.handling?.customer
        case .trace(let one): one.customer
        case .message(let one): one.customer
        case .alert(let alert): alert.customer
        case .caseLate(let one): one.customer
        case .listResult(_, let customer, _): customer
        case .mailReply(let one): one.customer
        case .replyProgress(let one): one.customer
        case .pastCall(let one): one.call?.customerID
        // Only which ones they are, and no text.
        case .itemDeleted, .itemsAged, .caseClaim, .inboxClaim, .merged, .unmerged, .listClaim: nil
        case .blocked, .unblocked, .blockList, .importRun, .erased: nil
        case .webhookPosition, .deadDelivery, .deadDeliveryGone: nil
        case .knowledge, .knowledgeDeleted, .knowledgeUse, .knowledgeMissing, .messageRead, .messagesBehind: nil
        case .list, .listDeleted, .repliesBehind, .fieldUse: nil
        case .pastFigures, .pastCallsGone, .pastFiguresGone: nil
        }
    }

    struct KeptItem: Equatable, Sendable {
        var id: Int64
        var customer: Int64
        var version: Int64
        var createdAt: Timestamp
        var createdBy: String?
        var content: CustomerItem.Content
    }

    struct FilePiece: Equatable, Sendable {
        /// The customer with whom the bytes are stored.
        var home: Int64
        /// SHA-256 of the whole file.
        var hash: [UInt8]
        /// Which piece of `CustomerFile.pieceBytes`, from 0 on.
        var n: Int64
        var data: [UInt8]
    }

    struct KeptKnowledge: Equatable, Sendable {
        var id: Int64
        var version: Int64
        var createdAt: Timestamp
        var createdBy: String?
        var content: KnowledgeEntry.Content
    }

    struct Kept: Equatable, Sendable {
        var id: Int64
        var version: Int64
        var createdAt: Timestamp
        /// nil: the time of the entry. Differs from that for records that an earlier version wrote.
        var updatedAt: Timestamp?
        var fields: CustomerFields
    }

    struct ListFields: Equatable, Sendable {
        var id: Int64
        var name: String
        var version: Int64
        var createdAt: Timestamp
        var createdBy: String?
        var content: CustomerList.Content
    }

    /// A case without what is read from other records.
    struct CaseFields: Equatable, Sendable {
        var id: Int64
        var customer: Int64
        var kind: OpenCase.Kind
        var title: String
        var owner: String?
        var due: Timestamp?
        var createdAt: Timestamp
        var createdBy: String?
        var closedAt: Timestamp?
        var closedBy: String?
        var spent: Int64?
        var version: Int64 = 1
        var details = CaseDetails()
    }
}

/// An import of a file, which can be undone as a whole.
public struct ImportRun: Equatable, Sendable {
    public var id: Int64
    /// When its first rows were written.
    public var startedAt: Timestamp
    /// The operator's number, or the id of the token; nil for a program over the Unix socket.
    public var by: String?
    /// The file's name, as the client gave it.
    public var file: String?
    /// nil while it runs, and when the daemon was stopped meanwhile.
    public var endedAt: Timestamp?
    /// Rows with something in them.
    public var rows: Int64 = 0
    /// Rows that made a record.
    public var created: Int64 = 0
    /// Rows that changed a record.
    public var updated: Int64 = 0
    /// When it was undone; nil when it was not.
    public var undoneAt: Timestamp?
    /// What its rows were.
    public var kind = ImportKind.customers
    /// The file's headings, as `ImportMapping.key` has them; nil while it runs, and when they are not remembered.
    var headings: String?
    /// Which column each of them was, where somebody said it.
    var map: [String: String] = [:]

    /// An import that begins.
    init(id: Int64, startedAt: Timestamp, by: String?, file: String?) {
        self.id = id
        self.startedAt = startedAt
        self.by = by
        self.file = file
    }
}

/// An entry of the log that changes records.
struct ChangeEntry: Equatable, Sendable {
    var at: Timestamp
    var author: Author
    /// The import whose rows these are, or whose undoing; nil for other changes.
    var importID: Int64?
    var changes: [RecordChange]
}
