import CallCenter
import SQLite
import Synchronization

/// Changes the records, one change at a time: validated against the records, appended to the log, and then committed to
/// the records.
///
/// The records' transaction is open while the log writes, so readers see a change only when it is in the log. After a
/// crash in between, the start applies what the log has.
public final class RecordWriter: Sendable {
    public let store: CustomerStore
    let log: any ChangeLog
    /// The ids of imports that run or are being undone.
    let busyImports = Mutex<Set<Int64>>([])
    /// The hashes of files whose bytes are being stored, and by how many uploads.
    let busyFiles = Mutex<[[UInt8]: Int]>([:])

    public init(_ store: CustomerStore, log: any ChangeLog) {
        self.store = store
        self.log = log
    }

    /// What a change did, before it is committed.
    struct Outcome<Answer> {
        var answer: Answer
        /// None: nothing is written.
        var changes: [RecordChange]

        init(_ answer: Answer, _ changes: [RecordChange] = []) {
            self.answer = answer
            self.changes = changes
        }
    }

    /// Runs a change.
    ///
    /// - Parameter change: validates and applies it within a transaction, with the origin that it gets; what it throws
    ///   undoes it. No two changes have the same time, rows of imports aside: a list of changes continues by it.
    func write<Answer: Sendable>(
        _ origin: CustomerStore.State.Origin,
        _ change: (
            borrowing CustomerStore.State, CustomerStore.State.Origin
        ) throws(EditError) -> Outcome<Answer>
    ) throws(EditError) -> Answer {
        let path = store.path, log = self.log
        let result: Result<Answer, EditError> = store.state.withLock { state in
            do throws(EditError) {
                do throws(SQLiteError) {
                    try state.applyWaiting()
                    try state.begin.run()
                } catch { throw .store(StoreError(error, path: path)) }
                let origin = try state.distinct(origin, path)
                let outcome = try change(state, origin)
                guard !outcome.changes.isEmpty else {
                    try? state.database.run("ROLLBACK")
                    return .success(outcome.answer)
                }
                let entry = ChangeEntry(
                    at: origin.at, author: origin.author, importID: origin.importID, changes: outcome.changes)
                let seq: Int64
                do throws(ChangeLogError) { seq = try log.append(entry.bytes, .records) } catch { throw .log(error) }
                do throws(SQLiteError) { try state.commit(entry, at: seq) } catch {
                    throw .store(StoreError(error, path: path))
                }
                return .success(outcome.answer)
            } catch {
                if state.database.inTransaction { try? state.database.run("ROLLBACK") }
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Passes on what SQLite refuses.
    func records<Value: ~Copyable>(_ work: () throws(SQLiteError) -> Value) throws(EditError) -> Value {
        do throws(SQLiteError) { return try work() } catch { throw .store(StoreError(error, path: store.path)) }
    }
}

/// Why a change of a record was refused.
public enum EditError: Error, Equatable, Sendable, CustomStringConvertible {
    case notFound
    /// The record was changed meanwhile; this is its current version.
    case conflict(CustomerRecord)
    /// The item was changed meanwhile; this is its current version.
    case itemConflict(CustomerItem)
    /// The case was changed meanwhile; this is its current version.
    case caseConflict(CustomerCase)
    /// The article, template or incident was changed meanwhile; this is its current version.
    case knowledgeConflict(KnowledgeEntry)
    /// Somebody answered the message already.
    case answered(KeptMessage.Answer)
    /// A program wrote the message, and nobody reads an answer.
    case nobodyAsked
    /// The list was changed meanwhile; this is its current version.
    case listConflict(CustomerList)
    /// There is a list of this name.
    case listNameTaken(String)
    /// Somebody else works on it.
    case claimed(CaseClaim)
    /// There is no handover of this case to whoever asks.
    case noHandover
    /// The case is closed.
    case isClosed
    /// Another customer has this external id.
    case externalIDTaken(by: Int64)
    /// There is no such version of the record.
    case noVersion(Int64)
    /// The import was undone already, or never wrote anything.
    case nothingToUndo
    /// The import still runs, or is being undone.
    case importIsBusy
    /// The customer is deleted, and who asks may not bring it back.
    case isDeleted
    /// The customer was erased: nothing of it is left.
    case isErased(Int64)
    /// The customer is a part of another.
    case isMerged(Int64, into: Int64)
    /// A customer cannot become a part of itself.
    case sameCustomer
    /// The merge was taken apart already.
    case mergeIsUndone
    /// The item of the inbox was attached already.
    case isHandled(InboxItem)
    /// The customer has `CustomerFile.countMax` files.
    case tooManyFiles
    /// The bytes of a file are not all there any more.
    case brokenUpload(String)
    /// What was asked for is no step from where the mail is.
    case replyIs(MailReply.State)
    /// The mail was changed meanwhile; this is its current version.
    case replyConflict(KeptReply)
    /// The records cannot be read or written now.
    case store(StoreError)
    /// The log cannot be written now.
    case log(ChangeLogError)

    public var description: String {
        switch self {
        case .notFound: "there is no such record"
        case .conflict(let record): "customer \(record.id) was changed meanwhile, and has version \(record.version) now"
        case .itemConflict(let item): "item \(item.id) was changed meanwhile, and has version \(item.version) now"
        case .caseConflict(let one): "case \(one.id) was changed meanwhile, and has version \(one.version) now"
        case .knowledgeConflict(let one): "it was changed meanwhile, and has version \(one.version) now"
        case .answered(let answer): "\(answer.by) answered already"
        case .nobodyAsked: "a program wrote this message, and nobody reads an answer"
        case .listConflict(let one): "list \(one.name) was changed meanwhile, and has version \(one.version) now"
        case .listNameTaken(let name): "there is a list \(name)"
        case .claimed(let claim): "operator \(claim.by) works on it"
        case .noHandover: "nobody hands this case over"
        case .isClosed: "the case is closed"
        case .externalIDTaken(let id): "customer \(id) has this external_id"
        case .noVersion(let version): "there is no version \(version)"
        case .nothingToUndo: "the import was undone already, or wrote nothing"
        case .importIsBusy: "the import still runs, or is being undone"
        case .isDeleted: "the customer is deleted"
        case .isErased(let id): "customer \(id) was erased"
        case .isMerged(let id, let into): "customer \(id) was merged into \(into)"
        case .sameCustomer: "a customer cannot be merged with itself"
        case .mergeIsUndone: "the merge was taken apart already"
        case .isHandled(let item): "item \(item.id) of the inbox is \(item.state.word)"
        case .tooManyFiles: "the customer has \(CustomerFile.countMax) files: delete some first"
        case .brokenUpload(let reason): "the file was not stored: \(reason)"
        case .replyIs(let state): "the mail is \(state.rawValue)"
        case .replyConflict(let kept):
            "mail \(kept.reply.id) was changed meanwhile, and has version \(kept.reply.version) now"
        case .store(let error): "\(error)"
        case .log(let error): "\(error)"
        }
    }
}

extension CustomerStore.State {
    /// The origin with a time behind that of the newest change.
    borrowing func distinct(_ origin: Origin, _ path: String) throws(EditError) -> Origin {
        guard origin.importID == nil else { return origin }
        do throws(SQLiteError) {
            let newest = Timestamp(
                ms: try database.integer(
                    """
                    SELECT max(
                      coalesce((SELECT max(at) FROM customer_version WHERE import IS NULL AND through<>'earlier'), 0),
                      coalesce((SELECT max(at) FROM item_version WHERE import IS NULL), 0),
                      coalesce((SELECT max(at) FROM case_version), 0),
                      coalesce((SELECT max(at) FROM knowledge_version), 0),
                      coalesce((SELECT max(at) FROM knowledge_use), 0),
                      coalesce((SELECT max(at) FROM knowledge_miss), 0),
                      coalesce((SELECT max(at) FROM desk_message), 0),
                      coalesce((SELECT max(at) FROM list_version), 0))
                    """) ?? 0)
            // A clock that was ahead and has been set right: times follow it, and not what it was.
            let isOfSameClock = newest >= origin.at && newest - origin.at < 1_000
            return Origin(at: isOfSameClock ? newest + 1 : origin.at, author: origin.author)
        } catch { throw .store(StoreError(error, path: path)) }
    }

    /// Commits an entry that is in the log and whose changes are applied.
    fileprivate mutating func commit(_ entry: ChangeEntry, at seq: Int64) throws(SQLiteError) {
        do throws(SQLiteError) {
            try noteChanges(through: seq)
            try commit.run()
        } catch {
            // The change is in the log, so it counts: the next change has to find it in the records.
            if database.inTransaction { try? database.run("ROLLBACK") }
            unapplied.append((seq, entry))
            try applyWaiting()
        }
    }

    /// Applies what is in the log and could not be committed here.
    mutating func applyWaiting() throws(SQLiteError) {
        try applyFromLog(unapplied)
        unapplied = []
    }

    /// Applies entries of the log in a transaction of their own.
    borrowing func applyFromLog(_ entries: [(seq: Int64, entry: ChangeEntry)]) throws(SQLiteError) {
        guard let last = entries.last?.seq else { return }
        do throws(SQLiteError) {
            try begin.run()
            for (seq, entry) in entries {
                try apply(entry)
                try noteErasures(at: seq)
            }
            try noteChanges(through: last)
            try commit.run()
        } catch {
            if database.inTransaction { try? database.run("ROLLBACK") }
            throw error
        }
    }

    /// Stores that the changes up to this log position are here.
    borrowing func noteChanges(through seq: Int64) throws(SQLiteError) {
        let mark = try database.prepare("UPDATE identity SET changes_through=?1, newest=max(newest, ?1)")
        try mark.bind(seq, 1)
        try mark.run()
    }
}
