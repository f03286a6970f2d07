import CallCenter
import SQLite

/// Recording, changing, deleting and putting back what belongs to a customer.
extension RecordWriter {
    /// Records an item; nil when there is no such customer.
    public func add(
        _ content: CustomerItem.Content, to customer: Int64, by author: Author, at now: Timestamp
    ) throws(EditError) -> CustomerItem? {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            try records { () throws(SQLiteError) in
                guard try state.hasCustomer(customer) else { return Outcome(nil) }
                let kept = RecordChange.KeptItem(
                    id: try state.nextItem(), customer: customer, version: 1, createdAt: origin.at,
                    createdBy: author.who, content: content)
                return try applied(kept, origin, state)
            }
        }
    }

    /// Changes an item. What is said as it is makes no version.
    ///
    /// - Parameter expected: the version that the editor saw.
    public func save(
        item id: Int64, of customer: Int64, _ content: CustomerItem.Content, expected: Int64, by author: Author,
        at now: Timestamp
    ) throws(EditError) -> CustomerItem {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            let current = try item(id, content.kind, of: customer, state)
            guard current.version == expected else { throw .itemConflict(current) }
            guard current.content != content else { return Outcome(current) }
            return try changed(current, to: content, origin, state)
        }
    }

    /// Deletes an item; `restore` brings it back.
    ///
    /// - Parameter expected: the version that the editor saw; nil deletes any.
    public func delete(
        item id: Int64, _ kind: CustomerItem.Kind, of customer: Int64, expected: Int64?, by author: Author,
        at now: Timestamp
    ) throws(EditError) {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        try write(origin) { state, origin throws(EditError) in
            let current = try item(id, kind, of: customer, state)
            guard expected == nil || current.version == expected else { throw .itemConflict(current) }
            let change = RecordChange.itemDeleted(id: id, version: current.version + 1)
            try records { () throws(SQLiteError) in try state.apply(change, origin) }
            return Outcome((), [change])
        }
    }

    /// Puts back what an item was at a version, as a new version; also of a deleted one.
    ///
    /// - Parameter expected: the version that the editor saw; nil puts back whatever is there now.
    public func restore(
        item id: Int64, _ kind: CustomerItem.Kind, of customer: Int64, version: Int64, expected: Int64?,
        by author: Author, at now: Timestamp
    ) throws(EditError) -> CustomerItem {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            let found = try records { () throws(SQLiteError) in
                guard try state.hasCustomer(customer), let first = try state.origin(ofItem: id, kind, of: customer)
                else { return Found() }
                return Found(
                    first: first, owner: try state.owner(ofItem: id), current: try state.item(id),
                    newest: try state.newestVersion(ofItem: id), content: try state.content(ofItem: id, at: version))
            }
            guard let first = found.first else { throw .notFound }
            guard let content = found.content else { throw .noVersion(version) }
            if let current = found.current {
                guard expected == nil || current.version == expected else { throw .itemConflict(current) }
                guard current.content != content else { return Outcome(current) }
                return try changed(current, to: content, origin, state)
            }
            let kept = RecordChange.KeptItem(
                id: id, customer: found.owner ?? customer, version: found.newest + 1, createdAt: first.at,
                createdBy: first.who, content: content)
            return try some(try records { () throws(SQLiteError) in try applied(kept, origin, state) })
        }
    }

    /// What is there of an item that is to be put back.
    private struct Found {
        var first: (at: Timestamp, who: String?)?
        var owner: Int64?
        var current: CustomerItem?
        var newest: Int64 = 0
        var content: CustomerItem.Content?
    }

    private func item(
        _ id: Int64, _ kind: CustomerItem.Kind, of customer: Int64, _ state: borrowing CustomerStore.State
    ) throws(EditError) -> CustomerItem {
        let found = try records { () throws(SQLiteError) in
            try state.hasCustomer(customer) ? state.item(id, kind, of: customer) : nil
        }
        guard let found else { throw .notFound }
        return found
    }

    private func changed(
        _ current: CustomerItem, to content: CustomerItem.Content, _ origin: CustomerStore.State.Origin,
        _ state: borrowing CustomerStore.State
    ) throws(EditError) -> Outcome<CustomerItem> {
        let owner = try records { () throws(SQLiteError) in try state.owner(ofItem: current.id) }
        let kept = RecordChange.KeptItem(
            id: current.id, customer: owner ?? current.customer, version: current.version + 1,
            createdAt: current.createdAt, createdBy: current.createdBy, content: content)
        return try some(try records { () throws(SQLiteError) in try applied(kept, origin, state) })
    }

    private func applied(
        _ kept: RecordChange.KeptItem, _ origin: CustomerStore.State.Origin, _ state: borrowing CustomerStore.State
    ) throws(SQLiteError) -> Outcome<CustomerItem?> {
        let change = RecordChange.item(kept)
        try state.apply(change, origin)
        return Outcome(try state.item(kept.id), [change])
    }

    private func some(_ outcome: Outcome<CustomerItem?>) throws(EditError) -> Outcome<CustomerItem> {
        guard let item = outcome.answer else { throw .notFound }
        return Outcome(item, outcome.changes)
    }
}
