import CallCenter
import SQLite

/// Attaching what is in the inbox to a customer, dismissing it, and putting it back.
extension RecordWriter {
    /// Whom an item is attached to.
    public enum InboxTarget: Equatable, Sendable {
        /// A customer who is there, by id.
        case customer(Int64)
        /// A customer who is created for it.
        case new(CustomerFields)
    }

    /// What attaching an item did.
    public struct Attached: Equatable, Sendable {
        /// The item, as it is afterwards.
        public var item: InboxItem
        /// The customer whose record it is on, as it is afterwards.
        public var customer: CustomerRecord
        /// Other items of the same address that waited, and are attached too.
        public var others: [Int64]
    }

    /// How many of one address are attached at once.
    private static let othersMax = 100

    /// Attaches an item to a customer: the contact is on the record, the address too, so that the next one finds it.
    /// What else waits from the same address comes with it.
    ///
    /// - Parameter worker: whose work it is, where somebody else may have claimed it; nil: it does not matter.
    /// - Throws: `EditError.isHandled` when it was attached already, `claimed` when somebody else works on it.
    public func attach(
        inbox id: Int64, to target: InboxTarget, rules: IncomingRules, worker: InboxWorker? = nil, by author: Author,
        at now: Timestamp
    ) throws(EditError) -> Attached {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            let item = try inboxItem(id, state)
            if item.state == .attached { throw .isHandled(item) }
            try worker?.mayWork(on: item, at: now)
            let address = item.contact.parties.first?.address
            var changes: [RecordChange] = [], isStored = false
            let customer: Int64
            switch target {
            case .customer(let known):
                customer = known
                let current = try record(known, state)
                var fields = current.fields
                if let address, fields.add(address) {
                    isStored = true
                    let wanted = fields
                    changes.append(
                        try records { () throws(SQLiteError) in try state.change(current, to: wanted, origin) })
                }
            case .new(var fields):
                try requireFree(fields.externalID, but: nil, state)
                if let address { isStored = fields.add(address) }
                let wanted = fields
                let made = try records { () throws(SQLiteError) in try state.create(wanted, origin) }
                guard case .customer(let kept) = made else { throw .notFound }
                customer = kept.id
                changes.append(made)
            }
            return try records { () throws(SQLiteError) in
                var all = [item]
                if let address {
                    let waiting = try state.openInboxItems(address: address.key, limit: RecordWriter.othersMax)
                    all += waiting.filter { $0.id != id }
                }
                // In the order in which they were written, so that an answer follows what it answers.
                for one in all.sorted(by: { ($0.contact.at, $0.id) < ($1.contact.at, $1.id) }) {
                    let stored = isStored && one.id == id
                    try state.attach(one, to: customer, stored: stored, rules, origin, &changes)
                }
                guard let attached = try state.inboxItem(id), let record = try state.record(customer) else {
                    throw SQLiteError(code: LogTables.damaged, message: "item \(id) of the inbox was not attached")
                }
                let others = all.map(\.id).filter { $0 != id }
                return Outcome(Attached(item: attached, customer: record, others: others), changes)
            }
        }
    }

    /// Dismisses an item: nobody has to do anything about it. One that is dismissed stays so.
    ///
    /// - Parameter worker: as for `attach`.
    public func dismiss(
        inbox id: Int64, worker: InboxWorker? = nil, by author: Author, at now: Timestamp
    ) throws(EditError) -> InboxItem {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            var item = try inboxItem(id, state)
            switch item.state {
            case .dismissed: return Outcome(item)
            case .attached, .removed: throw .isHandled(item)
            case .open: break
            }
            try worker?.mayWork(on: item, at: now)
            item.claim = nil
            item.version += 1
            item.state = .dismissed
            item.handling = .init(at: origin.at, by: author.who)
            let dismissed = item
            try records { () throws(SQLiteError) in try state.apply(dismissed) }
            return Outcome(dismissed, [.inbox(dismissed)])
        }
    }

    /// Puts an item back into the inbox. What attaching it did is undone: the contact leaves the record, and so do the
    /// address and the case that it brought.
    public func reopen(inbox id: Int64, by author: Author, at now: Timestamp) throws(EditError) -> InboxItem {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            var item = try inboxItem(id, state)
            guard item.state != .open else { return Outcome(item) }
            var changes: [RecordChange] = []
            try records { () throws(SQLiteError) in try state.detach(item, origin, &changes) }
            item.version += 1
            item.state = .open
            item.handling = nil
            let opened = item
            try records { () throws(SQLiteError) in try state.apply(opened) }
            return Outcome(opened, changes + [.inbox(opened)])
        }
    }

    /// Claims an open item for an operator. Of two who claim at once, the log decides which was first.
    ///
    /// - Throws: `EditError.claimed` when somebody else works on it, `isHandled` when nobody has to.
    public func claim(inbox id: Int64, for worker: InboxWorker, by author: Author, at now: Timestamp)
        throws(EditError) -> InboxItem
    {
        try setClaim(ofInboxItem: id, by: author, at: now) { item throws(EditError) in
            if item.state != .open { throw .isHandled(item) }
            try worker.mayWork(on: item, at: now)
            return CaseClaim(by: worker.who, since: now)
        }
    }

    /// Releases the claim of an item.
    ///
    /// - Parameter worker: only this one's claim may be released; nil: anybody's.
    public func release(inbox id: Int64, worker: InboxWorker?, by author: Author, at now: Timestamp)
        throws(EditError) -> InboxItem
    {
        try setClaim(ofInboxItem: id, by: author, at: now) { item throws(EditError) in
            try worker?.mayWork(on: item, at: now)
            return nil
        }
    }

    private func setClaim(
        ofInboxItem id: Int64, by author: Author, at now: Timestamp,
        _ decide: (InboxItem) throws(EditError) -> CaseClaim?
    ) throws(EditError) -> InboxItem {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            var item = try inboxItem(id, state)
            let claim = try decide(item)
            guard claim != item.claim else { return Outcome(item) }
            try records { () throws(SQLiteError) in try state.apply(claim, ofInboxItem: id) }
            item.claim = claim
            return Outcome(item, [.inboxClaim(id: id, claim)])
        }
    }

    private func inboxItem(_ id: Int64, _ state: borrowing CustomerStore.State) throws(EditError) -> InboxItem {
        let found = try records { () throws(SQLiteError) in try state.inboxItem(id) }
        guard let found, found.state != .removed else { throw .notFound }
        return found
    }
}

