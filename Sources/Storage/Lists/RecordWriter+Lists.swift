import CallCenter
import SQLite

/// Making, changing and deleting lists, and working through them.
extension RecordWriter {
    /// Makes a list.
    ///
    /// - Throws: `EditError.listNameTaken` when there is one of this name.
    public func create(
        list name: String, _ content: CustomerList.Content, by author: Author, at now: Timestamp
    ) throws(EditError) -> CustomerList {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            let known = try records { () throws(SQLiteError) in
                try CustomerList.read(state.database, "WHERE name=?1", .text(name)).first
            }
            if known != nil || BuiltInList(rawValue: name) != nil { throw .listNameTaken(name) }
            let fields = try records { () throws(SQLiteError) in
                RecordChange.ListFields(
                    id: try state.nextList(), name: name, version: 1, createdAt: origin.at, createdBy: author.who,
                    content: content)
            }
            return try applied(fields, origin, state)
        }
    }

    /// Changes a list; what is said as it is makes no version.
    ///
    /// - Parameters:
    ///   - expected: the version that the editor saw; nil changes any.
    ///   - change: what is different afterwards.
    public func edit(
        list name: String, expected: Int64?, by author: Author, at now: Timestamp,
        _ change: (inout CustomerList.Content) throws(EditError) -> Void
    ) throws(EditError) -> CustomerList {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            let current = try list(named: name, state)
            guard expected == nil || current.version == expected else { throw .listConflict(current) }
            var content = current.content
            try change(&content)
            guard content != current.content else { return Outcome(current) }
            let fields = RecordChange.ListFields(
                id: current.id, name: name, version: current.version + 1, createdAt: current.createdAt,
                createdBy: current.createdBy, content: content)
            return try applied(fields, origin, state)
        }
    }

    /// Puts back what a list was at a version, as a new version; also a deleted one, without what was worked off in it.
    ///
    /// - Throws: `EditError.noVersion` when it has no such version, or that is the one that deleted it.
    public func restore(
        list name: String, version: Int64, expected: Int64?, by author: Author, at now: Timestamp
    ) throws(EditError) -> CustomerList {
        if let back = try bringBack(list: name, version: version, by: author, at: now) { return back }
        let content: CustomerList.Content?
        do throws(StoreError) {
            let known = try store.savedList(name)
            content = try known.flatMap { list throws(StoreError) in
                try store.versions(of: list, below: version + 1, limit: 1).first { $0.version == version }?.after
            }
        } catch { throw .store(error) }
        return try edit(list: name, expected: expected, by: author, at: now) { changed throws(EditError) in
            guard let content else { throw .noVersion(version) }
            changed = content
        }
    }

    /// Makes a deleted list again, with its id and its versions; nil when there is a list of this name, or never was.
    private func bringBack(
        list name: String, version: Int64, by author: Author, at now: Timestamp
    ) throws(EditError) -> CustomerList? {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        let past: ListVersion?
        do throws(StoreError) {
            guard try store.savedList(name) == nil, let gone = try store.deletedList(name) else { return nil }
            past = try store.versions(of: gone, below: version == .max ? version : version + 1, limit: 1).first
        } catch { throw .store(error) }
        guard let past, past.version == version, let content = past.after else { throw .noVersion(version) }
        return try write(origin) { state, origin throws(EditError) in
            let fields = try records { () throws(SQLiteError) -> RecordChange.ListFields? in
                guard try CustomerList.read(state.database, "WHERE name=?1", .text(name)).isEmpty,
                    let gone = try state.deletedList(name)
                else { return nil }
                return RecordChange.ListFields(
                    id: gone.id, name: name, version: try state.newestVersion(ofList: gone.id) + 1,
                    createdAt: gone.createdAt, createdBy: gone.createdBy, content: content)
            }
            guard let fields else { throw .listNameTaken(name) }
            return try applied(fields, origin, state)
        }
    }

    /// Deletes a list, with what was worked off in it.
    ///
    /// - Parameter expected: the version that the editor saw; nil deletes any.
    public func delete(
        list name: String, expected: Int64?, by author: Author, at now: Timestamp
    ) throws(EditError) {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        try write(origin) { state, origin throws(EditError) in
            let current = try list(named: name, state)
            guard expected == nil || current.version == expected else { throw .listConflict(current) }
            let change = RecordChange.listDeleted(id: current.id, version: current.version + 1)
            try records { () throws(SQLiteError) in try state.apply(change, origin) }
            return Outcome((), [change])
        }
    }

    private func list(
        named name: String, _ state: borrowing CustomerStore.State
    ) throws(EditError) -> CustomerList {
        let found = try records { () throws(SQLiteError) in
            try CustomerList.read(state.database, "WHERE name=?1", .text(name)).first
        }
        guard let found else { throw .notFound }
        return found
    }

    private func applied(
        _ fields: RecordChange.ListFields, _ origin: CustomerStore.State.Origin,
        _ state: borrowing CustomerStore.State
    ) throws(EditError) -> Outcome<CustomerList> {
        let change = RecordChange.list(fields)
        let saved = try records { () throws(SQLiteError) in
            try state.apply(change, origin)
            return try state.customerList(fields.id)
        }
        guard let saved else { throw .notFound }
        return Outcome(saved, [change])
    }

    // MARK: Working through it

    /// Claims an entry for an operator. Of two who claim at once, the log decides which was first.
    ///
    /// - Parameter limit: after so long another's claim does not count any more. Milliseconds.
    /// - Throws: `EditError.claimed` when somebody else works on it.
    public func claim(
        _ customer: Int64, in source: ListSource, for operatorID: String, limit: Int64, by author: Author,
        at now: Timestamp
    ) throws(EditError) -> ListWork {
        try work(on: customer, in: source, by: author, at: now) { before throws(EditError) in
            if let claim = before.claim, claim.by != operatorID, claim.isValid(at: now, limit: limit) {
                throw .claimed(claim)
            }
            return .claim(CaseClaim(by: operatorID, since: now))
        }
    }

    /// Releases a claim.
    ///
    /// - Parameter own: only this operator's claim may be released; nil: anybody's.
    public func release(
        _ customer: Int64, in source: ListSource, own: String?, limit: Int64, by author: Author, at now: Timestamp
    ) throws(EditError) -> ListWork {
        try work(on: customer, in: source, by: author, at: now) { before throws(EditError) in
            guard let claim = before.claim else { return nil }
            if let own, claim.by != own, claim.isValid(at: now, limit: limit) { throw .claimed(claim) }
            return .claim(nil)
        }
    }

    /// Says what came of an entry; nil puts it back among those that wait.
    ///
    /// - Parameters:
    ///   - person: the operator; nil for a program that named none.
    ///   - limit: so long another's claim counts. Milliseconds.
    /// - Throws: `EditError.claimed` when somebody else works on it.
    public func work(
        off customer: Int64, in source: ListSource, _ result: (word: String, note: String?)?, for person: String?,
        own: String?, limit: Int64, by author: Author, at now: Timestamp
    ) throws(EditError) -> ListWork {
        try work(on: customer, in: source, by: author, at: now) { before throws(EditError) in
            if let claim = before.claim, let own, claim.by != own, claim.isValid(at: now, limit: limit) {
                throw .claimed(claim)
            }
            guard let result else { return before.result == nil ? nil : Step.result(nil) }
            return .result(ListResult(result: result.word, note: result.note, by: person, at: now))
        }
    }

    private enum Step {
        case claim(CaseClaim?)
        case result(ListResult?)
    }

    private func work(
        on customer: Int64, in source: ListSource, by author: Author, at now: Timestamp,
        _ decide: (ListWork) throws(EditError) -> Step?
    ) throws(EditError) -> ListWork {
        let origin = CustomerStore.State.Origin(at: now, author: author), list = source.number
        return try write(origin) { state, origin throws(EditError) in
            let found = try records { () throws(SQLiteError) -> ListWork? in
                if list > 0, try state.customerList(list) == nil { return nil }
                guard try state.hasCustomer(customer) else { return nil }
                return try state.work(list: list, of: customer) ?? ListWork()
            }
            guard let before = found else { throw .notFound }
            guard let step = try decide(before) else { return Outcome(before) }
            let change: RecordChange
            switch step {
            case .claim(let claim):
                if claim == before.claim { return Outcome(before) }
                change = .listClaim(list: list, customer: customer, claim)
            case .result(let result): change = .listResult(list: list, customer: customer, result)
            }
            return try records { () throws(SQLiteError) in
                try state.apply(change, origin)
                return Outcome(try state.work(list: list, of: customer) ?? ListWork(), [change])
            }
        }
    }
}
