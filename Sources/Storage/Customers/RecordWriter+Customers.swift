import CallCenter
import SQLite

/// Creating, editing, deleting and putting back customers.
extension RecordWriter {
    /// Creates a customer, with the next id and version 1.
    /// - Throws: `EditError.externalIDTaken` when another customer has the external id.
    public func create(_ fields: CustomerFields, by author: Author, at now: Timestamp) throws(EditError)
        -> CustomerRecord
    {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            try requireFree(fields.externalID, but: nil, state)
            let change = try records { () throws(SQLiteError) in try state.create(fields, origin) }
            guard case .customer(let kept) = change else { throw .notFound }
            return Outcome(try record(kept.id, state), [change])
        }
    }

    /// - Parameter expected: the version that the editor saw.
    public func save(
        _ id: Int64, _ fields: CustomerFields, expected: Int64, by author: Author, at now: Timestamp
    ) throws(EditError) -> CustomerRecord {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            let current = try record(id, state)
            guard current.version == expected else { throw .conflict(current) }
            try requireFree(fields.externalID, but: id, state)
            let change = try records { () throws(SQLiteError) in try state.change(current, to: fields, origin) }
            return Outcome(try record(id, state), [change])
        }
    }

    /// Deletes a customer: look-ups and searches do not find it, and `undelete` brings it back with everything.
    ///
    /// - Parameter expected: the version that the editor saw; nil deletes any.
    ///
    /// - Returns: the version that the deletion made.
    @discardableResult
    public func delete(
        _ id: Int64, expected: Int64?, by author: Author, at now: Timestamp
    ) throws(EditError) -> Int64 {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            let current = try record(id, state)
            guard expected == nil || current.version == expected else { throw .conflict(current) }
            let change = RecordChange.deleted(id: id, version: current.version + 1)
            try records { () throws(SQLiteError) in try state.apply(change, origin) }
            return Outcome(current.version + 1, [change])
        }
    }

    /// Brings a deleted customer back. One that is not deleted stays as it is.
    public func undelete(_ id: Int64, by author: Author, at now: Timestamp) throws(EditError) -> CustomerRecord {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            guard let kept = try records({ () throws(SQLiteError) in try state.deleted(id) }) else {
                return Outcome(try record(id, state))
            }
            try requireFree(kept.fields.externalID, but: id, state)
            let change = RecordChange.undeleted(id: id, version: kept.version + 1)
            try records { () throws(SQLiteError) in try state.apply(change, origin) }
            return Outcome(try record(id, state), [change])
        }
    }

    /// Puts back what a customer was at a version, as a new version. A deleted customer is brought back first.
    ///
    /// - Parameters:
    ///   - expected: the version that the editor saw; nil puts back whatever is there now.
    ///   - mayUndelete: whether a deleted customer may be brought back.
    public func restore(
        _ id: Int64, version: Int64, expected: Int64?, mayUndelete: Bool = true, by author: Author, at now: Timestamp
    ) throws(EditError) -> CustomerRecord {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            guard let fields = try records({ () throws(SQLiteError) in try state.fields(of: id, at: version) }) else {
                throw try records({ () throws(SQLiteError) in try state.isKnown(id) }) ? .noVersion(version) : .notFound
            }
            var changes: [RecordChange] = []
            if let kept = try records({ () throws(SQLiteError) in try state.deleted(id) }) {
                guard mayUndelete else { throw .isDeleted }
                try requireFree(fields.externalID, but: id, state)
                changes.append(.undeleted(id: id, version: kept.version + 1))
                try records { () throws(SQLiteError) in try state.apply(changes[0], origin) }
            }
            let current = try record(id, state)
            guard expected == nil || changes.count > 0 || current.version == expected else { throw .conflict(current) }
            if current.fields != fields {
                try requireFree(fields.externalID, but: id, state)
                changes.append(try records { () throws(SQLiteError) in try state.change(current, to: fields, origin) })
            }
            return Outcome(try record(id, state), changes)
        }
    }

    func record(_ id: Int64, _ state: borrowing CustomerStore.State) throws(EditError) -> CustomerRecord {
        let found: CustomerRecord?
        do throws(SQLiteError) { found = try state.record(id) } catch {
            throw .store(StoreError(error, path: store.path))
        }
        guard let found else {
            let survivor = try records { () throws(SQLiteError) in try state.survivor(of: id) }
            throw survivor == id ? .notFound : .isMerged(id, into: survivor)
        }
        return found
    }

    func requireFree(
        _ externalID: String?, but id: Int64?, _ state: borrowing CustomerStore.State
    ) throws(EditError) {
        let taken: Int64?
        do throws(SQLiteError) { taken = try state.holder(ofExternalID: externalID, but: id) } catch {
            throw .store(StoreError(error, path: store.path))
        }
        if let taken { throw .externalIDTaken(by: taken) }
    }
}