/// Who works on an item of the inbox.
public struct InboxWorker: Equatable, Sendable {
    /// The operator.
    public var who: String
    /// After so long another's claim does not count any more. Milliseconds.
    public var limit: Int64

    /// Copies its arguments.
    public init(_ who: String, limit: Int64) {
        self.who = who
        self.limit = limit
    }

    func mayWork(on item: InboxItem, at now: Timestamp) throws(EditError) {
        if let claim = item.claim, claim.by != who, claim.isValid(at: now, limit: limit) {
            throw .claimed(claim)
        }
    }
}

extension CustomerStore.State {
    fileprivate borrowing func attach(
        _ item: InboxItem, to customer: Int64, stored: Bool, _ rules: IncomingRules, _ origin: Origin,
        _ changes: inout [RecordChange]
    ) throws(SQLiteError) {
        let thread = try traces(of: item.contact.thread)
        let place = try record(item.contact, on: customer, thread: thread, rules, origin, &changes)
        var attached = item
        attached.claim = nil
        attached.version += 1
        attached.state = .attached
        var handling = InboxItem.Handling(at: origin.at, by: origin.author.who)
        handling.customer = customer
        handling.contact = place?.contact
        handling.caseID = place?.caseID
        handling.hasOpenedCase = place?.isNewCase ?? false
        handling.hasStoredAddress = stored
        attached.handling = handling
        try apply(attached)
        changes.append(.inbox(attached))
    }

    /// Takes away what attaching an item made, where it is still there.
    fileprivate borrowing func detach(
        _ item: InboxItem, _ origin: Origin, _ changes: inout [RecordChange]
    ) throws(SQLiteError) {
        guard let handling = item.handling, let contact = handling.contact, let before = try self.item(contact) else {
            return
        }
        func changed(_ change: RecordChange) throws(SQLiteError) {
            try apply(change, origin)
            changes.append(change)
        }
        if let id = handling.caseID, var one = try customerCase(id), one.details.contacts.contains(contact) {
            one.details.contacts.removeAll { $0 == contact }
            // What was promised meanwhile keeps it open.
            if handling.hasOpenedCase, one.details.contacts.isEmpty, one.openParts == 0 {
                one.close(by: nil, at: origin.at)
            }
            one.version += 1
            try changed(.customerCase(one.fields))
        }
        try changed(.itemDeleted(id: contact, version: before.version + 1))
        if handling.hasStoredAddress, let address = item.contact.parties.first?.address,
            let record = try record(before.customer)
        {
            var fields = record.fields
            fields.remove(address)
            if fields != record.fields { changes.append(try change(record, to: fields, origin)) }
        }
    }
}
