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
        let path = store.path, log = self.log
        let result: Result<(line: ErasedCustomer, wasErased: Bool), EditError> = store.state.withLock { state in
            defer { if state.database.inTransaction { try? state.database.run("ROLLBACK") } }
            do throws(EditError) {
                do throws(SQLiteError) {
                    try state.applyWaiting()
                    if let line = try state.erased(id) { return .success((line, true)) }
                    try state.begin.run()
                } catch { throw .store(StoreError(error, path: path)) }
                let origin = try state.distinct(.init(at: now, author: author), path)
                let work: ErasureWork, version: Int64, casesBehind: Int64, itemsBehind: Int64, messagesBehind: Int64
                let repliesBehind: Int64
                do throws(SQLiteError) {
                    guard let newest = try state.newestVersion(id) else { throw EditError.notFound.asSQLite }
                    version = newest + 1
                    casesBehind = try state.casesBehind()
                    itemsBehind = try state.itemsBehind()
                    messagesBehind = try state.nextMessage() - 1
                    repliesBehind = try state.nextReply() - 1
                    work = try state.gather(id, alsoNumbers: state.numbersOfCalls(id))
                } catch {
                    if error == EditError.notFound.asSQLite { throw .notFound }
                    throw .store(StoreError(error, path: path))
                }
                @Sendable func entry(_ calls: [ErasedCall]) -> ChangeEntry {
                    ChangeEntry(
                        at: origin.at, author: origin.author, importID: nil,
                        changes: [
                            .erased(
                                .init(
                                    id: id, version: version, casesBehind: casesBehind, itemsBehind: itemsBehind,
                                    reason: reason, calls: calls)),
                            .messagesBehind(messagesBehind), .repliesBehind(repliesBehind),
                        ])
                }
                let appended: (seq: Int64, calls: [ErasedCall])
                do throws(ChangeLogError) {
                    appended = try log.append(erasing: work.erasure) { entry($0).bytes }
                } catch { throw .log(error) }
                // It is in the log, so it counts: when the records cannot be written now, it is applied before the next
                // change, with the same words in place of the numbers.
                state.prepared[id] = work
                state.unapplied.append((appended.seq, entry(appended.calls)))
                do throws(SQLiteError) {
                    try state.database.run("ROLLBACK")
                    try state.applyWaiting()
                    state.prepared[id] = nil
                    guard let line = try state.erased(id) else { throw EditError.notFound.asSQLite }
                    return .success((line, false))
                } catch { throw .store(StoreError(error, path: path)) }
            } catch { return .failure(error) }
        }
        return try result.get()
    }
}

extension EditError {
    /// SQLite has no such code.
    fileprivate var asSQLite: SQLiteError { SQLiteError(code: -2, message: "\(self)") }
}
