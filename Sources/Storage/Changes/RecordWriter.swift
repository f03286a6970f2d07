import CallCenter
import Dispatch
import SQLite
import Synchronization

/// Changes the records, one change at a time: validated against the records, appended to the log, and then committed to
/// the records.
///
/// The records' transaction is open while the log writes, so readers see a change only when it is in the log. After a
/// crash in between, the start applies what the log has. When the log takes longer, the transaction is rolled back, and
/// the change is applied as an entry of the log when it is there (`OnTheWay`).
public final class RecordWriter: Sendable {
    /// The records that it changes; reads go there, and wait for no change.
    public let store: CustomerStore
    let log: any ChangeLog
    /// The ids of imports that run or are being undone.
    let busyImports = Mutex<Set<Int64>>([])
    /// The hashes of files whose bytes are being stored, and by how many uploads.
    let busyFiles = Mutex<[[UInt8]: Int]>([:])
    /// Applies changes that nobody waits for any more.
    private let settling = DispatchQueue(label: "records behind the log")
    /// Whoever makes a change has an answer within this time.
    let answering: Duration

    /// A writer over these records. One for each file: changes are validated against what it has under way.
    public convenience init(_ store: CustomerStore, log: any ChangeLog) {
        self.init(store, log: log, answering: LogWait.answering)
    }

    /// - Parameter answering: whoever makes a change has an answer within this time.
    init(_ store: CustomerStore, log: any ChangeLog, answering: Duration) {
        self.store = store
        self.log = log
        self.answering = answering
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
    /// The log may not answer for as long as its database is away. The lock and the transaction are kept for a moment
    /// only; then the change is taken out of the records again, and applied as an entry of the log when its fate is
    /// known. Until then the next changes are refused, and reads see the records as the log has them.
    ///
    /// - Parameter change: validates and applies it within a transaction, with the origin that it gets; what it throws
    ///   undoes it. No two changes have the same time, rows of imports aside: a list of changes continues by it.
    /// - Throws: `EditError.log` when the log refuses it, and when it does not answer in time: its kind says whether
    ///   the change may be kept.
    func write<Answer: Sendable>(
        _ origin: CustomerStore.State.Origin,
        _ change: (
            borrowing CustomerStore.State, CustomerStore.State.Origin
        ) throws(EditError) -> Outcome<Answer>
    ) throws(EditError) -> Answer {
        let path = store.path, log = self.log, began = ContinuousClock.now
        let within = origin.importID == nil ? answering : LogWait.importing
        while true {
            let step: Attempt<Answer> = store.state.withLock { state in
                do throws(EditError) {
                    do throws(SQLiteError) {
                        try state.settle()
                        if let before = state.onTheWay?.change { return .behind(before) }
                        try state.begin.run()
                    } catch { throw .store(StoreError(error, path: path)) }
                    let origin = try state.distinct(origin, path)
                    let outcome = try change(state, origin)
                    guard !outcome.changes.isEmpty else {
                        try? state.database.run("ROLLBACK")
                        return .done(.success(outcome.answer))
                    }
                    let entry = ChangeEntry(
                        at: origin.at, author: origin.author, importID: origin.importID, changes: outcome.changes)
                    let pending = log.begin(entry.bytes, .records)
                    switch pending.wait(until: pending.since + LogWait.holding) {
                    case .kept(let seq, _)?:
                        do throws(SQLiteError) { try state.commit(entry, at: seq) } catch {
                            throw .store(StoreError(error, path: path))
                        }
                        return .done(.success(outcome.answer))
                    case .refused(let error)?: throw .log(error)
                    case nil:
                        // Applied by its entry, as a start would.
                        try? state.database.run("ROLLBACK")
                        state.onTheWay = OnTheWay(change: pending, entry: { _ in entry })
                        return .onTheWay(pending, outcome.answer)
                    }
                } catch {
                    if state.database.inTransaction { try? state.database.run("ROLLBACK") }
                    return .done(.failure(error))
                }
            }
            switch step {
            case .done(let result): return try result.get()
            case .behind(let before): try wait(behind: before, until: min(before.since, began) + within)
            case .onTheWay(let pending, let answer):
                try conclude(pending, until: pending.since + within)
                return answer
            }
        }
    }

    /// What came of an attempt to write a change.
    enum Attempt<Answer: Sendable>: Sendable {
        case done(Result<Answer, EditError>)
        /// This change is on its way into the log: nothing was done.
        case behind(PendingChange)
        /// The change is on its way into the log, and not in the records.
        case onTheWay(PendingChange, Answer)
    }

    func wait(behind before: PendingChange, until deadline: ContinuousClock.Instant) throws(EditError) {
        guard before.wait(until: deadline) == nil else { return }
        settleLater(before)
        throw .log(.behind)
    }

    /// Waits for the fate of a change that is on its way, without the lock, and applies it.
    func conclude(_ pending: PendingChange, until deadline: ContinuousClock.Instant) throws(EditError) {
        guard let fate = pending.wait(until: deadline) else {
            settleLater(pending)
            throw .log(.undecided)
        }
        do throws(StoreError) { try store.settle() } catch { throw .store(error) }
        if case .refused(let error) = fate { throw .log(error) }
    }

    /// Nobody waits for it any more. What the disk refuses then, is applied before the next change.
    private func settleLater(_ pending: PendingChange) {
        pending.whenDecided { [store, settling] in settling.async { try? store.settle() } }
    }

    /// Passes on what SQLite refuses.
    func records<Value: ~Copyable>(_ work: () throws(SQLiteError) -> Value) throws(EditError) -> Value {
        do throws(SQLiteError) { return try work() } catch { throw .store(StoreError(error, path: store.path)) }
    }
}

/// Why a change of a record was refused.
public enum EditError: Error, Equatable, Sendable, CustomStringConvertible {
    /// There is no record with this id.
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
    /// These promises and tasks of the case are open.
    case hasOpenParts([CustomerCase])
    /// The customer has no such case, of which something could be a part.
    case noCase(Int64)
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
    /// A colleague has this mail in the case, and it is not sent yet.
    case replyIsUnsent(KeptReply)
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
        case .hasOpenParts(let parts): "\(parts.count) promises and tasks of the case are open"
        case .noCase(let id): "there is no case \(id) of this customer"
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
        case .replyIsUnsent(let kept): "mail \(kept.reply.id) of a colleague is not sent yet"
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
}
