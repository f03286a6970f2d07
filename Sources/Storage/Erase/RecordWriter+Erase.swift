import CallCenter
import SQLite

/// Erasing a customer.
extension RecordWriter {
    /// Erases a customer, also a deleted one, and who is a part of it. The records are free of its data when this
    /// returns; what is left to do in the log and in the history is stored (`CustomerStore.unfinishedErasures`).
    ///
    /// - Parameter reason: kept in the line that stays.
    /// - Returns: the line that stays, and whether it was there already.
    /// - Throws: `EditError.notFound` when there never was such a customer.
    public func erase(
        _ id: Int64, reason: String?, by author: Author, at now: Timestamp
    ) throws(EditError) -> (line: ErasedCustomer, wasErased: Bool) {
        let survivor: Int64, parts: [Int64]
        do throws(StoreError) {
            survivor = try store.survivor(of: id)
            parts = try store.parts(of: id)
        } catch { throw .store(error) }
        if survivor != id { throw .isMerged(id, into: survivor) }
        // Those first: a crash in between leaves the customer to be erased, and the parts are gone with their texts.
        for part in parts { _ = try eraseOne(part, reason: reason, by: author, at: now) }
        return try eraseOne(id, reason: reason, by: author, at: now)
    }

    private func eraseOne(
        _ id: Int64, reason: String?, by author: Author, at now: Timestamp
    ) throws(EditError) -> (line: ErasedCustomer, wasErased: Bool) {
        let path = store.path, log = self.log, began = ContinuousClock.now
        while true {
            let step: Attempt<ErasedCustomer?> = store.state.withLock { state in
                defer { if state.database.inTransaction { try? state.database.run("ROLLBACK") } }
                do throws(EditError) {
                    do throws(SQLiteError) {
                        try state.settle()
                        if let line = try state.erased(id) { return .done(.success(line)) }
                        if let before = state.onTheWay?.change { return .behind(before) }
                        try state.begin.run()
                    } catch { throw .store(StoreError(error, path: path)) }
                    let origin = try state.distinct(.init(at: now, author: author), path)
                    let (work, entry) = try state.erasure(of: id, reason: reason, origin, path)
                    // It counts from the moment in which it is in the log; then it is applied, with the same words in
                    // place of the numbers.
                    let pending = log.begin(erasing: work.erasure) { entry($0).bytes }
                    state.onTheWay = OnTheWay(change: pending, entry: entry, erases: (id, work))
                    return .onTheWay(pending, nil)
                } catch { return .done(.failure(error)) }
            }
            switch step {
            case .done(let result):
                guard let line = try result.get() else { throw .notFound }
                return (line, true)
            case .behind(let before): try wait(behind: before, until: min(before.since, began) + answering)
            case .onTheWay(let pending, _):
                try conclude(pending, until: pending.since + answering)
                do throws(StoreError) {
                    let line = try store.with { state throws(SQLiteError) in try state.erased(id) }
                    if let line { return (line, false) }
                } catch { throw .store(error) }
                throw .notFound
            }
        }
    }
}

extension CustomerStore.State {
    typealias EraseEntry = @Sendable ([ErasedCall]) -> ChangeEntry

    /// What erasing a customer replaces, and its entry.
    fileprivate borrowing func erasure(
        of id: Int64, reason: String?, _ origin: Origin, _ path: String
    ) throws(EditError) -> (ErasureWork, EraseEntry) {
        do throws(SQLiteError) {
            guard let newest = try newestVersion(id) else { throw EditError.notFound.asSQLite }
            let casesBehind = try casesBehind(), itemsBehind = try itemsBehind()
            let messagesBehind = try nextMessage() - 1, repliesBehind = try nextReply() - 1
            let work = try gather(id, alsoNumbers: numbersOfCalls(id))
            return (
                work,
                { calls in
                    ChangeEntry(
                        at: origin.at, author: origin.author, importID: nil,
                        changes: [
                            .erased(
                                .init(
                                    id: id, version: newest + 1, casesBehind: casesBehind, itemsBehind: itemsBehind,
                                    reason: reason, calls: calls)),
                            .messagesBehind(messagesBehind), .repliesBehind(repliesBehind),
                        ])
                }
            )
        } catch {
            if error == EditError.notFound.asSQLite { throw .notFound }
            throw .store(StoreError(error, path: path))
        }
    }
}

extension EditError {
    /// SQLite has no such code.
    fileprivate var asSQLite: SQLiteError { SQLiteError(code: -2, message: "\(self)") }
}
